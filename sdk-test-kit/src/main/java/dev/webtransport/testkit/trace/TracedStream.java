package dev.webtransport.testkit.trace;

import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What is known about one stream, and its two directions. */
final class TracedStream {
    private static final String WEBTRANSPORT = "webtransport";

    private final long id;
    private final Direction opening;
    private final StreamType type;
    private final LineLog log;
    private final StreamHalf request;
    private final StreamHalf answer;
    private Use use = Use.UNKNOWN;
    private OptionalLong sessionId = OptionalLong.empty();
    private boolean accepted;

    /** What the first bytes of the one who opened it made of the stream. */
    enum Use {
        /** They have not told yet. */
        UNKNOWN,
        /** Frames of HTTP/3, in both directions. */
        HTTP3,
        /** The application's bytes, in both directions; or something that has no frames. */
        PAYLOAD
    }

    TracedStream(long id, LineLog log) {
        this.id = id;
        // RFC 9000, section 2.1: the lowest bit tells who opened it, the next one whether the other end answers on it.
        this.opening = (id & 0x1) == 0 ? Direction.CLIENT_TO_SERVER : Direction.SERVER_TO_CLIENT;
        this.type = (id & 0x2) == 0 ? StreamType.BIDIRECTIONAL : StreamType.UNIDIRECTIONAL;
        this.log = log;
        this.request = new StreamHalf(this, opening);
        this.answer = new StreamHalf(this, opening.opposite());
    }

    StreamType type() {
        return type;
    }

    LineLog log() {
        return log;
    }

    LinePlace place(Direction direction) {
        return LinePlace.stream(direction, id, sessionId);
    }

    void handleData(Direction direction, long offset, ByteBuffer data, boolean fin) {
        half(direction).handleData(offset, data, fin);
    }

    void handleReset(Direction direction, long errorCode) {
        half(direction).handleReset();
        log.line(place(direction), LineKind.RESET_STREAM, "RESET_STREAM " + ErrorText.code(errorCode));
    }

    /** Whether nothing more can come: both directions ended, as far as there are two. */
    boolean hasEnded() {
        return request.hasEnded() && (type == StreamType.UNIDIRECTIONAL || answer.hasEnded());
    }

    /** How to read a direction of which nothing has arrived yet. */
    StreamContent content(Direction direction) {
        if (direction == opening) {
            return new OpeningContent(this);
        }
        // An answer to what has not been asked can be anything.
        return use == Use.HTTP3 && type == StreamType.BIDIRECTIONAL
                ? new FrameContent(this, direction)
                : new PayloadContent(this, direction);
    }

    Direction opening() {
        return opening;
    }

    void isOf(Use use) {
        this.use = use;
    }

    void isOfSession(long sessionId) {
        this.use = Use.PAYLOAD;
        this.sessionId = OptionalLong.of(sessionId);
    }

    /** A field section: the request of a session makes the stream its CONNECT stream, a 2xx answer confirms it. */
    void handleFields(Direction direction, List<Map.Entry<String, String>> fields) {
        if (direction == opening) {
            boolean connect = fields.contains(Map.entry(":method", "CONNECT"))
                    && fields.stream()
                            .anyMatch(field -> field.getKey().equals(":protocol")
                                    // webtransport-h3 today, webtransport in older drafts
                                    && field.getValue().startsWith(WEBTRANSPORT));
            if (connect) {
                sessionId = OptionalLong.of(id);
            }
        } else {
            accepted |= fields.stream()
                    .anyMatch(field ->
                            field.getKey().equals(":status") && field.getValue().startsWith("2"));
        }
    }

    /** Whether the DATA frames of a direction carry capsules. */
    boolean carriesCapsules(Direction direction) {
        return sessionId.isPresent() && (direction == opening || accepted);
    }

    private StreamHalf half(Direction direction) {
        return direction == opening ? request : answer;
    }
}
