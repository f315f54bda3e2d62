package dev.webtransport.engine.http3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.webtransport.config.Http3Config;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every way a session ends (draft-ietf-webtrans-http3-16, section 6). */
class SessionEndTest {
    private static final String CLOSE_0 = "00 07 6843 04 00000000";
    private static final String CLOSE_HELLO = "00 0c 6843 09 00001234 68656c6c6f";

    @Test
    void closing_sends_the_capsule_and_fin_and_nothing_else_on_the_connect_stream() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.engine.close(0, CloseInfo.of(0x1234, "hello"), probe.now);
        assertEquals(List.of("send 0 000c6843090000123468656c6c6f fin"), probe.outputs());
        assertEquals(List.of("SessionClosed 0 code 4660 \"hello\" LOCAL"), probe.events());
        assertEquals(1, probe.engine.sessionCount());
        probe.fin(0, "");
        assertEquals(List.of("SessionEnded 0"), probe.events());
        assertEquals(List.of(), probe.outputs());
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void closing_with_code_0_sends_the_capsule_too() {
        EngineProbe probe = EngineProbe.clientWithSession();
        probe.engine.close(0, CloseInfo.NORMAL, probe.now);
        assertEquals(List.of("send 0 000768430400000000 fin"), probe.outputs());
    }

