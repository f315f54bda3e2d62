package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.error.ProtocolViolation;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Http3FrameReaderTest {
    private static final String FRAME_ERROR = "CONNECTION H3_FRAME_ERROR (0x106)";
    private static final String FRAME_UNEXPECTED = "CONNECTION H3_FRAME_UNEXPECTED (0x105)";
    private static final String EXCESSIVE_LOAD = "CONNECTION H3_EXCESSIVE_LOAD (0x107)";

    private static String trace(String hex) {
        return Splits.everySplit(Hex.bytes(hex), Traces::frames);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                              | end",
                "00 03 616263                    | DATA 616263; end",
                "00 00                           | DATA ; end",
                "00 01 61 00 02 6263             | DATA 616263; end",
                "01 03 0000d9                    | HEADERS 0000d9; end",
                "01 00                           | HEADERS ; end",
                "01 03 0000d9 00 01 ff 01 01 00  | HEADERS 0000d9; DATA ff; HEADERS 00; end",
                "07 01 04                        | GOAWAY 4; end",
                "07 02 4004                      | GOAWAY 4; end",
                "07 08 fffffffffffffffc          | GOAWAY 4611686018427387900; end",
                "04 00                           | SETTINGS {}; end",
                "4004 4002 3301                  | SETTINGS {setting 0x33=1}; end",
                "03 01 00                        | push frame 0x3; end",
                "0d 02 4064                      | push frame 0xd; end",
                "05 03 000000 07 01 00           | push frame 0x5; GOAWAY 0; end",
            })
    void every_known_frame_is_delivered(String hex, String expected) {
        assertEquals(expected, trace(hex));
    }

    //= rfc9114#9
    //# frames of unknown types are ignored wherever they come
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "21 00 07 01 04              | unknown frame 0x21; GOAWAY 4; end",
                "4040 05 0102030405 00 01 61 | unknown frame 0x40; DATA 61; end",
                "0f 02 ffff                  | unknown frame 0xf; end",
                "ffffffffffffffff 01 00      | unknown frame 0x3fffffffffffffff; end",
            })
    void unknown_frames_are_told_and_passed_over(String hex, String expected) {
        assertEquals(expected, trace(hex));
    }

    @Test
    void an_unknown_frame_of_any_length_is_passed_over_without_being_held() throws ProtocolViolation {
        Http3FrameReader reader = new Http3FrameReader(0);
        reader.feed(Hex.buffer("21 ffffffffffffffff"));
        assertEquals("unknown frame 0x21", String.valueOf(reader.next()));
        for (int i = 0; i < 4_000; i++) {
            // 256 MB in all: more than the memory of a test.
            reader.feed(ByteBuffer.allocate(64 << 10));
            assertNull(reader.next());
        }
    }

    @Test
    void data_is_delivered_as_it_comes() throws ProtocolViolation {
        Http3FrameReader reader = new Http3FrameReader(0);
        reader.feed(Hex.buffer("00 ffffffffffffffff 01"));
        assertEquals("DATA of 1 bytes", String.valueOf(reader.next()));
        assertNull(reader.next());
        reader.feed(Hex.buffer("0203"));
        assertEquals("DATA of 2 bytes", String.valueOf(reader.next()));
        assertNull(reader.next());
    }

    @Test
    void the_bytes_that_are_fed_belong_to_the_caller_again() throws ProtocolViolation {
        Http3FrameReader reader = new Http3FrameReader(10);
        byte[] bytes = Hex.bytes("00 02 6162");
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        reader.feed(buffer);
        bytes[3] = 0;

        Http3Frame frame = reader.next();

        assertEquals(0, buffer.remaining());
        assertNotNull(frame);
        assertEquals("6162", Hex.of(((Http3Frame.Data) frame).payload()));
    }

    //= rfc9114#7.2.8
    //# the types of the HTTP/2 frames that HTTP/3 has not are an error wherever they are received
    @ParameterizedTest
    @ValueSource(strings = {"02", "06", "08", "09", "4006 00", "01 00 02"})
    void a_frame_type_of_http2_is_an_error(String hex) {
        String trace = trace(hex);
        assertTrue(trace.endsWith(FRAME_UNEXPECTED), trace);
    }

    //= draft-ietf-webtrans-http3-16#4.3
    //# the signal value stands at the beginning of a request stream only; as a frame type it is a connection error
    @ParameterizedTest
    @ValueSource(strings = {"4041", "4041 00", "80000041", "01 00 4041 00", "00 00 4041"})
    void the_signal_of_a_webtransport_stream_in_the_place_of_a_frame_is_an_error(String hex) {
        String trace = trace(hex);
        assertTrue(trace.endsWith(FRAME_ERROR), trace);
    }

    //= rfc9114#7.1
    //# a payload longer or shorter than the fields of its frame is a connection error
    @ParameterizedTest
    @ValueSource(
            strings = {
                "07 00",
                "07 02 0400",
                "07 01 40",
                "07 09 000000000000000000",
                "03 00",
                "03 02 0000",
                "0d 00",
                "0d 01 40",
                "04 01 33",
                "04 02 3340",
                "04 03 330101",
                "07 ffffffffffffffff"
            })
    void a_payload_that_does_not_fit_the_frame_is_an_error(String hex) {
        assertEquals(FRAME_ERROR, trace(hex));
    }

    //= rfc9114#7.1
    //# a stream that ends cleanly in the middle of its last frame is a connection error
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00             | ''",
                "40             | ''",
                "00 02 61       | 'DATA 61; '",
                "01 02 00       | ''",
                "04 02          | ''",
                "07 01          | ''",
                "21 01          | 'unknown frame 0x21; '",
                "05 02 00       | 'push frame 0x5; '",
                "07 01 00 40    | 'GOAWAY 0; '",
            })
    void an_end_inside_a_frame_is_an_error(String hex, String before) {
        assertEquals(before + FRAME_ERROR, trace(hex));
    }

    @Test
    void a_header_section_larger_than_the_limit_is_refused_before_it_arrives() {
        assertEquals("HEADERS " + "00".repeat(100) + "; end", trace("01 4064 " + "00".repeat(100)));
        assertEquals(EXCESSIVE_LOAD, trace("01 4065"));
        assertEquals(EXCESSIVE_LOAD, trace("01 ffffffffffffffff"));
    }

    @Test
    void settings_larger_than_the_limit_are_refused_before_they_arrive() {
        assertEquals(FRAME_ERROR, trace("04 4800"));
        assertEquals(EXCESSIVE_LOAD, trace("04 4801"));
        assertEquals(EXCESSIVE_LOAD, trace("04 ffffffffffffffff"));
    }

    @Test
    void the_violation_is_repeated() {
        Http3FrameReader reader = new Http3FrameReader(10);
        reader.feed(Hex.buffer("02 00 00 00"));

        ProtocolViolation first = assertThrows(ProtocolViolation.class, reader::next);
        reader.feed(Hex.buffer("00 00"));

        assertSame(first, assertThrows(ProtocolViolation.class, reader::next));
        assertSame(first, assertThrows(ProtocolViolation.class, reader::end));
        assertEquals("RFC 9114, section 7.2.8", first.citation());
    }

    @Test
    void what_the_writer_writes_the_reader_reads() {
        String hex = Hex.of(Http3FrameWriter.headers(Hex.buffer("0000d9")))
                + Hex.of(Http3FrameWriter.reserved(1, Hex.buffer("aabb")))
                + Hex.of(Http3FrameWriter.data(Hex.buffer("616263")))
                + Hex.of(Http3FrameWriter.goAway(8));

        assertEquals("01030000d9" + "404002aabb" + "0003616263" + "070108", hex);
        assertEquals("HEADERS 0000d9; unknown frame 0x40; DATA 616263; GOAWAY 8; end", trace(hex));
    }

    @Test
    void the_writer_leaves_the_buffers_of_the_caller_alone() {
        for (ByteBuffer buffer : List.of(Hex.buffer("0102"), Hex.buffer("0102").asReadOnlyBuffer())) {
            Http3FrameWriter.data(buffer);
            Http3FrameWriter.headers(buffer);
            assertEquals(2, buffer.remaining());
        }
    }

    @Test
    void reserved_types_are_of_the_form_that_means_nothing() {
        assertEquals(0x21, Http3FrameType.reserved(0));
        assertEquals(0x1f * 1000L + 0x21, Http3StreamType.reserved(1000));
        assertThrows(IllegalArgumentException.class, () -> Http3FrameType.reserved(-1));
        assertThrows(IllegalArgumentException.class, () -> Http3FrameType.reserved(1L << 60));
    }
}
