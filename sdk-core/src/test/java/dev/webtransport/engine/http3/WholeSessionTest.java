package dev.webtransport.engine.http3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.Http3Config;
import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Headers;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two engines back to back, from the first SETTINGS to the last FIN. */
class WholeSessionTest {
    @Test
    void a_session_lives_and_ends_for_every_draft() {
        for (WebTransportDraft draft : WebTransportDraft.values()) {
            EnginePair pair =
                    new EnginePair(Http3Config.builder().drafts(Set.of(draft)).build(), Http3Config.defaults());
            assertEquals(List.of("PeerReady " + draft), pair.client.events());
            assertEquals(List.of("PeerReady " + draft), pair.server.events());
            long id = pair.session();
            assertEquals(List.of("SessionEstablished 0 -"), pair.client.events());
            pair.client.engine.close(id, CloseInfo.of(17, "bye"), pair.now);
            pair.pump();
            assertEquals(List.of("SessionClosed 0 code 17 \"bye\" LOCAL", "SessionEnded 0"), pair.client.events());
            List<String> server = pair.server.events();
            assertEquals(
                    List.of("SessionClosed 0 code 17 \"bye\" REMOTE", "SessionEnded 0"),
                    server.subList(1, server.size()));
            assertEquals(0, pair.client.engine.heldCount());
            assertEquals(0, pair.server.engine.heldCount());
        }
    }

    @Test
    void both_ends_may_close_at_once() {
        EnginePair pair = new EnginePair();
        long id = pair.session();
        pair.client.events();
        pair.server.events();
        pair.client.engine.close(id, CloseInfo.of(1), pair.now);
        pair.server.engine.close(id, CloseInfo.of(2), pair.now);
        pair.pump();
        assertEquals(List.of("SessionClosed 0 code 1 LOCAL", "SessionEnded 0"), pair.client.events());
        assertEquals(List.of("SessionClosed 0 code 2 LOCAL", "SessionEnded 0"), pair.server.events());
    }

    @Test
    void streams_of_both_ends_live_and_end() {
        EnginePair pair = new EnginePair();
        long id = pair.session();
        pair.client.events();
        pair.server.events();
        long bidirectional = pair.client.nextBidirectional();
        ByteBuffer preamble = pair.client.engine.openStream(id, bidirectional, StreamType.BIDIRECTIONAL);
        pair.server.receive(bidirectional, preamble, Fin.NO);
        long unidirectional = pair.server.nextUnidirectional();
        pair.client.receive(
                unidirectional, pair.server.engine.openStream(id, unidirectional, StreamType.UNIDIRECTIONAL), Fin.YES);
        pair.pump();
        assertEquals(List.of("IncomingStream 0 4 BIDIRECTIONAL"), pair.server.events());
        assertEquals(List.of("IncomingStream 0 7 UNIDIRECTIONAL"), pair.client.events());
        pair.server.engine.close(id, CloseInfo.NORMAL, pair.now);
        pair.pump();
        assertEquals(0, pair.client.engine.heldCount());
        assertEquals(0, pair.server.engine.heldCount());
    }

    @Test
    void a_rejection_leaves_nothing_behind() {
        EnginePair pair = new EnginePair();
        long id = pair.client.connect();
        pair.pump();
        pair.server.engine.reject(id, 429, Headers.EMPTY, pair.now);
        pair.pump();
        List<String> events = pair.client.events();
        assertEquals("SessionRejected 0 429", events.get(events.size() - 1));
        assertEquals(0, pair.client.engine.heldCount());
        assertEquals(0, pair.server.engine.heldCount());
    }

    @Test
    void goaway_lets_the_session_that_lives_come_to_its_end() {
        EnginePair pair = new EnginePair();
        long id = pair.session();
        pair.client.events();
        pair.server.engine.goAway();
        pair.pump();
        assertEquals(List.of("GoAwayReceived", "SessionDraining 0"), pair.client.events());
        assertEquals(ConnectReadiness.GOING_AWAY, pair.client.engine.connectReadiness());
        pair.client.engine.close(id, CloseInfo.NORMAL, pair.now);
        pair.pump();
        assertEquals(0, pair.server.engine.sessionCount());
    }

    @Test
    void a_server_that_does_not_share_a_draft_is_of_no_use() {
        EnginePair pair = new EnginePair(
                Http3Config.builder().drafts(Set.of(WebTransportDraft.DRAFT_02)).build(),
                Http3Config.builder().drafts(Set.of(WebTransportDraft.DRAFT_15)).build());
        assertTrue(pair.client.events().get(0).startsWith("RequirementsNotMet"));
        assertEquals(Optional.empty(), pair.server.engine.draft());
        assertTrue(pair.client.engine.isClosed());
    }

    @Test
    void ten_thousand_streams_and_a_thousand_sessions_leave_nothing_behind() {
        EnginePair pair = new EnginePair();
        for (int session = 0; session < 1_000; session++) {
            long id = pair.session();
            for (int stream = 0; stream < 10; stream++) {
                exchange(pair, id, stream);
            }
            end(pair, id, session);
            pair.client.events();
            pair.server.events();
            assertEquals(0, pair.client.engine.sessionCount(), () -> "session " + id);
            assertEquals(0, pair.client.engine.heldCount(), () -> "session " + id);
            assertEquals(0, pair.server.engine.heldCount(), () -> "session " + id);
        }
        assertEquals(Long.MAX_VALUE, pair.client.engine.pollTimeoutNanos());
        assertEquals(Long.MAX_VALUE, pair.server.engine.pollTimeoutNanos());
    }

    /** Opens one stream, in all ways in turn, and ends it, or leaves that to the session. */
    private static void exchange(EnginePair pair, long session, int way) {
        EnginePair.End from = way % 2 == 0 ? pair.client : pair.server;
        EnginePair.End to = way % 2 == 0 ? pair.server : pair.client;
        boolean bidirectional = way % 4 < 2;
        long id = bidirectional ? from.nextBidirectional() : from.nextUnidirectional();
        StreamType type = bidirectional ? StreamType.BIDIRECTIONAL : StreamType.UNIDIRECTIONAL;
        to.receive(id, from.engine.openStream(session, id, type), Fin.NO);
        pair.pump();
        if (way >= 8) {
            return;
        }
        from.engine.sendEnded(id);
        if (way >= 4) {
            to.receiveReset(id, Http3ErrorCode.H3_REQUEST_CANCELLED);
        } else {
            to.engine.receiveEnded(id);
        }
        if (bidirectional) {
            to.engine.sendEnded(id);
            from.engine.receiveEnded(id);
        }
    }

    private static void end(EnginePair pair, long id, int way) {
        switch (way % 4) {
            case 0 -> pair.client.engine.close(id, CloseInfo.NORMAL, pair.now);
            case 1 -> pair.server.engine.close(id, CloseInfo.of(way), pair.now);
            case 2 -> {
                pair.client.receiveReset(id, Http3ErrorCode.H3_INTERNAL_ERROR);
                pair.server.receiveReset(id, Http3ErrorCode.H3_INTERNAL_ERROR);
            }
            default -> pair.server.receive(id, EngineProbe.bytes("00 06 6843 03 000000"), Fin.NO);
        }
        pair.pump();
    }
}
