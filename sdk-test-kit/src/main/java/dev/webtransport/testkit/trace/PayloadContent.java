package dev.webtransport.testkit.trace;

import dev.webtransport.testkit.quic.Direction;
import java.nio.ByteBuffer;

/** Bytes that mean nothing to the protocol. */
final class PayloadContent implements StreamContent {
    private final TracedStream stream;
    private final Direction direction;

    PayloadContent(TracedStream stream, Direction direction) {
        this.stream = stream;
        this.direction = direction;
    }

    @Override
    public StreamContent read(ByteBuffer bytes) {
        stream.log().payload(stream.place(direction), LineKind.STREAM, bytes);
        return this;
    }

    @Override
    public void end() {
        // May end anywhere.
    }
}
