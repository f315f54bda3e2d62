package dev.webtransport.testkit.trace;

import dev.webtransport.testkit.quic.Direction;
import java.util.OptionalLong;

/** Where a line belongs: its direction, the stream that carries it, the session that it concerns. */
final class LinePlace {
    private final Direction direction;
    private final OptionalLong streamId;
    private final OptionalLong sessionId;

    private LinePlace(Direction direction, OptionalLong streamId, OptionalLong sessionId) {
        this.direction = direction;
        this.streamId = streamId;
        this.sessionId = sessionId;
    }

    static LinePlace connection(Direction direction) {
        return new LinePlace(direction, OptionalLong.empty(), OptionalLong.empty());
    }

    static LinePlace session(Direction direction, long sessionId) {
        return new LinePlace(direction, OptionalLong.empty(), OptionalLong.of(sessionId));
    }

    static LinePlace stream(Direction direction, long streamId, OptionalLong sessionId) {
        return new LinePlace(direction, OptionalLong.of(streamId), sessionId);
    }

    Direction direction() {
        return direction;
    }

    OptionalLong streamId() {
        return streamId;
    }

    OptionalLong sessionId() {
        return sessionId;
    }

    /** What a line begins with: {@code >> s4 }. */
    @Override
    public String toString() {
        String arrow = direction == Direction.CLIENT_TO_SERVER ? ">> " : "<< ";
        return streamId.isPresent() ? arrow + "s" + streamId.getAsLong() + " " : arrow;
    }
}
