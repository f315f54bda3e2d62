package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.webtransport.error.ProtocolViolation;
import java.nio.ByteBuffer;

class StreamPreambleFuzzTest {
    /** Any bytes begin a stream the same wherever they are cut, and none of them is lost. */
    @FuzzTest
    void preambles(byte[] bytes) {
        Splits.byteByByte(bytes, pieces -> Traces.preamble(StreamPreamble.ofUnidirectional(), pieces));
        Splits.byteByByte(bytes, pieces -> Traces.preamble(StreamPreamble.ofBidirectional(), pieces));
        try {
            StreamPreamble preamble = StreamPreamble.ofBidirectional();
            ByteBuffer source = ByteBuffer.wrap(bytes);
            preamble.parse(source);
            assertEquals(Hex.of(bytes), Hex.of(preamble.consumed()) + Hex.of(source));
        } catch (ProtocolViolation violation) {
            assertEquals("CONNECTION H3_ID_ERROR (0x108)", Traces.violation(violation));
        }
    }
}
