package dev.webtransport.engine.http3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.Http3Config;
import dev.webtransport.engine.EngineEvent;
import dev.webtransport.error.SessionRejectedException;
import dev.webtransport.value.CloseInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests and their answers, seen by a client. */
class AnswerTest {
    private static final String DRAFT_02_SERVER = "00 04 0e 0801 3301 ab60374201 94e9cd2900";

    @Test
    void a_request_of_draft_16_is_written_as_the_draft_says() {
        EngineProbe probe = ready(EngineProbe.ALL_DRAFTS).connect(0);
        assertEquals(List.of("send 0 " + EngineProbe.REQUEST_16.replace(" ", "")), probe.outputs());
        assertEquals(StreamRole.ENGINE, probe.role(0));
        assertEquals(ConnectReadiness.SESSION_LIMIT, probe.engine.connectReadiness());
    }

    @Test
    void a_request_of_draft_02_has_the_old_token_and_its_header() {
        EngineProbe probe = ready(DRAFT_02_SERVER).connect(0);
        String request = probe.outputs().get(0);
        assertTrue(request.contains("0c7765627472616e73706f7274d7"), request);
        assertTrue(request.endsWith("27177365632d7765627472616e73706f72742d68747470332d647261667430320131"), request);
    }

    @Test
    void a_2xx_establishes_the_session() {
        for (String status : List.of(EngineProbe.OK, "01 08 0000 5f09 03323939")) {
            EngineProbe probe = asked();
            probe.data(0, status);
            assertEquals(List.of("SessionEstablished 0 -"), probe.events());
            assertEquals(List.of(), probe.outputs());
        }
    }

    @Test
    void the_protocol_of_the_answer_is_told() {
        EngineProbe probe = asked();
        probe.data(0, answer("b"));
        assertEquals(List.of("SessionEstablished 0 b"), probe.events());
    }

    @Test
    void a_protocol_that_was_not_offered_closes_the_session() {
        EngineProbe probe = asked();
        probe.data(0, answer("c"));
        assertEquals(
                List.of(
                        "SessionEstablished 0 -",
                        "SessionClosed 0 code 0 LOCAL SESSION WT_ALPN_ERROR",
                        "SessionEnded 0"),
                probe.events());
        assertEquals(List.of("reset 0 WT_ALPN_ERROR", "stop 0 WT_ALPN_ERROR"), probe.outputs());
        assertEquals(ConnectReadiness.READY, probe.engine.connectReadiness());
    }

    @Test
    void before_draft_15_a_protocol_that_was_not_offered_is_ignored() {
        EngineProbe probe = ready(DRAFT_02_SERVER).connect(0);
        probe.drain();
        probe.data(0, answer("c"));
        assertEquals(List.of("SessionEstablished 0 -"), probe.events());
        assertEquals(List.of(), probe.outputs());
    }

    @Test
    void a_malformed_protocol_counts_as_none() {
        EngineProbe probe = asked();
        // wt-protocol: b, a token where a string belongs
        probe.data(0, "01 12 0000d9 270477742d70726f746f636f6c 0162");
        assertEquals(List.of("SessionEstablished 0 -"), probe.events());
    }

    @Test
    void interim_answers_are_passed_over() {
        EngineProbe probe = asked();
        probe.data(0, "01 08 0000 5f09 03313033" + "01 08 0000 5f09 03313030");
        assertEquals(List.of(), probe.events());
        probe.data(0, EngineProbe.OK);
        assertEquals(List.of("SessionEstablished 0 -"), probe.events());
    }

    @Test
    void another_status_rejects_the_session_and_redirections_are_not_followed() {
        for (String[] answer : new String[][] {
            {"01 03 0000db", "404"},
            {"01 04 0000ff05", "403"},
            {"01 08 0000 5f09 03343035", "405"},
            {"01 08 0000 5f09 03333032", "302"},
            {"01 08 0000 5f09 03343239", "429"},
        }) {
            EngineProbe probe = asked();
            probe.data(0, answer[0]);
            assertEquals(List.of("send 0 fin"), probe.outputs());
            // Content may follow, but is not waited for without end.
            assertEquals(List.of(), probe.events());
            probe.pass(Http3Config.defaults().closeTimeout());
            assertEquals(List.of("SessionRejected 0 " + answer[1]), probe.events());
            assertEquals(List.of("stop 0 H3_REQUEST_CANCELLED"), probe.outputs());
            assertEquals(StreamRole.REFUSED, probe.role(0));
            assertEquals(ConnectReadiness.READY, probe.engine.connectReadiness());
            assertEquals(0, probe.engine.heldCount());
        }
    }

