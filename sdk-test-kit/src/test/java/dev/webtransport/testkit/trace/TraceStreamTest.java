package dev.webtransport.testkit.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.testkit.quic.Frames;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the bytes of streams become, wherever they are cut. */
class TraceStreamTest {
    /** Feeds {@code >2 00 04; <3 00 FIN} cut at every place, and answers with the lines, which must not differ. */
    private static String traceAtEverySplit(String script) {
        String atOnce = trace(script, Integer.MAX_VALUE);
        for (int split = 0; split < script.length() / 2; split++) {
            assertEquals(atOnce, trace(script, split), "each piece split at " + split);
        }
        return atOnce;
    }

    private static String trace(String script, int split) {
        Wire wire = new Wire();
        for (String step :
                script.replace("CONNECT", Wire.CONNECT).replace("OK", Wire.OK).split(";")) {
            String[] words = step.trim().split(" ", 2);
            Direction direction = words[0].startsWith(">") ? Direction.CLIENT_TO_SERVER : Direction.SERVER_TO_CLIENT;
            wire.stream(direction, Long.parseLong(words[0].substring(1)), words[1], split);
        }
        return wire.trace.toString().strip().replace("\n", "; ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                ">2 00 0404 08013301           | >> s2 CONTROL; >> s2 SETTINGS ENABLE_CONNECT_PROTOCOL=1 H3_DATAGRAM=1",
                "<3 00 040d ac7cf00001 6b6105 4fff01 2107  | << s3 CONTROL; << s3 SETTINGS WT_ENABLED=1 WT_INITIAL_MAX_DATA=5 0xfff=1 0x21=7",
                "<3 00 0400 070104             | << s3 CONTROL; << s3 SETTINGS; << s3 GOAWAY 4",
                ">2 00 0400 0d0107 030100      | >> s2 CONTROL; >> s2 SETTINGS; >> s2 MAX_PUSH_ID; >> s2 CANCEL_PUSH",
                ">2 00 0400 21 03 ffffff 0f00  | >> s2 CONTROL; >> s2 SETTINGS; >> s2 RESERVED_FRAME 0x21 3; >> s2 UNKNOWN_FRAME 0xf 0",
                ">2 00 FIN                     | >> s2 CONTROL; >> s2 FIN",
                ">6 02 20                      | >> s6 QPACK_ENCODER; >> s6 STREAM 1",
                ">10 03                        | >> s10 QPACK_DECODER",
                "<7 01 00 010203               | << s7 PUSH; << s7 STREAM 4",
                "<7 21 0102                    | << s7 RESERVED_STREAM 0x21; << s7 STREAM 2",
                "<7 4055 FIN                   | << s7 UNKNOWN_STREAM 0x55; << s7 FIN",
            })
    void the_streams_of_http3_are_told(String script, String lines) {
        assertEquals(lines, traceAtEverySplit(script));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                ">0 CONNECT                    | >> s0 HEADERS :method=CONNECT :protocol=webtransport-h3 :scheme=https :path=/",
                "<1 0103 0000d9                | << s1 HEADERS :status=200",
                ">0 0102 0000 0502 0102        | >> s0 HEADERS; >> s0 PUSH_PROMISE",
                ">0 010a 0000 23 616263 03 612062 | >> s0 HEADERS abc='a b'",
                ">0 0102 0000 0003 616263 0002 6465 FIN | >> s0 HEADERS; >> s0 DATA 5; >> s0 FIN",
                ">0 CONNECT; <0 0103 0000db 0003 616263 FIN | >> s0 HEADERS :method=CONNECT :protocol=webtransport-h3 :scheme=https :path=/; << s0 HEADERS :status=404; << s0 DATA 3; << s0 FIN",
            })
    void requests_are_told(String script, String lines) {
        assertEquals(lines, traceAtEverySplit(script));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "000a 6843 07 0000004d 627965         | WT_CLOSE_SESSION 77 \"bye\"",
                "0007 6843 04 00000000 FIN            | WT_CLOSE_SESSION 0; << s0 FIN",
                "0005 800078ae 00                     | WT_DRAIN_SESSION",
                "0002 8000 0003 78ae00                | WT_DRAIN_SESSION",
                "0006 990b4d3d 01 0a                  | WT_MAX_DATA 10",
                "0006 990b4d3f 01 0a                  | WT_MAX_STREAMS BIDIRECTIONAL 10",
                "0006 990b4d40 01 0a                  | WT_MAX_STREAMS UNIDIRECTIONAL 10",
                "0006 990b4d41 01 0a                  | WT_DATA_BLOCKED 10",
                "0006 990b4d43 01 0a                  | WT_STREAMS_BLOCKED BIDIRECTIONAL 10",
                "0006 990b4d44 01 0a                  | WT_STREAMS_BLOCKED UNIDIRECTIONAL 10",
                "0007 990b4d3e 02 04 0a               | WT_MAX_STREAM_DATA",
                "0007 990b4d42 02 04 0a               | WT_STREAM_DATA_BLOCKED",
                "0004 00 02 6869                      | DATAGRAM 2",
                "0005 17 00 21 01 ff                  | RESERVED_CAPSULE 0x17 0; << s0 UNKNOWN_CAPSULE 0x21 1",
            })
    void the_capsules_of_a_session_are_told(String answer, String lines) {
        String opened =
                ">> s0 HEADERS :method=CONNECT :protocol=webtransport-h3 :scheme=https :path=/; << s0 HEADERS :status=200; << s0 ";

        assertEquals(opened + lines, traceAtEverySplit(">0 CONNECT; <0 OK " + answer));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                ">4 4041 00 616263 FIN; <4 6465 FIN | >> s4 WT_STREAM session 0; >> s4 STREAM 3 FIN; << s4 STREAM 2 FIN",
                ">14 4054 04; >14 FIN               | >> s14 WT_STREAM session 4; >> s14 FIN",
                "<1 4041 00 61; >1 6263; <1 6263     | << s1 WT_STREAM session 0; << s1 STREAM 3; >> s1 STREAM 2",
                "<1 4041 00 61; <15 4054 00; <1 62   | << s1 WT_STREAM session 0; << s1 STREAM 1; << s15 WT_STREAM session 0; << s1 STREAM 1",
            })
    void the_streams_of_a_session_are_told(String script, String lines) {
        assertEquals(lines, traceAtEverySplit(script));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                ">4 4041 01 616263          | >> s4 malformed: H3_ID_ERROR (0x108): session id 1 is not the id of a client-initiated bidirectional stream; >> s4 STREAM 3",
                ">2 00 0403 330205 2100     | >> s2 CONTROL; >> s2 malformed: H3_SETTINGS_ERROR (0x109): SETTINGS_H3_DATAGRAM is 2; 0 and 1 are allowed; >> s2 STREAM 2",
                ">2 00 0203 616263          | >> s2 CONTROL; >> s2 malformed: H3_FRAME_UNEXPECTED (0x105): frame type 0x2 belongs to HTTP/2; >> s2 STREAM 4",
                ">2 00 0403 FIN             | >> s2 CONTROL; >> s2 malformed: H3_FRAME_ERROR (0x106): the stream ended inside a frame; >> s2 FIN",
                ">0 0103 80ffff 616263      | >> s0 malformed: QPACK_DECOMPRESSION_FAILED (0x200): a field section refers to the dynamic table, whose capacity is 0; >> s0 STREAM 3",
                ">4 40 FIN                  | >> s4 STREAM 1 FIN",
                "<0 0103 0000d9             | << s0 STREAM 5",
                "<2 0103 0000d9             | << s2 STREAM 5",
            })
    void what_is_malformed_is_a_line_and_what_follows_it_is_bytes(String script, String lines) {
        assertEquals(lines, traceAtEverySplit(script));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0007 6843 00 00000000 | H3_MESSAGE_ERROR (0x10e): WT_CLOSE_SESSION of 0 bytes holds no code; >> s0 DATA 4",
                "0002 6843 FIN         | H3_MESSAGE_ERROR (0x10e): the stream ended inside a capsule; >> s0 FIN",
            })
    void a_malformed_capsule_leaves_the_frames_readable(String content, String lines) {
        String request =
                ">> s0 HEADERS :method=CONNECT :protocol=webtransport-h3 :scheme=https :path=/; >> s0 malformed: ";

        assertEquals(request + lines, traceAtEverySplit(">0 CONNECT " + content));
    }

    @Test
    void bytes_that_are_sent_twice_are_told_once() {
        Wire wire = new Wire();
        wire.client(Frames.stream(4, 0, Wire.bytes("4041006162"), false));
        wire.client(Frames.stream(4, 3, Wire.bytes("61626364"), false));

        assertEquals(">> s4 WT_STREAM session 0\n>> s4 STREAM 4\n", wire.trace.toString());
    }

    @Test
    void bytes_that_never_came_are_told() {
        Wire wire = new Wire();
        wire.client(Frames.stream(4, 0, Wire.bytes("40"), false));
        wire.client(Frames.stream(4, 3, Wire.bytes("6162"), true));

        assertEquals(
                ">> s4 malformed: the bytes from 1 to 3 of the stream are missing\n>> s4 STREAM 2 FIN\n",
                wire.trace.toString());
    }

    /** One step of a random connection: bytes that are valid, nearly valid, or noise. */
    private static final class Step {
        private static final String[] BEGINNINGS = {
            "4041 00",
            "4054 00",
            "00 0400",
            "00 0404 08013301",
            Wire.CONNECT,
            Wire.OK,
            "0007 6843 04 00000000",
            "0005 800078ae 00",
            "2103",
            "02",
            "0109",
            "0004 00 02 6869",
        };

        final Direction direction;
        final long streamId;
        final byte[] bytes;
        final boolean fin;

        Step(Random random) {
            direction = random.nextBoolean() ? Direction.CLIENT_TO_SERVER : Direction.SERVER_TO_CLIENT;
            streamId = random.nextInt(8);
            byte[] beginning = Wire.bytes(BEGINNINGS[random.nextInt(BEGINNINGS.length)]);
            byte[] noise = new byte[random.nextInt(20)];
            random.nextBytes(noise);
            bytes = random.nextInt(3) == 0 ? noise : beginning;
            if (bytes.length > 0 && random.nextInt(4) == 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            fin = random.nextInt(6) == 0;
        }
    }

    @Test
    void any_bytes_in_any_pieces_give_the_same_lines_and_never_an_exception() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int run = 0; run < 2_000; run++) {
            List<Step> steps = new ArrayList<>();
            for (int i = random.nextInt(12); i >= 0; i--) {
                steps.add(new Step(random));
            }
            Wire atOnce = new Wire();
            Wire byteByByte = new Wire();
            for (Step step : steps) {
                atOnce.stream(step.direction, step.streamId, step.bytes, step.fin);
                for (byte each : step.bytes) {
                    byteByByte.stream(step.direction, step.streamId, new byte[] {each}, false);
                }
                byteByByte.stream(step.direction, step.streamId, new byte[0], step.fin);
            }
            assertEquals(atOnce.trace.toString(), byteByByte.trace.toString(), "seed " + seed + ", run " + run);
        }
    }
}
