package dev.webtransport.engine.http3;

import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import java.nio.ByteBuffer;

/**
 * The peer's QPACK decoder stream. We never use a dynamic table, so that there is nothing to acknowledge; the peer may
 * only
 * say that it reads a stream no more (RFC 9204, section 4.4).
 */
final class QpackDecoderStream extends CriticalStream {
    private static final int CANCELLATION_MASK = 0xc0;
    private static final int STREAM_CANCELLATION = 0x40;
    private static final int PREFIX = 0x3f;

    /** Seven bits each behind the prefix: what a 62-bit number needs. */
    private static final int MAX_CONTINUATION = 9;

    private int continuation;
    private boolean inNumber;

    QpackDecoderStream() {
        super("QPACK decoder stream", "RFC 9204, section 4.2");
    }

    @Override
    void handleBytes(ByteBuffer data) throws ProtocolViolation {
        while (data.hasRemaining()) {
            int octet = data.get() & 0xff;
            if (inNumber) {
                continueNumber(octet);
            } else {
                //= rfc9204#4.4.1
                //# an acknowledgment that no section waits for is a connection error
                //= rfc9204#4.4.3
                //# an increment of 0, or beyond what was inserted, is a connection error
                if ((octet & CANCELLATION_MASK) != STREAM_CANCELLATION) {
                    throw violation("RFC 9204, section 4.4", "acknowledges a dynamic table that was never used");
                }
                inNumber = (octet & PREFIX) == PREFIX;
                continuation = 0;
            }
        }
    }

    private void continueNumber(int octet) throws ProtocolViolation {
        //= rfc9204#4.1.1
        //# integers of up to 62 bits have to be decoded, longer ones need not
        if (++continuation > MAX_CONTINUATION) {
            throw violation("RFC 9204, section 4.1.1", "holds an integer of more than 62 bits");
        }
        inNumber = (octet & 0x80) != 0;
    }

    private static ProtocolViolation violation(String citation, String what) {
        return ProtocolViolation.connection(
                Http3ErrorCode.QPACK_DECODER_STREAM_ERROR, citation, "a decoder instruction " + what);
    }
}
