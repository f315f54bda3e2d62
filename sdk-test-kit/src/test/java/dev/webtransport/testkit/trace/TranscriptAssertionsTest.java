package dev.webtransport.testkit.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.testkit.quic.Frames;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What expectations accept, and what they print when they fail. */
class TranscriptAssertionsTest {
    private static final Trace CHAT = new Wire()
            .client(2, "00 0404 08013301")
            .client(0, Wire.CONNECT)
            .server(0, Wire.OK)
            .client(4, "404100 68656c6c6f FIN")
            .server(4, "68656c6c6f FIN")
            .client(0, "000a 6843 07 0000004d 627965 FIN")
            .trace;

    private static String failure(Runnable assertion) {
        return assertThrows(AssertionError.class, assertion::run).getMessage();
    }

    /** A trace of the streams that are reset, one line each. */
    private static Trace resets(int... streamIds) {
        Wire wire = new Wire();
        for (int streamId : streamIds) {
            wire.client(Frames.resetStream(streamId, 0));
        }
        return wire.trace;
    }

    private static String lines(int... streamIds) {
        return IntStream.of(streamIds)
                .mapToObj(streamId -> ">> s" + streamId + " RESET_STREAM 0x0\n")
                .collect(Collectors.joining());
    }

    @Test
    void a_trace_is_what_it_says_it_is() {
        assertEquals("""
                >> s2 CONTROL
                >> s2 SETTINGS ENABLE_CONNECT_PROTOCOL=1 H3_DATAGRAM=1
                >> s0 HEADERS :method=CONNECT :protocol=webtransport-h3 :scheme=https :path=/
                << s0 HEADERS :status=200
                >> s4 WT_STREAM session 0
                >> s4 STREAM 5 FIN
                << s4 STREAM 5 FIN
                >> s0 WT_CLOSE_SESSION 77 "bye"
                >> s0 FIN
                """, CHAT.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "...",
                "...\n...\n",
                "...\n>> s0 FIN",
                ">> s2 CONTROL\r\n...\r\n>> s0 FIN\r\n",
                ">> s2 *\n>> s2 SETTINGS *H3_DATAGRAM=1\n...\n<< s4 STREAM * FIN\n...",
                ">> s2 CONTROL\n>> s2 SETTINGS *CONNECT*=1*GRAM=1\n...",
                "...\n>> s4 *\n...\n>> s0 WT_CLOSE_SESSION * \"bye\"\n>> s0 FIN",
            })
    void wildcards_stand_for_lines_and_for_characters(String expected) {
        CHAT.assertMatches(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ">> s2 CONTROL",
                "...\n>> s2 CONTROL",
                "...\n>> s0 FIN\n>> s0 FIN",
                "...\n>> s4 STREAM 5\n...",
                "...\n\\*\n...",
                "...\n>> s2 *CONTROL*CONTROL\n...",
                "...\n>> s0 FIN*FIN\n...",
                " ...",
            })
    void what_differs_fails(String expected) {
        assertThrows(AssertionError.class, () -> CHAT.assertMatches(expected));
    }

    @Test
    void an_escaped_asterisk_is_an_asterisk() {
        Trace trace = new Wire().client(Frames.connectionClose(0, "2 * 3")).trace;

        trace.assertMatches(">> CONNECTION_CLOSE 0x0 \"2 \\* 3\"");
        assertThrows(AssertionError.class, () -> trace.assertMatches(">> CONNECTION_CLOSE 0x0 \"2 \\* 4\""));
        assertThrows(AssertionError.class, () -> CHAT.assertMatches("...\n>> s0 \\*\n..."));
    }

    @Test
    void an_empty_trace_is_as_expected_when_nothing_is() {
        new Trace().assertMatches("");
        assertThrows(AssertionError.class, () -> new Trace().assertMatches(">> PING"));
    }

    @Test
    void lines_in_order_may_have_others_between_them() {
        CHAT.assertContainsInOrder(">> s2 SETTINGS *\n<< s0 HEADERS :status=200\n>> s0 FIN");
        assertThrows(
                AssertionError.class, () -> CHAT.assertContainsInOrder("<< s0 HEADERS :status=200\n>> s2 SETTINGS *"));
        assertThrows(AssertionError.class, () -> resets(0).assertContainsInOrder(lines(0, 0)));
    }

    @Test
    void the_difference_shows_what_was_expected_and_what_came_with_the_lines_around() {
        assertEquals("""
                the trace is not as expected (- expected, + actual):
                    (4 lines as expected)
                    >> s16 RESET_STREAM 0x0
                    >> s20 RESET_STREAM 0x0
                    >> s24 RESET_STREAM 0x0
                  - >> s99 RESET_STREAM 0x0
                  + >> s28 RESET_STREAM 0x0
                    >> s32 RESET_STREAM 0x0
                    >> s36 RESET_STREAM 0x0
                    >> s40 RESET_STREAM 0x0
                    (1 line as expected)
                """, failure(() -> resets(0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44)
                .assertMatches(lines(0, 4, 8, 12, 16, 20, 24, 99, 32, 36, 40, 44))));
    }

