package dev.webtransport.engine.http3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.webtransport.config.Http3Config;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams and datagrams of sessions, in time and too early (draft-ietf-webtrans-http3-16, sections 4.2 to 4.6). */
class SessionStreamTest {
    @Test
    void a_stream_of_the_peer_comes_out_with_its_payload_untouched() {
        EngineProbe probe = EngineProbe.serverWithSession();
        assertEquals("68656c6c6f", probe.data(6, "405400 68656c6c6f"));
        assertEquals("61", probe.fin(4, "404100 61"));
        assertEquals(List.of("IncomingStream 0 6 UNIDIRECTIONAL", "IncomingStream 0 4 BIDIRECTIONAL"), probe.events());
        assertEquals(StreamRole.SESSION, probe.role(6));
        assertEquals(StreamRole.SESSION, probe.role(4));
        assertEquals("aabb", probe.data(6, "aabb"));
    }

    @Test
    void a_preamble_may_come_in_pieces_and_in_any_width() {
        EngineProbe probe = EngineProbe.serverWithSession();
        for (String piece : List.of("80", "00", "00", "54", "c0", "00", "00", "00", "00", "00", "00")) {
            assertEquals("", probe.data(6, piece));
            assertEquals(StreamRole.UNDECIDED, probe.role(6));
        }
        assertEquals("ff", probe.data(6, "00 ff"));
        assertEquals(List.of("IncomingStream 0 6 UNIDIRECTIONAL"), probe.events());
    }

