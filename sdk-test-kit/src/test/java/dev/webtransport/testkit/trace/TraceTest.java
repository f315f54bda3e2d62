package dev.webtransport.testkit.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.error.ApplicationErrorCode;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.testkit.quic.Frames;
import dev.webtransport.testkit.quic.QuicFrame;
import dev.webtransport.value.StreamType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What frames other than STREAM become, and what the options change. */
class TraceTest {
    private static final String HELLO = "68656c6c6f";

    private static String line(QuicFrame frame) {
        return new Wire().server(frame).trace.toString();
    }

    @Test
    void the_end_of_a_stream_tells_the_code_of_the_application() {
        long wireCode = ApplicationErrorCode.toHttp3(43);

        assertEquals(
                "<< s4 RESET_STREAM WT_APPLICATION_ERROR 43 (0x52e4a40fa907)\n", line(Frames.resetStream(4, wireCode)));
        assertEquals(
                "<< s4 STOP_SENDING WT_APPLICATION_ERROR 43 (0x52e4a40fa907)\n", line(Frames.stopSending(4, wireCode)));
    }

    @Test
    void the_end_of_a_stream_tells_the_code_of_the_protocol() {
        assertEquals(
                "<< s4 RESET_STREAM WT_SESSION_GONE (0x170d7b68)\n",
                line(Frames.resetStream(4, Http3ErrorCode.WT_SESSION_GONE)));
        assertEquals("<< s4 STOP_SENDING 0x7\n", line(Frames.stopSending(4, 7)));
    }

    @Test
    void the_end_of_the_connection_tells_code_and_reason() {
        assertEquals(
                "<< CONNECTION_CLOSE H3_NO_ERROR (0x100) \"so \\\"long\\\"\\n\"\n",
                line(Frames.connectionClose(Http3ErrorCode.H3_NO_ERROR, "so \"long\"\n")));
        assertEquals("<< CONNECTION_CLOSE 0x1234\n", line(Frames.connectionClose(0x1234, "")));
    }

    @Test
    void a_datagram_tells_its_session() {
        assertEquals("<< DATAGRAM session 4 5\n", line(Frames.datagram(Wire.bytes("01" + HELLO))));
    }

    @Test
    void a_datagram_without_a_session_is_malformed() {
        assertEquals(
                "<< malformed: H3_DATAGRAM_ERROR (0x33): a datagram of 0 bytes holds no quarter stream id\n",
                line(Frames.datagram(new byte[0])));
    }

    @Test
    void what_keeps_quic_going_is_told_in_detail_only() {
        TraceOptions detailed =
                TraceOptions.builder().detail(TraceOptions.Detail.DETAILED).build();

        assertEquals("", allUpkeep(TraceOptions.DEFAULT));
        assertEquals(
                ">> s4 MAX_STREAM_DATA 7\n>> MAX_DATA 8\n>> MAX_STREAMS BIDIRECTIONAL 9\n>> PING\n>> ACK\n",
                allUpkeep(detailed));
    }

    private static String allUpkeep(TraceOptions options) {
        return new Wire(options)
                .client(Frames.maxStreamData(4, 7))
                .client(Frames.maxData(8))
                .client(Frames.maxStreams(StreamType.BIDIRECTIONAL, 9))
                .client(Frames.ping())
                .client(Frames.ack())
                .trace
                .toString();
    }

    @Test
    void payload_is_one_line_however_it_was_cut_and_whatever_the_other_end_says_meanwhile() {
        Wire wire = new Wire(
                TraceOptions.builder().detail(TraceOptions.Detail.DETAILED).build());
        wire.client(4, "404100 6162")
                .server(4, "63")
                .client(Frames.ack())
                .client(4, "6465 FIN")
                .server(4, "64");

        assertEquals(">> s4 WT_STREAM session 0\n>> s4 STREAM 4 FIN\n<< s4 STREAM 2\n>> ACK\n", wire.trace.toString());
    }

