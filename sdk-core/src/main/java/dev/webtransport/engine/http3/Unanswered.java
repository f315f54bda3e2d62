package dev.webtransport.engine.http3;

import dev.webtransport.engine.EngineEvent;
import dev.webtransport.engine.SessionState;
import dev.webtransport.value.Headers;
import org.jspecify.annotations.Nullable;

/** What is told about a request for a session that ends without an answer. */
final class Unanswered {
    private Unanswered() {}

    /** What to tell at the end that owns the session in this state; nothing when nobody there knows of it yet. */
    static @Nullable EngineEvent event(SessionState before, long sessionId, String message) {
        return switch (before) {
            case REQUESTED -> new EngineEvent.SessionRequestGone(sessionId);
            case ASKED -> rejected(sessionId, message);
            default -> null;
        };
    }

    static EngineEvent rejected(long sessionId, String message) {
        return new EngineEvent.SessionRejected(sessionId, 0, Headers.EMPTY, new byte[0], message);
    }
}