    @Test
    void a_rejection_that_ends_its_stream_needs_no_stop() {
        EngineProbe probe = asked();
        probe.fin(0, "01 03 0000db");
        assertEquals(List.of("send 0 fin"), probe.outputs());
        assertEquals(List.of("SessionRejected 0 404"), probe.events());
    }

    @Test
    void the_content_of_a_rejection_is_kept_as_far_as_it_came() {
        EngineProbe whole = asked();
        whole.data(0, "01 03 0000db 00 03 616263");
        whole.data(0, "00 01 64 21 01 00 01 03 0000db");
        assertEquals(List.of(), whole.events());
        whole.fin(0, "00 01 65");
        assertEquals("abcde", body(whole));
        assertEquals(0, whole.engine.heldCount());
        EngineProbe reset = asked();
        reset.data(0, "01 03 0000db 00 05 616263");
        reset.reset(0, 0x10c);
        assertEquals("abc", body(reset));
        assertEquals(0, reset.engine.heldCount());
        EngineProbe broken = asked();
        broken.data(0, "01 03 0000db 00 03 616263");
        broken.fin(0, "00 05 61");
        assertEquals("abca", body(broken));
        broken.drain();
        assertEquals(0, broken.engine.heldCount());
        EngineProbe dead = asked();
        dead.data(0, "01 03 0000db 00 01 61");
        dead.data(0, "04 00");
        assertEquals("a", body(dead));
    }

