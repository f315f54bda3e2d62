package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.webtransport.error.ProtocolViolation;
import java.nio.ByteBuffer;

class HttpDatagramFuzzTest {
    /** Any bytes are a datagram, which survives being written, or a violation that ends the connection. */
    @FuzzTest
    void datagrams(byte[] bytes) throws ProtocolViolation {
        HttpDatagram datagram;
        try {
            datagram = HttpDatagram.decode(ByteBuffer.wrap(bytes));
        } catch (ProtocolViolation violation) {
            assertEquals("CONNECTION H3_DATAGRAM_ERROR (0x33)", Traces.violation(violation));
            return;
        }
        HttpDatagram again = HttpDatagram.decode(HttpDatagram.encode(datagram.sessionId(), datagram.payload()));
        assertEquals(datagram.sessionId(), again.sessionId());
        assertEquals(datagram.payload(), again.payload());
    }
}
