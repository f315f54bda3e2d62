package dev.webtransport.engine.http3;

import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import java.nio.ByteBuffer;

/**
 * The peer's QPACK encoder stream. We announced a dynamic table of capacity 0, so that only one instruction may come:
 * the one
 * that sets the capacity to 0 (RFC 9204, sections 3.2.3 and 4.3).
 */
final class QpackEncoderStream extends CriticalStream {
    /** Set Dynamic Table Capacity, 001 and five bits of value: 0 (RFC 9204, section 4.3.1). */
    private static final int SET_CAPACITY_0 = 0x20;

    QpackEncoderStream() {
        super("QPACK encoder stream", "RFC 9204, section 4.2");
    }

    @Override
    void handleBytes(ByteBuffer data) throws ProtocolViolation {
        while (data.hasRemaining()) {
            int instruction = data.get() & 0xff;
            //= rfc9204#3.2.3
            //# with a maximum capacity of 0 the encoder must not insert entries, and sets no other capacity
            if (instruction != SET_CAPACITY_0) {
                throw ProtocolViolation.connection(
                        Http3ErrorCode.QPACK_ENCODER_STREAM_ERROR,
                        "RFC 9204, section 3.2.3",
                        "encoder instruction 0x" + Integer.toHexString(instruction)
                                + " uses a dynamic table, whose capacity is 0");
            }
        }
    }
}