    @Test
    void a_stream_that_ends_inside_its_preamble_has_no_session() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.fin(6, "4054");
        probe.fin(4, "4041");
        probe.data(8, "4041");
        probe.reset(8, 0);
        assertEquals(List.of("reset 4 H3_REQUEST_INCOMPLETE", "reset 8 H3_REQUEST_INCOMPLETE"), probe.outputs());
        assertEquals(List.of(), probe.events());
    }

    @Test
    void a_session_id_that_is_no_client_bidirectional_stream_is_an_id_error() {
        for (String id : List.of("01", "02", "03", "ffffffffffffffff")) {
            EngineProbe uni = EngineProbe.serverWithSession();
            uni.data(6, "4054" + id);
            assertEquals(List.of("close H3_ID_ERROR"), uni.outputs());
            EngineProbe bidi = EngineProbe.serverWithSession();
            bidi.data(4, "4041" + id);
            assertEquals(List.of("close H3_ID_ERROR"), bidi.outputs());
            EngineProbe client = EngineProbe.clientWithSession();
            client.data(1, "4041" + id);
            assertEquals(List.of("close H3_ID_ERROR"), client.outputs());
        }
    }

    @Test
    void a_bidirectional_stream_of_a_server_begins_with_the_signal() {
        for (String start : List.of("00", "01 03", "21 00")) {
            EngineProbe probe = EngineProbe.clientWithSession();
            probe.data(1, start);
            assertEquals(List.of("close H3_STREAM_CREATION_ERROR"), probe.outputs());
        }
        EngineProbe probe = EngineProbe.clientWithSession();
        probe.data(1, "404100");
        assertEquals(List.of("IncomingStream 0 1 BIDIRECTIONAL"), probe.events());
    }

    @Test
    void a_stream_of_a_session_that_is_gone_is_aborted() {
        EngineProbe server = EngineProbe.serverWithSession();
        server.fin(0, "");
        server.drain();
        server.data(6, "405400 aa");
        server.data(4, "404100 aa");
        assertEquals(
                List.of("stop 6 WT_SESSION_GONE", "reset 4 WT_SESSION_GONE", "stop 4 WT_SESSION_GONE"),
                server.outputs());
        assertEquals(StreamRole.REFUSED, server.role(4));
        EngineProbe client = EngineProbe.clientWithSession();
        client.fin(0, "");
        client.drain();
        client.data(7, "405400");
        client.data(1, "404100");
        assertEquals(
                List.of("stop 7 WT_SESSION_GONE", "reset 1 WT_SESSION_GONE", "stop 1 WT_SESSION_GONE"),
                client.outputs());
    }

    @Test
    void a_stream_of_a_session_that_is_closing_is_aborted() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.engine.close(0, CloseInfo.NORMAL, probe.now);
        probe.drain();
        probe.data(6, "405400");
        assertEquals(List.of("stop 6 WT_SESSION_GONE"), probe.outputs());
    }

    @Test
    void a_stream_that_names_itself_or_a_stream_of_a_session_has_no_session() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(4, "404104");
        probe.data(6, "405404");
        assertEquals(
                List.of("reset 4 WT_SESSION_GONE", "stop 4 WT_SESSION_GONE", "stop 6 WT_SESSION_GONE"),
                probe.outputs());
    }

    @Test
    void a_server_cannot_name_a_session_that_was_never_asked_for() {
        EngineProbe probe = EngineProbe.clientWithSession();
        probe.data(7, "405404");
        assertEquals(List.of("stop 7 WT_BUFFERED_STREAM_REJECTED"), probe.outputs());
    }

    @Test
    void datagrams_name_their_session_by_a_quarter_of_its_id() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.datagram("00 70696e67");
        probe.datagram("4000");
        probe.datagram("01 aa");
        assertEquals(List.of("DatagramReceived 0 70696e67", "DatagramReceived 0 "), probe.events());
    }

    @Test
    void a_datagram_without_a_session_id_is_a_datagram_error() {
        for (String datagram : List.of("", "40", "d000000000000000", "ffffffffffffffff")) {
            EngineProbe probe = EngineProbe.serverWithSession();
            probe.datagram(datagram);
            assertEquals(List.of("close H3_DATAGRAM_ERROR"), probe.outputs());
        }
    }

    @Test
    void a_datagram_of_a_session_that_is_gone_is_dropped() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.fin(0, "");
        probe.drain();
        probe.datagram("00 aa");
        assertEquals(List.of(), probe.events());
        assertEquals(List.of(), probe.outputs());
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void what_comes_before_its_request_waits_and_comes_out_in_order() {
        EngineProbe probe = EngineProbe.server();
        probe.drain();
        assertEquals("aa", probe.data(10, "405400 aa"));
        probe.data(8, "404100");
        probe.datagram("00 01");
        probe.data(6, "405400");
        probe.datagram("00 02");
        assertEquals(StreamRole.WAITING, probe.role(10));
        probe.data(2, EngineProbe.DRAFT_16);
        probe.data(0, EngineProbe.REQUEST_16);
        assertEquals(2, probe.events().size());
        probe.accept(0);
        assertEquals(
                List.of(
                        "IncomingStream 0 10 UNIDIRECTIONAL",
                        "IncomingStream 0 8 BIDIRECTIONAL",
                        "IncomingStream 0 6 UNIDIRECTIONAL",
                        "DatagramReceived 0 01",
                        "DatagramReceived 0 02"),
                probe.events());
        assertEquals(StreamRole.SESSION, probe.role(10));
    }

    @Test
    void what_comes_before_the_answer_waits_for_it_however_long_it_takes() {
        EngineProbe probe =
                EngineProbe.client().settings(EngineProbe.ALL_DRAFTS).connect(0);
        probe.drain();
        probe.data(7, "405400");
        probe.data(1, "404100");
        probe.datagram("00 aa");
        assertEquals(Long.MAX_VALUE, probe.engine.pollTimeoutNanos());
        probe.data(0, EngineProbe.OK);
        assertEquals(
                List.of(
                        "SessionEstablished 0 -",
                        "IncomingStream 0 7 UNIDIRECTIONAL",
                        "IncomingStream 0 1 BIDIRECTIONAL",
                        "DatagramReceived 0 aa"),
                probe.events());
    }

    @Test
    void what_waits_for_a_session_that_is_rejected_is_refused() {
        EngineProbe server = EngineProbe.server().settings(EngineProbe.DRAFT_16);
        server.data(0, EngineProbe.REQUEST_16);
        server.data(4, "404100");
        server.datagram("00 aa");
        server.drain();
        server.engine.reject(0, 404, Headers.EMPTY, server.now);
        assertEquals(
                List.of(
                        "send 0 01030000db fin",
                        "stop 0 H3_NO_ERROR",
                        "reset 4 WT_BUFFERED_STREAM_REJECTED",
                        "stop 4 WT_BUFFERED_STREAM_REJECTED"),
                server.outputs());
        assertEquals(0, server.engine.heldCount());
        EngineProbe client =
                EngineProbe.client().settings(EngineProbe.ALL_DRAFTS).connect(0);
        client.data(7, "405400");
        client.drain();
        client.fin(0, "01 03 0000db");
        assertEquals(List.of("send 0 fin", "stop 7 WT_BUFFERED_STREAM_REJECTED"), client.outputs());
    }

    @Test
    void what_waits_for_a_session_that_never_comes_is_refused_after_a_while() {
        EngineProbe probe = EngineProbe.server().settings(EngineProbe.DRAFT_16);
        probe.data(6, "405400");
        probe.datagram("00 aa");
        probe.pass(Duration.ofSeconds(3));
        probe.data(8, "404104");
        probe.pass(Duration.ofSeconds(2));
        assertEquals(List.of("stop 6 WT_BUFFERED_STREAM_REJECTED"), probe.outputs());
        assertEquals(StreamRole.REFUSED, probe.role(6));
        assertEquals(StreamRole.WAITING, probe.role(8));
        probe.pass(Duration.ofSeconds(3));
        assertEquals(
                List.of("reset 8 WT_BUFFERED_STREAM_REJECTED", "stop 8 WT_BUFFERED_STREAM_REJECTED"), probe.outputs());
        assertEquals(Long.MAX_VALUE, probe.engine.pollTimeoutNanos());
    }

    @Test
    void a_request_ends_the_wait_for_it() {
        EngineProbe probe = EngineProbe.server().settings(EngineProbe.DRAFT_16);
        probe.data(6, "405400");
        probe.datagram("00 aa");
        probe.data(0, EngineProbe.REQUEST_16);
        probe.drain();
        probe.pass(Duration.ofHours(1));
        assertEquals(List.of(), probe.outputs());
        probe.accept(0);
        assertEquals(List.of("IncomingStream 0 6 UNIDIRECTIONAL", "DatagramReceived 0 aa"), probe.events());
    }

    @Test
    void what_waits_for_a_request_that_is_given_up_before_it_is_complete_is_refused_at_once() {
        for (String begun : List.of("", "40", "01", "01 40")) {
            EngineProbe probe = EngineProbe.server().settings(EngineProbe.DRAFT_16);
            probe.drain();
            probe.data(0, begun);
            probe.data(6, "405400");
            probe.datagram("00 aa");
            probe.reset(0, Http3ErrorCode.H3_REQUEST_CANCELLED);
            List<String> outputs = probe.outputs();
            assertEquals("stop 6 WT_BUFFERED_STREAM_REJECTED", outputs.get(begun.startsWith("01") ? 1 : 0), begun);
            assertEquals(2, outputs.size(), begun);
            assertEquals(0, probe.engine.heldCount(), begun);
        }
    }

    @Test
    void what_waits_for_a_request_that_is_none_is_refused_at_once() {
        EngineProbe probe = EngineProbe.server().settings(EngineProbe.DRAFT_16);
        probe.drain();
        probe.data(6, "405400");
        probe.fin(0, "");
        assertEquals(List.of("stop 6 WT_BUFFERED_STREAM_REJECTED", "reset 0 H3_REQUEST_INCOMPLETE"), probe.outputs());
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void a_request_that_is_not_complete_can_still_become_the_session() {
        EngineProbe probe = EngineProbe.server().settings(EngineProbe.DRAFT_16);
        probe.data(0, EngineProbe.REQUEST_16.substring(0, 7));
        probe.data(6, "405400");
        assertEquals(StreamRole.WAITING, probe.role(6));
        probe.data(0, EngineProbe.REQUEST_16.substring(7));
        probe.drain();
        probe.accept(0);
        assertEquals(List.of("IncomingStream 0 6 UNIDIRECTIONAL"), probe.events());
    }

    @Test
    void a_stop_before_the_preamble_counts() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.stop(4, 0);
        probe.data(4, "404100");
        assertEquals(StreamRole.SESSION, probe.role(4));
        probe.engine.receiveEnded(4);
        assertEquals(StreamRole.REFUSED, probe.role(4));
    }

    @Test
    void early_streams_and_datagrams_are_bounded() {
        Http3Config config =
                Http3Config.builder().maxEarlyStreams(2).maxEarlyDatagrams(1).build();
        EngineProbe probe = EngineProbe.started(Perspective.SERVER, config).settings(EngineProbe.DRAFT_16);
        probe.data(6, "405400");
        probe.data(4, "404100");
        probe.data(10, "405400");
        probe.data(8, "404100");
        assertEquals(
                List.of(
                        "stop 10 WT_BUFFERED_STREAM_REJECTED",
                        "reset 8 WT_BUFFERED_STREAM_REJECTED",
                        "stop 8 WT_BUFFERED_STREAM_REJECTED"),
                probe.outputs());
        probe.datagram("00 aa");
        probe.datagram("00 bb");
        probe.data(0, EngineProbe.REQUEST_16);
        probe.events();
        probe.accept(0);
        assertEquals(
                List.of(
                        "IncomingStream 0 6 UNIDIRECTIONAL",
                        "IncomingStream 0 4 BIDIRECTIONAL",
                        "DatagramReceived 0 aa"),
                probe.events());
    }

    @Test
    void a_stream_that_its_peer_gives_up_waits_no_longer() {
        EngineProbe probe = EngineProbe.server().settings(EngineProbe.DRAFT_16);
        probe.data(6, "405400");
        probe.reset(6, 0);
        probe.data(8, "404100");
        probe.reset(8, 0);
        probe.stop(8, 0);
        assertEquals(List.of(), probe.outputs());
        assertEquals(StreamRole.REFUSED, probe.role(6));
        assertEquals(StreamRole.REFUSED, probe.role(8));
        assertEquals(Long.MAX_VALUE, probe.engine.pollTimeoutNanos());
        // Stream 0 and 4 are gaps below stream 8: they are the only thing held.
        assertEquals(1, probe.engine.heldCount());
    }

    @Test
    void opening_a_stream_gives_its_preamble() {
        EngineProbe server = EngineProbe.serverWithSession();
        assertEquals("404100", EngineProbe.hex(server.engine.openStream(0, 1, StreamType.BIDIRECTIONAL)));
        assertEquals("405400", EngineProbe.hex(server.engine.openStream(0, 7, StreamType.UNIDIRECTIONAL)));
        assertEquals(StreamRole.SESSION, server.role(1));
        assertNull(server.engine.openStream(4, 5, StreamType.BIDIRECTIONAL));
        assertThrows(IllegalStateException.class, () -> server.engine.openStream(0, 1, StreamType.BIDIRECTIONAL));
        assertThrows(IllegalArgumentException.class, () -> server.engine.openStream(0, 5, StreamType.UNIDIRECTIONAL));
        assertThrows(IllegalArgumentException.class, () -> server.engine.openStream(0, 4, StreamType.BIDIRECTIONAL));
    }

    @Test
    void a_client_opens_streams_before_the_answer_and_loses_them_with_a_rejection() {
        EngineProbe probe =
                EngineProbe.client().settings(EngineProbe.ALL_DRAFTS).connect(0);
        assertEquals("404100", EngineProbe.hex(probe.engine.openStream(0, 4, StreamType.BIDIRECTIONAL)));
        probe.drain();
        probe.fin(0, "01 03 0000db");
        assertEquals(List.of("send 0 fin", "reset 4 WT_SESSION_GONE", "stop 4 WT_SESSION_GONE"), probe.outputs());
        assertEquals(List.of("SessionRejected 0 404"), probe.events());
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void a_server_opens_no_stream_before_its_answer() {
        EngineProbe probe = EngineProbe.server().settings(EngineProbe.DRAFT_16);
        probe.data(0, EngineProbe.REQUEST_16);
        assertNull(probe.engine.openStream(0, 1, StreamType.BIDIRECTIONAL));
    }

    @Test
    void a_stream_is_forgotten_when_both_halves_are_over() {
        EngineProbe probe = EngineProbe.serverWithSession();
        int before = probe.engine.heldCount();
        probe.data(4, "404100");
        probe.data(6, "405400");
        probe.engine.openStream(0, 7, StreamType.UNIDIRECTIONAL);
        probe.drain();
        probe.engine.sendEnded(4);
        assertEquals(StreamRole.SESSION, probe.role(4));
        probe.engine.receiveEnded(4);
        assertEquals(StreamRole.REFUSED, probe.role(4));
        probe.engine.receiveEnded(6);
        probe.engine.sendEnded(7);
        probe.engine.sendEnded(400);
        probe.engine.receiveEnded(400);
        assertEquals(before, probe.engine.heldCount());
    }
}