    @Test
    void payload_parts_where_something_else_of_its_direction_stands_between() {
        Wire wire = new Wire()
                .client(4, "404100 6162")
                .client(Frames.datagram(Wire.bytes("00")))
                .client(4, "63 FIN");

        assertEquals(
                ">> s4 WT_STREAM session 0\n>> s4 STREAM 2\n>> DATAGRAM session 0 0\n>> s4 STREAM 1 FIN\n",
                wire.trace.toString());
    }

    @Test
    void payload_as_it_arrived_is_a_line_per_frame() {
        Wire wire = new Wire(TraceOptions.builder()
                .payload(TraceOptions.Payload.AS_IT_ARRIVED)
                .build());
        wire.client(4, "404100 6162")
                .client(4, "63")
                .client(4, "64 FIN")
                .client(8, "404100 61")
                .client(8, "FIN");

        assertEquals("""
                >> s4 WT_STREAM session 0
                >> s4 STREAM 2
                >> s4 STREAM 1
                >> s4 STREAM 1 FIN
                >> s8 WT_STREAM session 0
                >> s8 STREAM 1
                >> s8 FIN
                """, wire.trace.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "68656c6c6f         | 5 \"hello\"",
                "c3a90a2209f09f98   | 8 0xc3a90a2209f09f98",
                "c3a90a2209         | 5 \"é\\n\\\"\\t\"",
                "00ff               | 2 0x00ff",
                "e280ae             | 3 0xe280ae",
                "6162636465666768696a | 10 \"abcdefgh\"...",
                "61626364656667c3a9 | 9 \"abcdefg\"...",
                "616263646566670068 | 9 0x6162636465666700...",
            })
    void payload_is_shown_as_text_if_it_is_some(String payload, String shown) {
        TraceOptions options = TraceOptions.builder().shownPayload(8).build();
        Wire wire = new Wire(options)
                .client(Frames.datagram(Wire.bytes("00" + payload)))
                .client(4, "404100" + payload);

        assertEquals(
                ">> DATAGRAM session 0 " + shown + "\n>> s4 WT_STREAM session 0\n>> s4 STREAM " + shown + "\n",
                wire.trace.toString());
    }

    @Test
    void shown_payload_of_a_capsule_and_of_merged_pieces() {
        Wire wire = new Wire(TraceOptions.builder().shownPayload(3).build())
                .client(0, Wire.CONNECT + "0004 0002 6869")
                .client(4, "404100 61")
                .client(4, "62")
                .client(4, "6364 FIN");

        wire.trace.assertMatches("""
                >> s0 HEADERS *
                >> s0 DATAGRAM 2 "hi"
                >> s4 WT_STREAM session 0
                >> s4 STREAM 4 "abc"... FIN
                """);
    }

    @Test
    void times_count_from_the_first_frame() {
        Wire wire = new Wire(
                        TraceOptions.builder().times(TraceOptions.Times.SHOWN).build())
                .client(4, "404100")
                .advanceMicros(12_345)
                .client(4, "61")
                .advanceMicros(1)
                .client(4, "62 FIN");

        assertEquals("0.000ms >> s4 WT_STREAM session 0\n12.345ms >> s4 STREAM 2 FIN\n", wire.trace.toString());
        assertEquals(12_345_000, wire.trace.lines().get(1).timeNanos());
        assertEquals(">> s4 STREAM 2 FIN", wire.trace.lines().get(1).text());
    }

    @Test
    void the_newest_lines_are_kept_and_the_transcript_says_how_many_were_not() {
        Wire wire = new Wire(TraceOptions.builder().maxLines(3).build());
        for (int i = 0; i < 8; i++) {
            wire.client(Frames.resetStream(4 * i, 0));
        }

        assertEquals("""
                (5 lines before these were dropped: maxLines is 3)
                >> s20 RESET_STREAM 0x0
                >> s24 RESET_STREAM 0x0
                >> s28 RESET_STREAM 0x0
                """, wire.trace.toString());
        assertEquals(5, wire.trace.transcript().dropped());
    }

    @Test
    void payload_whose_line_was_dropped_does_not_overwrite_another() {
        Wire wire = new Wire(TraceOptions.builder().maxLines(2).build())
                .client(4, "404100 61")
                .server(8, "FIN")
                .server(12, "FIN")
                .client(4, "62");

        assertEquals(
                "(2 lines before these were dropped: maxLines is 2)\n<< s8 FIN\n<< s12 FIN\n", wire.trace.toString());
    }