    @Test
    void closing_aborts_the_halves_of_streams_that_are_open() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(6, "405400");
        probe.data(4, "404100");
        probe.engine.openStream(0, 1, StreamType.BIDIRECTIONAL);
        probe.engine.openStream(0, 7, StreamType.UNIDIRECTIONAL);
        probe.engine.openStream(0, 5, StreamType.BIDIRECTIONAL);
        probe.engine.sendEnded(5);
        probe.engine.receiveEnded(4);
        probe.drain();
        probe.engine.close(0, CloseInfo.NORMAL, probe.now);
        assertEquals(
                List.of(
                        "send 0 000768430400000000 fin",
                        "stop 6 WT_SESSION_GONE",
                        "reset 4 WT_SESSION_GONE",
                        "reset 1 WT_SESSION_GONE",
                        "stop 1 WT_SESSION_GONE",
                        "reset 7 WT_SESSION_GONE",
                        "stop 5 WT_SESSION_GONE"),
                probe.outputs());
        assertEquals(StreamRole.REFUSED, probe.role(4));
        probe.drain();
        // The session and its CONNECT stream.
        assertEquals(2, probe.engine.heldCount());
        assertNull(probe.engine.openStream(0, 9, StreamType.BIDIRECTIONAL));
    }

    @Test
    void a_peer_that_does_not_answer_a_close_is_cut_off() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.engine.close(0, CloseInfo.NORMAL, probe.now);
        probe.drain();
        assertEquals(Duration.ofSeconds(1).toNanos(), probe.engine.pollTimeoutNanos());
        probe.pass(Duration.ofMillis(999));
        assertEquals(List.of(), probe.outputs());
        probe.pass(Duration.ofMillis(1));
        assertEquals(List.of("reset 0 WT_SESSION_GONE", "stop 0 WT_SESSION_GONE"), probe.outputs());
        assertEquals(List.of("SessionEnded 0"), probe.events());
        assertEquals(Long.MAX_VALUE, probe.engine.pollTimeoutNanos());
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void what_the_peer_says_after_our_close_counts_for_nothing() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.engine.close(0, CloseInfo.NORMAL, probe.now);
        probe.drain();
        probe.data(0, "00 05 800078ae00" + CLOSE_HELLO + "00 02 6843");
        probe.datagram("00 aa");
        probe.stop(0, 0x170d7b68);
        assertEquals(List.of(), probe.events());
        assertEquals(List.of(), probe.outputs());
        probe.reset(0, 0x170d7b68);
        assertEquals(List.of("SessionEnded 0"), probe.events());
        assertEquals(List.of(), probe.outputs());
    }

    @Test
    void the_capsule_of_the_peer_is_answered_with_fin() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(0, CLOSE_HELLO);
        assertEquals(List.of("SessionClosed 0 code 4660 \"hello\" REMOTE"), probe.events());
        assertEquals(List.of("send 0 fin"), probe.outputs());
        probe.fin(0, "");
        assertEquals(List.of("SessionEnded 0"), probe.events());
        assertEquals(List.of(), probe.outputs());
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void the_capsule_and_fin_may_come_at_once() {
        EngineProbe probe = EngineProbe.clientWithSession();
        probe.fin(0, CLOSE_0);
        assertEquals(List.of("SessionClosed 0 code 0 REMOTE", "SessionEnded 0"), probe.events());
        assertEquals(List.of("send 0 fin"), probe.outputs());
    }

    @Test
    void the_capsule_may_come_in_any_pieces_of_data_frames() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(0, "00 01 68 00 02 4309 21 01 ff 00 00 00 04 00001234 00 40 04 68656c6c");
        assertEquals(List.of(), probe.events());
        probe.data(0, "00 01 6f");
        assertEquals(List.of("SessionClosed 0 code 4660 \"hello\" REMOTE"), probe.events());
    }

    @Test
    void a_peer_that_does_not_end_after_its_capsule_is_cut_off() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(0, CLOSE_0);
        probe.drain();
        probe.pass(Duration.ofSeconds(1));
        assertEquals(List.of("reset 0 WT_SESSION_GONE", "stop 0 WT_SESSION_GONE"), probe.outputs());
        assertEquals(List.of("SessionEnded 0"), probe.events());
    }

    @Test
    void bytes_behind_the_capsule_reset_the_stream() {
        for (String behind : List.of("00 01 00", "00 05 800078ae00", CLOSE_0)) {
            EngineProbe probe = EngineProbe.serverWithSession();
            probe.data(0, CLOSE_0);
            probe.drain();
            probe.data(0, behind);
            assertEquals(List.of("reset 0 H3_MESSAGE_ERROR", "stop 0 H3_MESSAGE_ERROR"), probe.outputs());
            assertEquals(List.of("SessionEnded 0"), probe.events());
        }
    }

    @Test
    void bytes_behind_the_capsule_in_its_frame_reset_the_stream_before_any_fin() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(0, "00 08 6843 04 00000000 aa");
        assertEquals(List.of("reset 0 H3_MESSAGE_ERROR", "stop 0 H3_MESSAGE_ERROR"), probe.outputs());
        assertEquals(List.of("SessionClosed 0 code 0 REMOTE", "SessionEnded 0"), probe.events());
    }

    @Test
    void an_empty_or_unknown_frame_behind_the_capsule_is_nothing() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(0, CLOSE_0);
        probe.drain();
        probe.data(0, "00 00 21 01 aa");
        assertEquals(List.of(), probe.outputs());
    }

    @Test
    void fin_alone_means_code_0() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.fin(0, "");
        assertEquals(List.of("SessionClosed 0 code 0 REMOTE", "SessionEnded 0"), probe.events());
        assertEquals(List.of("send 0 fin"), probe.outputs());
    }

    @Test
    void fin_inside_a_capsule_is_malformed() {
        for (String start : List.of("00 01 68", "00 03 684304", "00 06 684304 000000", "00 02 21 05")) {
            EngineProbe probe = EngineProbe.serverWithSession();
            probe.fin(0, start);
            assertEquals(
                    List.of("SessionClosed 0 code 0 LOCAL SESSION H3_MESSAGE_ERROR", "SessionEnded 0"), probe.events());
            assertEquals(List.of("reset 0 H3_MESSAGE_ERROR"), probe.outputs());
        }
    }

    @Test
    void a_reset_of_the_peer_tells_its_code() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.reset(0, 0x10c);
        assertEquals(
                List.of("SessionClosed 0 code 0 REMOTE SESSION H3_REQUEST_CANCELLED", "SessionEnded 0"),
                probe.events());
        assertEquals(List.of("reset 0 WT_SESSION_GONE"), probe.outputs());
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void a_stop_that_overtakes_the_capsule_waits_for_it() {
        EngineProbe probe = EngineProbe.clientWithSession();
        probe.stop(0, 0x170d7b68);
        assertEquals(List.of("reset 0 WT_SESSION_GONE"), probe.outputs());
        assertEquals(List.of(), probe.events());
        probe.fin(0, CLOSE_HELLO);
        assertEquals(List.of("SessionClosed 0 code 4660 \"hello\" REMOTE", "SessionEnded 0"), probe.events());
        assertEquals(List.of(), probe.outputs());
    }

    @Test
    void a_stop_without_a_capsule_ends_the_session_after_a_while() {
        EngineProbe probe = EngineProbe.clientWithSession();
        probe.stop(0, 0x10c);
        probe.drain();
        probe.pass(Duration.ofSeconds(1));
        assertEquals(
                List.of("SessionClosed 0 code 0 REMOTE SESSION H3_REQUEST_CANCELLED", "SessionEnded 0"),
                probe.events());
    }

    @Test
    void a_stop_before_the_answer_means_after_it_what_it_means_then() {
        EngineProbe probe =
                EngineProbe.client().settings(EngineProbe.ALL_DRAFTS).connect(0);
        probe.stop(0, 0x10c);
        probe.data(0, EngineProbe.OK);
        assertEquals(List.of("SessionEstablished 0 -"), probe.events());
        probe.pass(Duration.ofSeconds(1));
        assertEquals(
                List.of("SessionClosed 0 code 0 REMOTE SESSION H3_REQUEST_CANCELLED", "SessionEnded 0"),
                probe.events());
    }

    @Test
    void a_session_that_was_stopped_can_be_closed_but_not_tell_why() {
        EngineProbe probe = EngineProbe.clientWithSession();
        probe.stop(0, 0x10c);
        probe.drain();
        probe.engine.close(0, CloseInfo.of(7), probe.now);
        assertEquals(List.of("stop 0 WT_SESSION_GONE"), probe.outputs());
        assertEquals(List.of("SessionClosed 0 code 7 LOCAL", "SessionEnded 0"), probe.events());
    }

    @Test
    void malformed_capsules_reset_the_session() {
        for (String[] malformed : new String[][] {
            {"00 06 6843 03 000000", "H3_MESSAGE_ERROR"},
            {"00 08 6843 05 00000000 ff", "H3_MESSAGE_ERROR"},
            {"00 04 6843 4405", "H3_MESSAGE_ERROR"},
            {"00 06 800078ae 01 00", "H3_MESSAGE_ERROR"},
            {"00 07 990b4d3d 02 00 00", "H3_MESSAGE_ERROR"},
            {"00 05 990b4d3f 00", "H3_MESSAGE_ERROR"},
            {"00 05 00 80010001", "H3_EXCESSIVE_LOAD"},
            {"00 05 990b4d3e 00", "WT_FLOW_CONTROL_ERROR"},
            {"00 05 990b4d42 00", "WT_FLOW_CONTROL_ERROR"},
        }) {
            EngineProbe probe = EngineProbe.serverWithSession();
            probe.data(4, "404100");
            probe.drain();
            probe.data(0, malformed[0]);
            assertEquals(
                    List.of(
                            "reset 0 " + malformed[1],
                            "stop 0 " + malformed[1],
                            "reset 4 WT_SESSION_GONE",
                            "stop 4 WT_SESSION_GONE"),
                    probe.outputs(),
                    malformed[0]);
            assertEquals(
                    List.of("SessionClosed 0 code 0 LOCAL SESSION " + malformed[1], "SessionEnded 0"), probe.events());
            assertEquals(0, probe.engine.heldCount());
        }
    }

    @Test
    void the_longest_reason_is_taken() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(0, "00 4408 6843 4404 00000000" + "61".repeat(1024));
        assertEquals(List.of("SessionClosed 0 code 0 \"" + "a".repeat(1024) + "\" REMOTE"), probe.events());
    }

    @Test
    void flow_control_capsules_and_unknown_ones_are_ignored() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(
                0,
                "00 09 990b4d3d 04 80010000" + "00 06 990b4d3f 01 0a" + "00 07 990b4d40 02 4064"
                        + "00 09 990b4d41 04 80010000" + "00 07 990b4d43 02 4064" + "00 07 990b4d44 02 4064");
        probe.data(0, "00 07 80ff37a2 02 0000" + "00 02 21 00");
        assertEquals(List.of(), probe.events());
        assertEquals(List.of(), probe.outputs());
    }

    @Test
    void a_datagram_capsule_is_a_datagram() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(0, "00 07 00 05 68656c6c6f 00 02 00 00");
        assertEquals(List.of("DatagramReceived 0 68656c6c6f", "DatagramReceived 0 "), probe.events());
    }

    @Test
    void draining_is_told_once_and_sent_once() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(0, "00 05 800078ae00 00 05 800078ae00");
        assertEquals(List.of("SessionDraining 0"), probe.events());
        probe.engine.drain(0);
        probe.engine.drain(0);
        probe.engine.drain(4);
        assertEquals(List.of("send 0 0005800078ae00"), probe.outputs());
    }

    @Test
    void goaway_drains_every_session_and_refuses_new_ones() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.engine.goAway();
        probe.engine.goAway();
        assertEquals(List.of("send 3 070104", "send 0 0005800078ae00"), probe.outputs());
        probe.data(0, "00 02 21 00");
        probe.fin(0, "");
        probe.drain();
        probe.data(4, EngineProbe.REQUEST_16);
        assertEquals(List.of("reset 4 H3_REQUEST_REJECTED", "stop 4 H3_REQUEST_REJECTED"), probe.outputs());
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void goaway_before_any_request_names_the_first() {
        EngineProbe probe = EngineProbe.server().settings(EngineProbe.DRAFT_16);
        probe.engine.goAway();
        assertEquals(List.of("send 3 070100"), probe.outputs());
        EngineProbe client = EngineProbe.clientWithSession();
        client.engine.goAway();
        assertEquals(List.of("send 2 070100", "send 0 0005800078ae00"), client.outputs());
    }

    @Test
    void after_goaway_streams_and_datagrams_still_flow() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.engine.goAway();
        probe.drain();
        probe.data(4, "404100");
        probe.datagram("00 aa");
        assertEquals(List.of("IncomingStream 0 4 BIDIRECTIONAL", "DatagramReceived 0 aa"), probe.events());
    }

    @Test
    void goaway_of_the_peer_drains_every_session() {
        EngineProbe probe = EngineProbe.clientWithSession();
        probe.data(3, "07 01 04");
        assertEquals(List.of("GoAwayReceived", "SessionDraining 0"), probe.events());
        probe.data(0, "00 05 800078ae00");
        assertEquals(List.of(), probe.events());
    }

    @Test
    void what_came_behind_the_request_is_read_after_the_answer() {
        EngineProbe probe = EngineProbe.server().settings(EngineProbe.DRAFT_16);
        // The reserved capsule that Chromium sends at once, and a drain.
        probe.data(0, EngineProbe.REQUEST_16 + "00 04 21 02 aabb 00 05 800078ae00");
        assertEquals(1, probe.events().size());
        probe.accept(0);
        assertEquals(List.of("SessionDraining 0"), probe.events());
    }

    @Test
    void what_came_behind_a_request_that_is_rejected_is_dropped() {
        EngineProbe probe = EngineProbe.server().settings(EngineProbe.DRAFT_16);
        probe.data(0, EngineProbe.REQUEST_16 + "00 06 6843 03 000000");
        probe.drain();
        probe.engine.reject(0, 403, Headers.EMPTY, probe.now);
        assertEquals(List.of("send 0 01040000ff05 fin", "stop 0 H3_NO_ERROR"), probe.outputs());
        assertEquals(List.of(), probe.events());
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void a_malformed_capsule_behind_the_request_ends_the_session_once_accepted() {
        EngineProbe probe = EngineProbe.server().settings(EngineProbe.DRAFT_16);
        probe.data(0, EngineProbe.REQUEST_16 + "00 06 6843 03 000000");
        probe.drain();
        probe.accept(0);
        assertEquals(
                List.of("send 0 01030000d9", "reset 0 H3_MESSAGE_ERROR", "stop 0 H3_MESSAGE_ERROR"), probe.outputs());
        assertEquals(
                List.of("SessionClosed 0 code 0 LOCAL SESSION H3_MESSAGE_ERROR", "SessionEnded 0"), probe.events());
    }

    @Test
    void what_comes_behind_the_request_is_bounded() {
        EngineProbe probe = EngineProbe.started(
                        Perspective.SERVER,
                        Http3Config.builder().maxCapsuleSize(2048).build())
                .settings(EngineProbe.DRAFT_16);
        probe.data(0, EngineProbe.REQUEST_16);
        probe.drain();
        probe.data(0, "00 4800" + "21".repeat(2048));
        assertEquals(List.of(), probe.outputs());
        probe.data(0, "00 01 00");
        assertEquals(List.of("reset 0 H3_EXCESSIVE_LOAD", "stop 0 H3_EXCESSIVE_LOAD"), probe.outputs());
        assertEquals(List.of("SessionRequestGone 0"), probe.events());
    }

    @Test
    void a_violation_of_the_connection_closes_each_session_once() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.engine.close(0, CloseInfo.NORMAL, probe.now);
        probe.drain();
        probe.data(2, "04 00");
        assertEquals(List.of("SessionEnded 0", "ConnectionFailed CONNECTION H3_FRAME_UNEXPECTED"), probe.events());
        assertThrows(IllegalStateException.class, () -> probe.engine.cancelConnect(0));
    }

    @Test
    void closing_what_is_not_there_is_nothing() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.engine.close(4, CloseInfo.NORMAL, probe.now);
        probe.engine.close(0, CloseInfo.NORMAL, probe.now);
        probe.drain();
        probe.engine.close(0, CloseInfo.of(1), probe.now);
        assertEquals(List.of(), probe.outputs());
        assertEquals(List.of(), probe.events());
    }
}