    @Test
    void the_difference_is_as_small_as_can_be() {
        assertEquals("""
                the trace is not as expected (- expected, + actual):
                    >> s0 RESET_STREAM 0x0
                  + >> s4 RESET_STREAM 0x0
                    >> s8 RESET_STREAM 0x0
                    >> s12 RESET_STREAM 0x0
                  - >> s16 RESET_STREAM 0x0
                      most like it is line 4: >> s12 RESET_STREAM 0x0
                """, failure(() -> resets(0, 4, 8, 12).assertMatches(lines(0, 8, 12, 16))));
    }

    @Test
    void the_difference_knows_wildcards() {
        assertEquals("""
                the trace is not as expected (- expected, + actual):
                    (2 lines as expected)
                  . >> s0 HEADERS :method=CONNECT :protocol=webtransport-h3 :scheme=https :path=/
                  . << s0 HEADERS :status=200
                  . >> s4 WT_STREAM session 0
                  - >> s4 WT_STREAM session 4
                      most like it is line 5: >> s4 WT_STREAM session 0
                    >> s4 STREAM 5 FIN
                    << s4 STREAM 5 FIN
                    >> s0 WT_CLOSE_SESSION 77 "bye"
                    (1 line as expected)
                """, failure(() -> CHAT.assertMatches("""
                                >> s2 CONTROL
                                ...
                                >> s4 WT_STREAM session 4
                                >> s4 STREAM * FIN
                                << s4 STREAM * FIN
                                >> s0 WT_CLOSE_SESSION *
                                >> s0 FIN
                                """)));
    }

    @Test
    void a_line_that_is_not_found_stands_behind_the_last_that_was() {
        assertEquals(
                """
                the trace does not hold these lines in this order (- expected, + actual):
                    >> s2 CONTROL
                  - >> s0 WT_CLOSE_SESSION 77 "good bye"
                      most like it is line 8: >> s0 WT_CLOSE_SESSION 77 "bye"
                  . >> s2 SETTINGS ENABLE_CONNECT_PROTOCOL=1 H3_DATAGRAM=1
                  . >> s0 HEADERS :method=CONNECT :protocol=webtransport-h3 :scheme=https :path=/
                  . << s0 HEADERS :status=200
                    (5 lines as expected)
                """,
                failure(() -> CHAT.assertContainsInOrder(
                        ">> s2 CONTROL\n>> s0 WT_CLOSE_SESSION 77 \"good bye\"\n>> s0 FIN")));
    }

    @Test
    void the_difference_of_long_traces_stays_short() {
        int[] ids = IntStream.range(0, 5_000).map(i -> 4 * i).toArray();
        int[] others = IntStream.range(0, 5_000).map(i -> 4 * i + 1).toArray();

        String message = failure(() -> resets(ids).assertMatches(lines(others)));

        assertTrue(message.lines().count() < 50, message);
        assertTrue(message.endsWith("(and more)\n"), message);
    }

    @Test
    void lines_that_were_not_compared_are_said_to_be_so() {
        int[] ids = IntStream.range(0, 5_000).map(i -> 4 * i).toArray();
        int[] others = ids.clone();
        others[0] = 1;

        String message = failure(() -> resets(ids).assertMatches(lines(others)));

        assertEquals("""
                the trace is not as expected (- expected, + actual):
                  - >> s1 RESET_STREAM 0x0
                  + >> s0 RESET_STREAM 0x0
                    >> s4 RESET_STREAM 0x0
                    >> s8 RESET_STREAM 0x0
                    >> s12 RESET_STREAM 0x0
                    (1496 lines as expected)
                    (there are too many lines: those behind these were not compared)
                """, message);
    }

    @Test
    void a_trace_that_lost_lines_is_not_taken_for_a_whole_one() {
        Wire wire = new Wire(TraceOptions.builder().maxLines(1).build());
        wire.client(Frames.resetStream(0, 0)).client(Frames.resetStream(4, 0));

        wire.trace.assertMatches("...\n>> s4 RESET_STREAM 0x0");
        assertThrows(AssertionError.class, () -> wire.trace.assertMatches(">> s4 RESET_STREAM 0x0"));
        assertThrows(AssertionError.class, () -> wire.trace.assertSameAs(resets(4)));
    }

    @Test
    void two_traces_part_at_the_first_line_that_differs() {
        resets(0, 4).assertSameAs(resets(0, 4));
        assertEquals(
                Optional.empty(),
                resets(0).transcript().firstDifference(resets(0).transcript()));
        assertEquals("""
                line 7 is the first that differs (- expected, + actual):
                    >> s4 RESET_STREAM 0x0
                    >> s8 RESET_STREAM 0x0
                    >> s12 RESET_STREAM 0x0
                    >> s16 RESET_STREAM 0x0
                    >> s20 RESET_STREAM 0x0
                  - >> s28 RESET_STREAM 0x0
                  + >> s24 RESET_STREAM 0x0
                """, failure(() -> resets(0, 4, 8, 12, 16, 20, 24, 99)
                .assertSameAs(resets(0, 4, 8, 12, 16, 20, 28, 98))));
    }

    @Test
    void a_trace_that_ends_early_differs() {
        assertEquals("""
                line 2 is the first that differs (- expected, + actual):
                    >> s0 RESET_STREAM 0x0
                  - >> s4 RESET_STREAM 0x0
                  + (the end)
                """, failure(() -> resets(0).assertSameAs(resets(0, 4))));
    }
}