    @Test
    void a_long_line_is_cut() {
        Wire wire = new Wire().client(Frames.connectionClose(0, "x".repeat(Trace.MAX_LINE_LENGTH)));

        String line = wire.trace.lines().get(0).text();

        assertTrue(line.endsWith("xxx... (23 more characters)"), line);
    }

    @Test
    void a_stream_that_is_no_longer_followed_is_told_as_bytes() {
        Wire wire = new Wire().client(0, Wire.CONNECT);
        for (long i = 1; i <= Trace.MAX_OPEN_STREAMS; i++) {
            wire.client(4 * i, "404100");
        }
        wire.client(0, "0005 800078ae 00");

        List<String> last = wire.trace.lines().stream().map(TraceLine::text).collect(Collectors.toList());
        assertEquals(
                List.of(">> s0 malformed: the bytes from 0 to 34 of the stream are missing", ">> s0 STREAM 7"),
                last.subList(last.size() - 2, last.size()));
    }

    @Test
    void lines_know_what_they_are_about() {
        Wire wire = new Wire()
                .client(0, Wire.CONNECT)
                .server(0, Wire.OK)
                .client(4, "404100 61 FIN")
                .server(4, "FIN")
                .server(Frames.datagram(Wire.bytes("00")))
                // Late, but of the session all the same.
                .client(Frames.stopSending(4, Http3ErrorCode.WT_SESSION_GONE))
                .client(8, "404104")
                .client(Frames.connectionClose(0, ""));
        Transcript all = wire.trace.transcript();

        TraceLine first = all.lines().get(0);
        assertEquals(Direction.CLIENT_TO_SERVER, first.direction());
        assertEquals(LineKind.HEADERS, first.kind());
        assertEquals(OptionalLong.of(0), first.streamId());
        assertEquals(OptionalLong.of(0), first.sessionId());
        all.session(0).assertMatches("""
                        >> s0 HEADERS *
                        << s0 HEADERS :status=200
                        >> s4 WT_STREAM session 0
                        >> s4 STREAM 1 FIN
                        << s4 FIN
                        << DATAGRAM session 0 0
                        >> s4 STOP_SENDING WT_SESSION_GONE (0x170d7b68)
                        """);
        all.session(0).direction(Direction.SERVER_TO_CLIENT).stream(4).assertMatches("<< s4 FIN");
        all.kinds(LineKind.WT_STREAM, LineKind.CONNECTION_CLOSE).assertMatches("""
                        >> s4 WT_STREAM session 0
                        >> s8 WT_STREAM session 4
                        >> CONNECTION_CLOSE 0x0
                        """);
    }

    @Test
    void a_transcript_does_not_change_under_its_reader() {
        Wire wire = new Wire().client(4, "404100 61");
        Transcript before = wire.trace.transcript();

        wire.client(4, "62");

        before.assertMatches(">> s4 WT_STREAM session 0\n>> s4 STREAM 1");
        wire.trace.assertMatches(">> s4 WT_STREAM session 0\n>> s4 STREAM 2");
    }

    @Test
    void options_out_of_range_are_refused() {
        TraceOptions.Builder options = TraceOptions.builder();

        assertThrows(IllegalArgumentException.class, () -> options.maxLines(0));
        assertThrows(IllegalArgumentException.class, () -> options.shownPayload(-1));
        assertThrows(IllegalArgumentException.class, () -> options.shownPayload(TraceOptions.MAX_SHOWN_PAYLOAD + 1));
    }

    @Test
    void foreign_text_stays_on_its_line() {
        byte[] noise = new byte[200];
        long seed = new Random().nextLong();
        new Random(seed).nextBytes(noise);
        String reason = new String(noise, StandardCharsets.ISO_8859_1) + "\u2028\ud800\r\n";

        String text = line(Frames.connectionClose(0, reason));

        assertEquals(1, text.lines().count(), "seed " + seed + ": " + text);
        assertTrue(text.endsWith("\\u2028\\ud800\\r\\n\"\n"), text);
    }
}
