package dev.webtransport.testkit.trace;

import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.wire.BufferCursor;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One direction of a stream: sees to it that every byte is read once and in order, or that the line says which is not. */
final class StreamHalf {
    private final TracedStream stream;
    private final Direction direction;
    private @Nullable StreamContent content;
    private long received;
    private boolean ended;

    StreamHalf(TracedStream stream, Direction direction) {
        this.stream = stream;
        this.direction = direction;
    }

    void handleData(long offset, ByteBuffer data, boolean fin) {
        if (offset > received) {
            malformed("malformed: the bytes from " + received + " to " + offset + " of the stream are missing");
            received = offset;
        }
        // What was sent twice is told once.
        BufferCursor.advance(data, (int) Math.min(received - offset, data.remaining()));
        received += data.remaining();
        while (data.hasRemaining()) {
            try {
                content = content().read(data);
            } catch (ProtocolViolation violation) {
                malformed(ErrorText.malformed(violation));
            }
        }
        if (fin && !ended) {
            handleFin();
        }
    }

    /** The bytes so far are all there will be. */
    void handleReset() {
        ended = true;
        content = payload();
    }

    boolean hasEnded() {
        return ended;
    }

    private void handleFin() {
        ended = true;
        try {
            content().end();
        } catch (ProtocolViolation violation) {
            malformed(ErrorText.malformed(violation));
        }
        content = payload();
        stream.log().fin(stream.place(direction));
    }

    private void malformed(String what) {
        stream.log().line(stream.place(direction), LineKind.MALFORMED, what);
        content = payload();
    }

    private StreamContent content() {
        StreamContent reading = content;
        return reading == null ? stream.content(direction) : reading;
    }

    private StreamContent payload() {
        return new PayloadContent(stream, direction);
    }
}
