package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.StreamType;
import dev.webtransport.wire.VarInt;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CapsuleReaderTest {
    private static final String MESSAGE_ERROR = "SESSION H3_MESSAGE_ERROR (0x10e)";
    private static final String FLOW_CONTROL_ERROR = "SESSION WT_FLOW_CONTROL_ERROR (0x45d4487)";

    private static String trace(String hex) {
        return Splits.everySplit(Hex.bytes(hex), Traces::capsules);
    }

    private static ByteBuffer written(Capsule capsule) {
        if (capsule instanceof Capsule.CloseSession close) {
            return CapsuleWriter.closeSession(close.info());
        }
        if (capsule instanceof Capsule.MaxData limit) {
            return CapsuleWriter.maxData(limit.maxData());
        }
        if (capsule instanceof Capsule.MaxStreams limit) {
            return CapsuleWriter.maxStreams(limit.streamType(), limit.maxStreams());
        }
        if (capsule instanceof Capsule.DataBlocked blocked) {
            return CapsuleWriter.dataBlocked(blocked.limit());
        }
        if (capsule instanceof Capsule.StreamsBlocked blocked) {
            return CapsuleWriter.streamsBlocked(blocked.streamType(), blocked.limit());
        }
        if (capsule instanceof Capsule.Datagram datagram) {
            return CapsuleWriter.datagram(datagram.payload());
        }
        assertTrue(capsule instanceof Capsule.DrainSession, String.valueOf(capsule));
        return CapsuleWriter.drainSession();
    }

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(resources = "/vectors/capsules.txt", delimiter = '|', quoteCharacter = '`')
    void the_vectors_are_read_and_written(String name, String hex, String expected) throws ProtocolViolation {
        assertEquals(expected + "; end", trace(hex));

        CapsuleReader reader = new CapsuleReader(100);
        reader.feed(Hex.buffer(hex));
        Capsule capsule = reader.next();
        assertNotNull(capsule);
        assertEquals(hex.replace(" ", ""), Hex.of(written(capsule)));
    }

    @Test
    void the_vectors_stand_in_data_frames() {
        assertEquals("000768430400000000", Hex.of(Http3FrameWriter.data(CapsuleWriter.closeSession(CloseInfo.NORMAL))));
        assertEquals("0005800078ae00", Hex.of(Http3FrameWriter.data(CapsuleWriter.drainSession())));
        assertEquals(
                "0006990b4d3f010a",
                Hex.of(Http3FrameWriter.data(CapsuleWriter.maxStreams(StreamType.BIDIRECTIONAL, 10))));
    }

    @Test
    void the_longest_reason_is_1024_bytes() {
        String longest = "a".repeat(1024);
        String hex = "6843 4404 00000000" + "61".repeat(1024);

        assertEquals(
                "WT_CLOSE_SESSION code 0 \"" + longest + "\"; end",
                Splits.byteByByte(Hex.bytes(hex), Traces::capsules));
        assertEquals(hex.replace(" ", ""), Hex.of(CapsuleWriter.closeSession(CloseInfo.of(0, longest))));
        assertTrue(Hex.of(Http3FrameWriter.data(CapsuleWriter.closeSession(CloseInfo.of(0, longest))))
                .startsWith("0044086843440400000000"));
    }

    //= draft-ietf-webtrans-http3-16#6
    //# a reason of more than 1024 bytes resets the stream with H3_MESSAGE_ERROR
    @ParameterizedTest
    @ValueSource(strings = {"6843 4405", "6843 ffffffffffffffff", "6843 4405 00000000 61"})
    void a_longer_reason_is_a_message_error_before_it_arrives(String hex) {
        CapsuleReader reader = new CapsuleReader(100);
        reader.feed(Hex.buffer(hex));
        assertThrows(ProtocolViolation.class, reader::next);
        assertEquals(MESSAGE_ERROR, trace(hex));
    }

    //= draft-ietf-webtrans-http3-16#6
    //# a reason that is not UTF-8 resets the stream with H3_MESSAGE_ERROR
    @ParameterizedTest
    @ValueSource(strings = {"c3", "80", "c0af", "eda080", "f4908080", "61ff62", "e282"})
    void a_reason_that_is_not_utf8_is_a_message_error(String reason) {
        int length = 4 + reason.length() / 2;
        assertEquals(MESSAGE_ERROR, trace("6843" + String.format("%02x", length) + "00000000" + reason));
    }

    //= rfc9297#3.3
    //# a value longer or shorter than the fields of its capsule is a malformed message
    @ParameterizedTest
    @ValueSource(
            strings = {
                "6843 00",
                "6843 03 000000",
                "800078ae 01 00",
                "990b4d3d 00",
                "990b4d3d 01 40",
                "990b4d3d 02 0100",
                "990b4d3f 09 000000000000000000",
                "990b4d40 05 8001000000",
                "990b4d44 08 8001000000000000"
            })
    void a_value_that_does_not_fit_the_capsule_is_a_message_error(String hex) {
        assertEquals(MESSAGE_ERROR, trace(hex));
    }

    //= draft-ietf-webtrans-http3-16#5.6.2
    //# a count of streams above 2^60 closes the session with WT_FLOW_CONTROL_ERROR
    //= draft-ietf-webtrans-http3-16#5.6.3
    //# a count of streams above 2^60 closes the session with WT_FLOW_CONTROL_ERROR
    @ParameterizedTest
    @ValueSource(strings = {"990b4d3f", "990b4d40", "990b4d43", "990b4d44"})
    void more_than_2_to_the_60_streams_are_a_flow_control_error(String type) {
        assertEquals(FLOW_CONTROL_ERROR, trace(type + "08 d000000000000001"));
        assertEquals(FLOW_CONTROL_ERROR, trace(type + "08 ffffffffffffffff"));
        assertTrue(trace(type + "08 d000000000000000").endsWith("1152921504606846976; end"));
        assertThrows(
                IllegalArgumentException.class,
                () -> CapsuleWriter.maxStreams(StreamType.UNIDIRECTIONAL, (1L << 60) + 1));
        assertThrows(IllegalArgumentException.class, () -> CapsuleWriter.streamsBlocked(StreamType.BIDIRECTIONAL, -1));
    }

    //= draft-ietf-webtrans-http3-16#6
    //# bytes behind WT_CLOSE_SESSION reset the stream with H3_MESSAGE_ERROR
    @ParameterizedTest
    @ValueSource(strings = {"00", "00 00", "800078ae 00", "21 00", "6843 04 00000000"})
    void bytes_behind_the_close_capsule_are_a_message_error(String behind) {
        assertEquals("WT_CLOSE_SESSION code 0; " + MESSAGE_ERROR, trace("6843 04 00000000" + behind));
    }

    //= rfc9297#3.2
    //# unknown capsule types are passed over in silence
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "21 00                       | unknown capsule 0x21; end",
                "21 03 ffffff 800078ae 00    | unknown capsule 0x21; WT_DRAIN_SESSION; end",
                "80ff37a2 04 80ff7c00        | unknown capsule 0xff37a2; end",
                "990b4d3c 01 00              | unknown capsule 0x190b4d3c; end",
                "990b4d45 01 00              | unknown capsule 0x190b4d45; end",
                "ffffffffffffffff 00         | unknown capsule 0x3fffffffffffffff; end",
            })
    void unknown_capsules_are_passed_over(String hex, String expected) {
        assertEquals(expected, trace(hex));
    }

    @Test
    void an_unknown_capsule_of_any_length_is_passed_over_without_being_held() throws ProtocolViolation {
        CapsuleReader reader = new CapsuleReader(0);
        reader.feed(Hex.buffer("21 ffffffffffffffff"));
        Capsule.Unknown unknown = assertInstanceOf(Capsule.Unknown.class, reader.next());
        assertEquals(VarInt.MAX, unknown.length());
        for (int i = 0; i < 4_000; i++) {
            // 256 MB in all: more than the memory of a test.
            reader.feed(ByteBuffer.allocate(64 << 10));
            assertNull(reader.next());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "990b4d3e 01 00 800078ae 00 | WT_MAX_STREAM_DATA; WT_DRAIN_SESSION; end",
                "990b4d42 02 0000           | WT_STREAM_DATA_BLOCKED; end",
            })
    void per_stream_flow_control_is_told_without_its_content(String hex, String expected) {
        assertEquals(expected, trace(hex));
    }

    @Test
    void many_capsules_may_come_at_once() {
        assertEquals(
                "DATAGRAM 61; DATAGRAM ; WT_MAX_DATA 1; WT_CLOSE_SESSION code 1; end",
                trace("00 01 61 00 00 990b4d3d 01 01 6843 04 00000001"));
    }

    //= rfc9297#3.3
    //# a stream that ends cleanly in the middle of a capsule is a malformed message
    @ParameterizedTest
    @ValueSource(strings = {"68", "6843", "6843 04", "6843 04 000000", "00 02 61", "800078ae", "990b4d3d 04 800100"})
    void an_end_inside_a_capsule_is_a_message_error(String hex) {
        assertEquals(MESSAGE_ERROR, trace(hex));
    }

    @Test
    void an_end_inside_an_unknown_capsule_is_a_message_error() {
        assertEquals("unknown capsule 0x21; " + MESSAGE_ERROR, trace("21 01"));
    }

    @Test
    void a_datagram_larger_than_the_limit_is_refused_before_it_arrives() {
        assertEquals("DATAGRAM " + "00".repeat(100) + "; end", trace("00 4064" + "00".repeat(100)));
        assertEquals("SESSION H3_EXCESSIVE_LOAD (0x107)", trace("00 4065"));
        assertEquals("SESSION H3_EXCESSIVE_LOAD (0x107)", trace("00 ffffffffffffffff"));
    }

    @Test
    void the_violation_is_repeated() {
        CapsuleReader reader = new CapsuleReader(100);
        reader.feed(Hex.buffer("6843 00 00"));

        ProtocolViolation first = assertThrows(ProtocolViolation.class, reader::next);
        reader.feed(Hex.buffer("00 00"));

        assertSame(first, assertThrows(ProtocolViolation.class, reader::next));
        assertSame(first, assertThrows(ProtocolViolation.class, reader::end));
    }
}
