package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.webtransport.error.ProtocolViolation;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDatagramTest {
    //= rfc9297#2.1
    //# a datagram too short to hold a quarter stream id is a connection error
    //= rfc9297#2.1
    //# a quarter stream id above 2^60-1 is a connection error
    @ParameterizedTest
    @ValueSource(
            strings = {"", "40", "c0000000000000", "d000000000000000", "d00000000000000070696e67", "ffffffffffffffff"})
    void a_datagram_without_a_possible_session_is_a_datagram_error(String hex) {
        ProtocolViolation violation = assertThrows(ProtocolViolation.class, () -> HttpDatagram.decode(Hex.buffer(hex)));

        assertEquals("CONNECTION H3_DATAGRAM_ERROR (0x33)", Traces.violation(violation));
        assertEquals("RFC 9297, section 2.1", violation.citation());
    }

    @Test
    void a_datagram_may_be_empty_and_its_session_written_long() throws ProtocolViolation {
        HttpDatagram datagram = HttpDatagram.decode(Hex.buffer("c000000000000001"));

        assertEquals(4, datagram.sessionId());
        assertEquals(0, datagram.payload().remaining());
    }

    @Test
    void payloads_are_views_and_writing_leaves_the_buffer_alone() throws ProtocolViolation {
        ByteBuffer payload = Hex.buffer("70696e67");
        HttpDatagram datagram = HttpDatagram.decode(HttpDatagram.encode(4, payload));

        datagram.payload().get();
        assertEquals(4, payload.remaining());
        assertEquals("70696e67", Hex.of(datagram.payload()));
    }
}
