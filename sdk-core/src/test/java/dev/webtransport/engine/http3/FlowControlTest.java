package dev.webtransport.engine.http3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.Http3Config;
import dev.webtransport.config.SessionCreditPolicy;
import dev.webtransport.config.SessionFlowControlConfig;
import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.engine.SessionFlow;
import dev.webtransport.flow.CreditKind;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FlowControlTest {
    /** Draft 16 with flow control: 64 KiB, 100 streams of each kind. */
    private static final String DRAFT_16_WITH_CREDIT = "00 04 17 0801 3301 ac7cf00001 6b6180010000 6b644064 6b654064";

    private static final Http3Config CONFIG = config(SessionFlowControlConfig.builder()
            .initialMaxData(1 << 20)
            .window(1 << 20)
            .initialMaxStreamsBidirectional(100)
            .initialMaxStreamsUnidirectional(2)
            .build());

    private static Http3Config config(SessionFlowControlConfig flow) {
        return Http3Config.builder().flowControl(flow).build();
    }

    private static EngineProbe session(Http3Config config, String settings) {
        EngineProbe probe = EngineProbe.started(Perspective.SERVER, config).settings(settings);
        probe.data(0, EngineProbe.REQUEST_16);
        probe.accept(0);
        probe.drain();
        return probe;
    }

    private static EngineProbe session() {
        return session(CONFIG, DRAFT_16_WITH_CREDIT);
    }

    private static SessionFlow flow(EngineProbe probe) {
        SessionFlow flow = probe.engine.flow(0);
        assertNotNull(flow);
        return flow;
    }

    // ---- negotiation

    @Test
    void the_initial_limits_are_announced() {
        Http3Config config = config(SessionFlowControlConfig.builder()
                .initialMaxData(1 << 20)
                .initialMaxStreamsBidirectional(100)
                .initialMaxStreamsUnidirectional(100)
                .build());
        assertEquals(
                List.of("send 3 " + "00042f0100070008013301ab60374201c0000000c671706a0194e9cd294040ac7cf00001"
                        + "6b61801000006b6440646b654064"),
                EngineProbe.started(Perspective.SERVER, config).outputs());
    }

    @Test
    void nothing_is_announced_by_default() {
        EngineProbe probe = session(Http3Config.defaults(), DRAFT_16_WITH_CREDIT);
        assertNull(probe.engine.flow(0));
    }

    //= draft-ietf-webtrans-http3-16#5.1
    //# there is flow control if both ends announce an initial limit above 0
    @Test
    void it_takes_one_limit_above_0_from_both_ends() {
        assertNull(session(CONFIG, EngineProbe.DRAFT_16).engine.flow(0));
        assertNull(session(CONFIG, "00 04 0f 0801 3301 ac7cf00001 6b6100 6b6400")
                .engine
                .flow(0));
        assertNotNull(
                session(CONFIG, "00 04 0c 0801 3301 ac7cf00001 6b6401").engine.flow(0));
        assertNotNull(session().engine.flow(0));
    }

    @Test
    void a_limit_that_is_not_announced_is_0() {
        SessionFlow flow = flow(session(CONFIG, "00 04 0c 0801 3301 ac7cf00001 6b6401"));
        assertEquals(0, flow.toUse(CreditKind.DATA).limit());
        assertEquals(0, flow.toUse(CreditKind.BIDIRECTIONAL_STREAMS).limit());
        assertEquals(1, flow.toUse(CreditKind.UNIDIRECTIONAL_STREAMS).limit());
    }

    @Test
    void drafts_before_13_have_none() {
        for (WebTransportDraft draft : List.of(WebTransportDraft.DRAFT_02, WebTransportDraft.DRAFT_07)) {
            Http3Config config = CONFIG.toBuilder().drafts(Set.of(draft)).build();
            EnginePair pair = new EnginePair(config, config);
            assertNull(pair.server.engine.flow(pair.session()), draft::toString);
        }
    }

    @Test
    void draft_14_asks_by_limits_or_by_a_number_of_sessions() {
        Http3Config config =
                CONFIG.toBuilder().drafts(Set.of(WebTransportDraft.DRAFT_13)).build();
        EnginePair both = new EnginePair(config, config);
        long first = both.session();
        assertNotNull(both.client.engine.flow(first));
        assertNotNull(both.server.engine.flow(both.session()), "several sessions share the connection");

        EnginePair one = new EnginePair(
                Http3Config.builder().drafts(Set.of(WebTransportDraft.DRAFT_13)).build(), config);
        long only = one.session();
        assertNull(one.client.engine.flow(only));
        assertNull(one.server.engine.flow(only));
        assertEquals(ConnectReadiness.SESSION_LIMIT, one.client.engine.connectReadiness());
    }

    //= draft-ietf-webtrans-http3-16#5.1
    //# sessions share a connection only under flow control
    @Test
    void several_sessions_share_a_connection_under_flow_control() {
        EnginePair pair = new EnginePair(CONFIG, CONFIG);
        for (int i = 0; i < Sessions.MAX_SESSIONS; i++) {
            assertEquals(ConnectReadiness.READY, pair.client.engine.connectReadiness());
            assertNotNull(pair.server.engine.flow(pair.session()));
        }
        assertEquals(ConnectReadiness.SESSION_LIMIT, pair.client.engine.connectReadiness());
    }

    // ---- what the peer says

    @Test
    void capsules_raise_the_limits() {
        EngineProbe probe = session();
        probe.data(0, "00 09 990b4d3d 04 80100000");
        probe.data(0, "00 07 990b4d3f 02 4065");
        probe.data(0, "00 0d 990b4d40 08 d000000000000000");
        assertEquals(
                List.of(
                        "CreditRaised 0, DATA, 1048576",
                        "CreditRaised 0, BIDIRECTIONAL_STREAMS, 101",
                        "CreditRaised 0, UNIDIRECTIONAL_STREAMS, 1152921504606846976"),
                probe.events());
        assertEquals(1 << 20, flow(probe).toUse(CreditKind.DATA).limit());
    }

    @Test
    void a_limit_that_equals_the_one_before_does_no_harm() {
        EngineProbe probe = session();
        probe.data(0, "00 09 990b4d3d 04 80010000");
        probe.data(0, "00 07 990b4d3f 02 4064");
        assertEquals(List.of(), probe.events());
        assertEquals(List.of(), probe.outputs());
    }

    //= draft-ietf-webtrans-http3-16#5.6.4
    //# a limit of bytes that is lower than the one before closes the session with WT_FLOW_CONTROL_ERROR
    @Test
    void a_lower_limit_of_bytes_ends_the_session() {
        EngineProbe probe = session();
        probe.data(0, "00 09 990b4d3d 04 8000ffff");
        assertBroken(probe);
    }

    //= draft-ietf-webtrans-http3-16#5.6.2
    //# a limit of streams that is lower than the one before closes the session with WT_FLOW_CONTROL_ERROR
    @Test
    void a_lower_limit_of_streams_ends_the_session() {
        EngineProbe probe = session();
        probe.data(0, "00 07 990b4d3f 02 4063");
        assertBroken(probe);
    }

    @Test
    void a_count_above_2_to_the_60_ends_the_session() {
        for (String type : List.of("990b4d3f", "990b4d40", "990b4d43", "990b4d44")) {
            EngineProbe probe = session();
            probe.data(0, "00 0d " + type + " 08 d000000000000001");
            assertBroken(probe);
        }
    }

    @Test
    void limits_of_single_streams_end_the_session() {
        for (String type : List.of("990b4d3e", "990b4d42")) {
            EngineProbe probe = session();
            probe.data(0, "00 07 " + type + " 02 0405");
            assertBroken(probe);
        }
    }

    //= draft-ietf-webtrans-http3-16#5.1
    //# without flow control its capsules are ignored
    @Test
    void without_flow_control_its_capsules_mean_nothing() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(0, "00 09 990b4d3d 04 80100000");
        probe.data(0, "00 07 990b4d3f 02 4063");
        probe.data(0, "00 06 990b4d3f 01 00");
        probe.data(0, "00 09 990b4d41 04 80010000");
        probe.engine.settleCredit(0);
        assertEquals(List.of(), probe.events());
        assertEquals(List.of(), probe.outputs());
    }

    @Test
    void capsules_ahead_of_the_answer_count_from_the_answer_on() {
        EngineProbe probe = EngineProbe.started(Perspective.SERVER, CONFIG);
        probe.data(0, EngineProbe.REQUEST_16);
        probe.data(0, "00 09 990b4d3d 04 80100000");
        probe.settings(DRAFT_16_WITH_CREDIT);
        assertEquals(1 << 16, flow(probe).toUse(CreditKind.DATA).limit());
        probe.accept(0);
        assertEquals(1 << 20, flow(probe).toUse(CreditKind.DATA).limit());
    }

    @Test
    void a_peer_that_is_blocked_is_heard_once_for_each_limit() {
        EngineProbe probe = session();
        probe.data(0, "00 09 990b4d41 04 80100000");
        probe.data(0, "00 09 990b4d41 04 80100000");
        probe.data(0, "00 07 990b4d43 02 4064");
        probe.data(0, "00 06 990b4d44 01 02");
        assertEquals(
                List.of(
                        "PeerBlocked 0, DATA, 1048576",
                        "PeerBlocked 0, BIDIRECTIONAL_STREAMS, 100",
                        "PeerBlocked 0, UNIDIRECTIONAL_STREAMS, 2"),
                probe.events());
        assertEquals(List.of(), probe.outputs(), "there is nothing to give");
    }

    // ---- what the peer does

    //= draft-ietf-webtrans-http3-16#5.6.2
    //# a stream beyond the limit closes the session with WT_FLOW_CONTROL_ERROR
    @Test
    void a_stream_too_many_ends_the_session() {
        EngineProbe probe = session();
        probe.data(6, "405400");
        probe.data(10, "405400");
        assertEquals(List.of(), probe.outputs());
        probe.drain();
        probe.data(14, "405400");
        assertEquals(
                List.of(
                        "reset 0 WT_FLOW_CONTROL_ERROR",
                        "stop 0 WT_FLOW_CONTROL_ERROR",
                        "stop 6 WT_SESSION_GONE",
                        "stop 10 WT_SESSION_GONE",
                        "stop 14 WT_SESSION_GONE"),
                probe.outputs());
        assertEquals(
                List.of("SessionClosed 0 code 0 LOCAL SESSION WT_FLOW_CONTROL_ERROR", "SessionEnded 0"),
                probe.events());
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void streams_ahead_of_the_answer_count_too() {
        EngineProbe probe = EngineProbe.started(Perspective.SERVER, CONFIG).settings(DRAFT_16_WITH_CREDIT);
        probe.data(0, EngineProbe.REQUEST_16);
        probe.data(6, "405400");
        probe.data(10, "405400");
        probe.data(14, "405400");
        probe.data(18, "405400");
        probe.datagram("00 01");
        probe.drain();
        probe.accept(0);
        List<String> events = probe.events();
        assertEquals(
                List.of(
                        "IncomingStream 0 6 UNIDIRECTIONAL",
                        "IncomingStream 0 10 UNIDIRECTIONAL",
                        "SessionClosed 0 code 0 LOCAL SESSION WT_FLOW_CONTROL_ERROR",
                        "SessionEnded 0"),
                events);
        probe.drain();
        assertEquals(0, probe.engine.heldCount());
    }

    //= draft-ietf-webtrans-http3-16#5.6
    //# credit is given as data is consumed and streams close, without waiting until the peer is blocked
    @Test
    void a_stream_that_is_over_makes_room_for_another() {
        EngineProbe probe = session();
        probe.data(6, "405400");
        probe.data(10, "405400");
        probe.drain();
        probe.engine.receiveEnded(6);
        assertEquals(List.of(), probe.outputs(), "half the window is left");
        probe.engine.receiveEnded(10);
        assertEquals(List.of("send 0 0006990b4d400104"), probe.outputs());
        probe.data(14, "405400");
        assertEquals(List.of("IncomingStream 0 14 UNIDIRECTIONAL"), probe.events());
    }

    @Test
    void a_bidirectional_stream_makes_room_when_both_halves_are_over() {
        Http3Config one = config(SessionFlowControlConfig.builder()
                .initialMaxStreamsBidirectional(1)
                .build());
        EngineProbe probe = session(one, DRAFT_16_WITH_CREDIT);
        probe.data(4, "404100");
        probe.drain();
        probe.engine.receiveEnded(4);
        assertEquals(List.of(), probe.outputs());
        probe.engine.sendEnded(4);
        assertEquals(List.of("send 0 0006990b4d3f0102"), probe.outputs());
    }

    @Test
    void streams_of_this_end_do_not_count_against_the_peer() {
        EngineProbe probe = session();
        probe.engine.openStream(0, 7, StreamType.UNIDIRECTIONAL);
        probe.engine.sendEnded(7);
        assertEquals(0, flow(probe).toGive(CreditKind.UNIDIRECTIONAL_STREAMS).received());
        assertEquals(List.of(), probe.outputs());
    }

    @Test
    void streams_that_ended_before_their_preamble_come_back_when_the_peer_is_blocked() {
        EngineProbe probe = session();
        probe.data(6, "4054");
        probe.reset(6, 0x100);
        probe.data(10, "405400");
        probe.drain();
        probe.data(0, "00 06 990b4d44 01 02");
        assertEquals(List.of("send 0 0006990b4d400103"), probe.outputs());
    }

    @Test
    void they_come_back_also_when_the_peer_was_blocked_before() {
        EngineProbe probe = session();
        probe.data(6, "4054");
        probe.data(10, "405400");
        probe.drain();
        probe.data(0, "00 06 990b4d44 01 02");
        probe.data(0, "00 09 990b4d41 04 80100000");
        assertEquals(List.of(), probe.outputs());
        probe.reset(6, 0x100);
        assertEquals(List.of("send 0 0009990b4d3d0480200000", "send 0 0006990b4d400103"), probe.outputs());
    }

    // ---- data

    //= draft-ietf-webtrans-http3-16#5.6.4
    //# payload beyond the limit closes the session with WT_FLOW_CONTROL_ERROR
    @Test
    void payload_beyond_the_limit_ends_the_session() {
        EngineProbe probe = session();
        assertFalse(flow(probe).handleArrived(1 << 20));
        assertTrue(flow(probe).handleArrived(1));
        probe.engine.settleCredit(0);
        assertBroken(probe);
    }

    @Test
    void what_was_read_comes_back_when_it_is_more_than_half_a_window() {
        EngineProbe probe = session();
        assertFalse(flow(probe).handleRead(1 << 19));
        assertTrue(flow(probe).handleRead(1));
        probe.engine.settleCredit(0);
        assertEquals(List.of("send 0 0009990b4d3d0480180001"), probe.outputs());
        probe.engine.settleCredit(0);
        assertEquals(List.of(), probe.outputs());
    }

    @Test
    void an_end_that_is_blocked_says_so() {
        EngineProbe probe = session();
        SessionFlow flow = flow(probe);
        for (CreditKind kind : CreditKind.values()) {
            flow.toUse(kind).take(1 << 20);
            assertTrue(flow.toUse(kind).block());
        }
        probe.engine.settleCredit(0);
        assertEquals(
                List.of("send 0 0009990b4d410480010000", "send 0 0007990b4d43024064", "send 0 0007990b4d44024064"),
                probe.outputs());
    }

    @Test
    void a_client_says_limits_only_behind_the_answer() {
        EngineProbe probe = EngineProbe.started(
                        Perspective.CLIENT,
                        config(SessionFlowControlConfig.builder()
                                .initialMaxData(0)
                                .window(1 << 16)
                                .build()))
                .settings(DRAFT_16_WITH_CREDIT)
                .connect(0);
        probe.drain();
        probe.engine.settleCredit(0);
        assertEquals(List.of(), probe.outputs());
        probe.data(0, EngineProbe.OK);
        assertEquals(List.of("send 0 0009990b4d3d0480010000"), probe.outputs());
    }

    @Test
    void manual_credit_is_what_the_application_grants() {
        Http3Config config = config(SessionFlowControlConfig.builder()
                .policy(SessionCreditPolicy.MANUAL)
                .initialMaxData(10)
                .build());
        EngineProbe probe = session(config, DRAFT_16_WITH_CREDIT);
        assertFalse(flow(probe).handleRead(10));
        probe.engine.settleCredit(0);
        assertEquals(List.of(), probe.outputs());
        assertTrue(flow(probe).toGive(CreditKind.DATA).grant(20));
        assertTrue(flow(probe).toGive(CreditKind.BIDIRECTIONAL_STREAMS).grant(1000));
        probe.engine.settleCredit(0);
        assertEquals(List.of("send 0 0006990b4d3d0114", "send 0 0007990b4d3f0243e8"), probe.outputs());
    }

    @Test
    void a_session_that_is_over_says_nothing_any_more() {
        EngineProbe probe = session();
        SessionFlow flow = flow(probe);
        probe.engine.close(0, CloseInfo.NORMAL, 0);
        probe.drain();
        flow.handleRead(1 << 20);
        probe.engine.settleCredit(0);
        probe.engine.settleCredit(77);
        assertEquals(List.of(), probe.outputs());
    }

    private static void assertBroken(EngineProbe probe) {
        assertEquals(List.of("reset 0 WT_FLOW_CONTROL_ERROR", "stop 0 WT_FLOW_CONTROL_ERROR"), probe.outputs());
        assertEquals(
                List.of("SessionClosed 0 code 0 LOCAL SESSION WT_FLOW_CONTROL_ERROR", "SessionEnded 0"),
                probe.events());
        assertNull(probe.engine.flow(0));
    }
}
