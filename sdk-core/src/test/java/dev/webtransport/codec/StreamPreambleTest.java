package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.webtransport.error.ProtocolViolation;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamPreambleTest {
    private static final String ID_ERROR = "CONNECTION H3_ID_ERROR (0x108)";

    private static String unidirectional(String hex) {
        return Splits.everySplit(Hex.bytes(hex), pieces -> Traces.preamble(StreamPreamble.ofUnidirectional(), pieces));
    }

    private static String bidirectional(String hex) {
        return Splits.everySplit(Hex.bytes(hex), pieces -> Traces.preamble(StreamPreamble.ofBidirectional(), pieces));
    }

    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/stream-preambles.txt", delimiter = '|')
    void the_vectors_are_read_and_written(long session, String uni, String bidi, String quarter)
            throws ProtocolViolation {
        assertEquals(uni, Hex.of(StreamPreamble.unidirectional(session)));
        assertEquals(bidi, Hex.of(StreamPreamble.bidirectional(session)));
        assertEquals("session " + session + " then ", unidirectional(uni));
        assertEquals("session " + session + " then 68656c6c6f", unidirectional(uni + "68656c6c6f"));
        assertEquals("session " + session + " then 68656c6c6f", bidirectional(bidi + "68656c6c6f"));

        assertEquals(quarter + "70696e67", Hex.of(HttpDatagram.encode(session, Hex.buffer("70696e67"))));
        assertEquals(quarter.length() / 2, HttpDatagram.overhead(session));
        HttpDatagram datagram = HttpDatagram.decode(Hex.buffer(quarter + "70696e67"));
        assertEquals(session, datagram.sessionId());
        assertEquals("70696e67", Hex.of(datagram.payload()));
    }

    //= draft-ietf-webtrans-http3-16#4
    //# a session id that no client-initiated bidirectional stream can have is a connection error
    @ParameterizedTest
    @ValueSource(strings = {"01", "02", "03", "4005", "80010001", "ffffffffffffffff"})
    void a_session_id_that_is_no_client_bidirectional_stream_is_an_id_error(String id) {
        assertEquals(ID_ERROR, unidirectional("4054" + id));
        assertEquals(ID_ERROR, bidirectional("4041" + id));
        assertEquals(ID_ERROR, bidirectional("4041" + id + "00"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00 0400     | type 0 in 00 then 0400",
                "01          | type 1 in 01 then ''",
                "02 3f       | type 2 in 02 then 3f",
                "4003        | type 3 in 4003 then ''",
                "4041 00     | type 65 in 4041 then 00",
                "4040 00     | type 64 in 4040 then 00",
                "80000054 04 | session 4 then ''",
            })
    void other_unidirectional_streams_are_of_http3(String hex, String expected) {
        assertEquals(expected.replace("''", ""), unidirectional(hex));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "01 03 0000d9 | type 1 in 01 then 030000d9",
                "4001 00      | type 1 in 4001 then 00",
                "4054 00      | type 84 in 4054 then 00",
                "41ff         | type 511 in 41ff then ''",
                "80000041 4004 aa | session 4 then aa",
            })
    void other_bidirectional_streams_give_their_first_bytes_back(String hex, String expected) {
        assertEquals(expected.replace("''", ""), bidirectional(hex));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "40", "4054", "405440", "4054ffffffffffffff"})
    void a_preamble_that_is_not_complete_needs_more(String hex) {
        assertEquals("needs more", unidirectional(hex));
    }

    @Test
    void nothing_behind_the_preamble_is_taken_from_the_buffer() throws ProtocolViolation {
        ByteBuffer source = Hex.buffer("4054 04 aabb");
        StreamPreamble preamble = StreamPreamble.ofUnidirectional();

        assertEquals(StreamPreamble.Result.WEBTRANSPORT, preamble.parse(source));
        assertEquals(3, source.position());
        assertEquals(StreamPreamble.Result.WEBTRANSPORT, preamble.parse(source));
        assertEquals(3, source.position());
        assertEquals("405404", Hex.of(preamble.consumed()));
    }

    @Test
    void what_is_not_known_yet_cannot_be_asked_for() throws ProtocolViolation {
        StreamPreamble preamble = StreamPreamble.ofBidirectional();
        assertThrows(IllegalStateException.class, preamble::type);
        assertThrows(IllegalStateException.class, preamble::sessionId);
        preamble.parse(Hex.buffer("01"));
        assertEquals(1, preamble.type());
        assertThrows(IllegalStateException.class, preamble::sessionId);
    }

    @ParameterizedTest
    @ValueSource(longs = {-4, -1, 1, 2, 3, 1L << 62})
    void a_preamble_for_an_impossible_session_is_refused(long id) {
        assertThrows(IllegalArgumentException.class, () -> StreamPreamble.unidirectional(id));
        assertThrows(IllegalArgumentException.class, () -> StreamPreamble.bidirectional(id));
        assertThrows(IllegalArgumentException.class, () -> HttpDatagram.overhead(id));
        assertThrows(IllegalArgumentException.class, () -> HttpDatagram.encode(id, ByteBuffer.allocate(0)));
    }
}