    @Test
    void the_content_of_a_rejection_is_bounded_and_the_rest_refused() {
        int limit = SessionRejectedException.MAX_BODY_BYTES;
        EngineProbe probe = asked();
        probe.data(0, "01 03 0000db 00 80010000" + "61".repeat(limit - 1));
        assertEquals(List.of("send 0 fin"), probe.outputs());
        probe.data(0, "62".repeat(10));
        assertEquals(List.of("stop 0 H3_REQUEST_CANCELLED"), probe.outputs());
        assertEquals("a".repeat(limit - 1) + "b", body(probe));
        assertEquals(StreamRole.REFUSED, probe.role(0));
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void a_request_that_was_rejected_can_be_given_up_while_the_content_comes() {
        EngineProbe probe = asked();
        probe.data(0, "01 03 0000db 00 05 616263");
        probe.drain();
        assertTrue(probe.engine.cancelConnect(0));
        assertEquals(List.of("stop 0 H3_REQUEST_CANCELLED"), probe.outputs());
        assertEquals(List.of(), probe.events());
        assertEquals(0, probe.engine.heldCount());
    }

    private static String body(EngineProbe probe) {
        probe.outputs();
        EngineEvent event = probe.engine.pollEvent();
        byte[] body = assertInstanceOf(EngineEvent.SessionRejected.class, event).body();
        return new String(body, StandardCharsets.US_ASCII);
    }

    @Test
    void an_end_without_an_answer_rejects_the_session() {
        EngineProbe ended = asked();
        ended.fin(0, "");
        assertEquals(List.of("SessionRejected 0 0"), ended.events());
        assertEquals(List.of("reset 0 H3_REQUEST_CANCELLED"), ended.outputs());
        EngineProbe reset = asked();
        reset.reset(0, 0x10b);
        assertEquals(List.of("SessionRejected 0 0"), reset.events());
        assertEquals(List.of("reset 0 H3_REQUEST_CANCELLED"), reset.outputs());
        assertEquals(0, reset.engine.heldCount());
    }

    @Test
    void a_stop_before_the_answer_waits_for_it() {
        EngineProbe probe = asked();
        probe.stop(0, 0x100);
        assertEquals(List.of(), probe.events());
        probe.data(0, "01 03 0000db");
        probe.pass(Http3Config.defaults().closeTimeout());
        assertEquals(List.of("SessionRejected 0 404"), probe.events());
        assertEquals(List.of("reset 0 H3_NO_ERROR", "stop 0 H3_REQUEST_CANCELLED"), probe.outputs());
    }

    @Test
    void a_malformed_answer_is_a_stream_error() {
        for (String answer : List.of("01 02 0000", "01 03 0000cf", "01 08 0000 5f09 03313031")) {
            EngineProbe probe = asked();
            probe.data(0, answer);
            assertEquals(List.of("SessionRejected 0 0"), probe.events());
            assertEquals(List.of("reset 0 H3_MESSAGE_ERROR", "stop 0 H3_MESSAGE_ERROR"), probe.outputs());
        }
    }

    @Test
    void data_before_the_answer_is_unexpected() {
        EngineProbe probe = asked();
        probe.data(0, "00 01 aa");
        assertEquals(List.of("close H3_FRAME_UNEXPECTED"), probe.outputs());
    }

    @Test
    void a_second_answer_is_unexpected() {
        EngineProbe probe = asked();
        probe.data(0, EngineProbe.OK + EngineProbe.OK);
        assertEquals(List.of("close H3_FRAME_UNEXPECTED"), probe.outputs());
    }

    @Test
    void a_promise_of_a_push_is_an_id_error() {
        EngineProbe probe = asked();
        probe.data(0, "05 02 0000");
        assertEquals(List.of("close H3_ID_ERROR"), probe.outputs());
    }

    @Test
    void a_request_can_be_given_up() {
        EngineProbe probe = asked();
        assertTrue(probe.engine.cancelConnect(0));
        assertEquals(List.of("reset 0 H3_REQUEST_CANCELLED", "stop 0 H3_REQUEST_CANCELLED"), probe.outputs());
        assertEquals(List.of(), probe.events());
        assertFalse(probe.engine.cancelConnect(0));
        assertEquals(0, probe.engine.heldCount());
        probe.data(0, EngineProbe.OK);
        assertEquals(List.of(), probe.events());
    }

    @Test
    void an_answered_request_cannot_be_given_up_and_an_unanswered_one_not_closed() {
        EngineProbe answered = EngineProbe.clientWithSession();
        assertFalse(answered.engine.cancelConnect(0));
        EngineProbe asked = asked();
        assertThrows(IllegalStateException.class, () -> asked.engine.close(0, CloseInfo.NORMAL, 0));
    }

    @Test
    void the_value_of_draft_07_is_the_number_of_sessions() {
        EngineProbe probe = ready("00 04 0d 0801 3301 c0000000c671706a02");
        probe.connect(0).connect(4);
        assertEquals(ConnectReadiness.SESSION_LIMIT, probe.engine.connectReadiness());
        assertThrows(IllegalStateException.class, () -> probe.connect(8));
    }

    @Test
    void draft_02_has_many_sessions() {
        EngineProbe probe = ready(DRAFT_02_SERVER);
        for (int i = 0; i < Sessions.MAX_SESSIONS; i++) {
            probe.connect(4L * i);
        }
        assertEquals(ConnectReadiness.SESSION_LIMIT, probe.engine.connectReadiness());
    }

    @Test
    void after_goaway_no_session_is_asked_for() {
        EngineProbe received = ready(EngineProbe.ALL_DRAFTS);
        received.data(3, "07 01 04");
        assertEquals(ConnectReadiness.GOING_AWAY, received.engine.connectReadiness());
        EngineProbe sent = ready(EngineProbe.ALL_DRAFTS);
        sent.engine.goAway();
        assertEquals(ConnectReadiness.GOING_AWAY, sent.engine.connectReadiness());
    }

    @Test
    void a_request_behind_the_id_of_goaway_is_rejected_and_one_before_it_waits() {
        EngineProbe behind = asked();
        behind.data(3, "07 01 00");
        assertEquals(List.of("GoAwayReceived", "SessionRejected 0 0"), behind.events());
        assertEquals(List.of("reset 0 H3_REQUEST_CANCELLED", "stop 0 H3_REQUEST_CANCELLED"), behind.outputs());
        EngineProbe before = asked();
        before.data(3, "07 01 04");
        assertEquals(List.of("GoAwayReceived"), before.events());
        before.data(0, EngineProbe.OK);
        assertEquals(List.of("SessionEstablished 0 -", "SessionDraining 0"), before.events());
    }

    private static EngineProbe ready(String settings) {
        return EngineProbe.client().settings(settings);
    }

    private static EngineProbe asked() {
        EngineProbe probe = ready(EngineProbe.ALL_DRAFTS).connect(0);
        probe.drain();
        return probe;
    }

    /** 200 with wt-protocol. */
    private static String answer(String protocol) {
        return "01 14 0000d9 270477742d70726f746f636f6c 0322" + String.format("%02x", (int) protocol.charAt(0)) + "22";
    }
}
