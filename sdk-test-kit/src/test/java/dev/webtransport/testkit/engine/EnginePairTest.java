package dev.webtransport.testkit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.Http3Config;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.testkit.fault.Fault;
import dev.webtransport.testkit.network.NetworkConditions;
import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.testkit.quic.QuicFrame;
import dev.webtransport.transport.QuicCloseReason;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.DatagramStatus;
import dev.webtransport.value.Initiator;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EnginePairTest {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    // ---- sessions

    @Test
    void a_session_is_asked_for_and_accepted() {
        EnginePair pair = EnginePair.create();
        assertEquals(-1, pair.client().connect("/"), "the SETTINGS are not there");
        pair.drive();
        long id = pair.client().connect("/chat");
        assertEquals(EngineSession.State.ASKED, pair.client().session(id).state());
        assertNull(pair.server().session(id));
        pair.drive();
        assertEquals(EngineSession.State.REQUESTED, pair.server().session(id).state());
        assertTrue(pair.server().accept(id));
        assertFalse(pair.server().accept(id), "it has its answer");
        pair.drive();
        assertEquals(EngineSession.State.OPEN, pair.client().session(id).state());
        assertEquals(
                List.of(id),
                pair.server().sessions().stream().map(EngineSession::id).toList());
    }

    @Test
    void a_session_may_be_rejected_or_given_up() {
        EnginePair pair = EnginePair.create();
        pair.drive();
        long rejected = pair.client().connect("/");
        pair.drive();
        assertTrue(pair.server().reject(rejected, 404));
        pair.drive();
        assertEquals(
                EngineSession.State.REFUSED, pair.client().session(rejected).state());
        long given = pair.client().connect("/");
        pair.drive();
        assertTrue(pair.client().cancel(given));
        assertFalse(pair.client().cancel(given));
        pair.drive();
        assertEquals(EngineSession.State.REFUSED, pair.server().session(given).state());
        assertNothingHeld(pair);
    }

    @Test
    void an_end_that_does_not_know_a_session_refuses_commands_for_it() {
        EnginePair pair = EnginePair.create();
        pair.drive();
        assertFalse(pair.server().accept(0));
        assertFalse(pair.server().reject(0, 404));
        assertFalse(pair.client().cancel(0));
        assertFalse(pair.client().drain(0));
        assertFalse(pair.client().close(0, CloseInfo.NORMAL));
        assertNull(pair.client().openStream(0, StreamType.BIDIRECTIONAL));
        assertNull(pair.client().receiveDatagram(0));
        assertEquals(DatagramStatus.BLOCKED, pair.client().sendDatagram(0, ByteBuffer.allocate(1)));
        assertThrows(IllegalStateException.class, () -> pair.server().connect("/"));
    }

    @Test
    void a_close_tells_the_peer_its_code_and_reason() {
        for (Perspective closer : Perspective.values()) {
            EnginePair pair = EnginePair.create();
            long id = pair.openSession();
            EngineEnd here = pair.end(closer);
            EngineEnd there = closer == Perspective.CLIENT ? pair.server() : pair.client();
            assertTrue(here.close(id, CloseInfo.of(7, "done")));
            assertEquals(Initiator.LOCAL, here.session(id).closed().initiator());
            pair.drive();
            assertEquals(CloseInfo.of(7, "done"), there.session(id).closed().info());
            assertEquals(Initiator.REMOTE, there.session(id).closed().initiator());
            assertEquals(EngineSession.State.ENDED, here.session(id).state());
            assertEquals(EngineSession.State.ENDED, there.session(id).state());
            assertNothingHeld(pair);
        }
    }

    @Test
    void drain_and_goaway_ask_for_an_end() {
        EnginePair pair = EnginePair.create();
        long id = pair.openSession();
        assertTrue(pair.server().drain(id));
        pair.drive();
        assertTrue(pair.client().session(id).isDraining());
        pair.client().goAway();
        pair.drive();
        assertTrue(pair.server().session(id).isDraining());
        assertEquals(-1, pair.client().connect("/"));
    }

    @Test
    void several_sessions_live_where_the_draft_allows() {
        Http3Config draft02 =
                Http3Config.builder().drafts(Set.of(WebTransportDraft.DRAFT_02)).build();
        EnginePair pair = EnginePair.builder()
                .http3(Perspective.CLIENT, draft02)
                .http3(Perspective.SERVER, draft02)
                .build();
        assertEquals(0, pair.openSession());
        assertEquals(4, pair.openSession());
        assertEquals(8, pair.openSession());
    }

    // ---- streams

    @Test
    void a_stream_carries_bytes_both_ways() {
        EnginePair pair = EnginePair.create();
        EngineStream mine = open(pair, StreamType.BIDIRECTIONAL);
        assertEquals(5, mine.write(ByteBuffer.wrap(HELLO)));
        assertNull(pair.server().stream(mine.id()), "nothing has moved");
        pair.drive();
        EngineStream theirs = pair.server().stream(mine.id());
        assertFalse(theirs.isOpened());
        assertArrayEquals(new byte[] {'h', 'e'}, theirs.read(2));
        assertArrayEquals(new byte[] {'l', 'l', 'o'}, theirs.read(100));
        assertEquals(0, theirs.read(100).length);
        assertNull(theirs.receiveEnd());
        theirs.write(ByteBuffer.wrap(HELLO));
        theirs.finish();
        mine.finish();
        pair.drive();
        assertArrayEquals(HELLO, mine.read(100));
        mine.read(1);
        theirs.read(1);
        assertEquals(StreamEnd.FIN, mine.receiveEnd());
        assertEquals(StreamEnd.FIN, theirs.receiveEnd());
        assertTrue(mine.isOver());
        assertTrue(theirs.isOver());
        assertThrows(IllegalStateException.class, () -> mine.write(ByteBuffer.wrap(HELLO)));
    }

    @Test
    void a_stream_that_nothing_is_written_to_is_not_shown_to_the_peer() {
        EnginePair pair = EnginePair.create();
        EngineStream mine = open(pair, StreamType.UNIDIRECTIONAL);
        pair.drive();
        assertNull(pair.server().stream(mine.id()));
        mine.finish();
        pair.drive();
        assertEquals(0, pair.server().stream(mine.id()).read(1).length);
        assertEquals(StreamEnd.FIN, pair.server().stream(mine.id()).receiveEnd());
    }

    @Test
    void fin_waits_behind_bytes_that_have_no_credit() {
        EnginePair pair = EnginePair.builder()
                .quic(
                        Perspective.SERVER,
                        QuicConfig.builder().maxStreamData(1_000).build())
                .build();
        EngineStream mine = open(pair, StreamType.UNIDIRECTIONAL);
        assertEquals(5_000, mine.write(ByteBuffer.allocate(5_000)));
        mine.finish();
        pair.drive();
        assertNull(mine.sendEnd());
        EngineStream theirs = pair.server().stream(mine.id());
        int count = 0;
        while (theirs.receiveEnd() == null) {
            count += theirs.read(100).length;
            pair.drive();
        }
        assertEquals(5_000, count);
        assertEquals(StreamEnd.FIN, mine.sendEnd());
    }

    @Test
    void a_write_takes_what_the_send_buffer_takes() {
        EnginePair pair = EnginePair.builder()
                .quic(
                        Perspective.CLIENT,
                        QuicConfig.builder().sendBufferSize(1_024).build())
                .build();
        EngineStream mine = open(pair, StreamType.UNIDIRECTIONAL);
        int preamble = 3;
        assertEquals(1_024 - preamble, mine.write(ByteBuffer.allocate(5_000)));
        assertEquals(0, mine.write(ByteBuffer.allocate(5_000)));
        pair.drive();
        assertEquals(1_024, mine.write(ByteBuffer.allocate(5_000)));
    }

    @Test
    void a_reset_and_a_stop_tell_their_code() {
        EnginePair pair = EnginePair.create();
        EngineStream mine = open(pair, StreamType.BIDIRECTIONAL);
        mine.write(ByteBuffer.wrap(HELLO));
        pair.drive();
        EngineStream theirs = pair.server().stream(mine.id());
        mine.reset(0xffff_ffffL);
        mine.stopSending(30);
        pair.drive();
        assertEquals(StreamEnd.stopped(30), theirs.sendEnd());
        assertNull(theirs.receiveEnd(), "an end of the peer is noticed by reading");
        assertArrayEquals(HELLO, theirs.read(100), "what came along with the preamble was read before the reset");
        theirs.read(100);
        assertEquals(StreamEnd.reset(0xffff_ffffL), theirs.receiveEnd());
        assertEquals("RESET(4294967295)", theirs.receiveEnd().toString());
    }

    @Test
    void the_end_of_a_session_cuts_its_streams() {
        EnginePair pair = EnginePair.create();
        EngineStream mine = open(pair, StreamType.BIDIRECTIONAL);
        mine.write(ByteBuffer.wrap(HELLO));
        pair.drive();
        EngineStream theirs = pair.server().stream(mine.id());
        pair.client().close(mine.sessionId(), CloseInfo.NORMAL);
        assertEquals(StreamEnd.CUT, mine.sendEnd());
        assertEquals(StreamEnd.CUT, mine.receiveEnd());
        pair.drive();
        assertEquals(StreamEnd.CUT, theirs.sendEnd());
        assertEquals(StreamEnd.CUT, theirs.receiveEnd());
        assertEquals(0, theirs.read(100).length);
        assertNothingHeld(pair);
    }

    @Test
    void a_stream_before_the_answer_waits_for_it_or_is_refused() {
        EnginePair pair = EnginePair.builder()
                .http3(
                        Perspective.SERVER,
                        Http3Config.builder().maxEarlyStreams(1).build())
                .build();
        pair.drive();
        long id = pair.client().connect("/");
        EngineStream first = pair.client().openStream(id, StreamType.UNIDIRECTIONAL);
        EngineStream second = pair.client().openStream(id, StreamType.UNIDIRECTIONAL);
        first.write(ByteBuffer.wrap(HELLO));
        second.write(ByteBuffer.wrap(HELLO));
        pair.drive();
        assertEquals(StreamEnd.REFUSED, second.sendEnd());
        assertNull(first.sendEnd());
        pair.server().accept(id);
        assertArrayEquals(HELLO, pair.server().stream(first.id()).read(100));
        assertNull(pair.server().stream(second.id()));
    }

    @Test
    void a_stream_needs_credit() {
        EnginePair pair = EnginePair.builder()
                .quic(
                        Perspective.SERVER,
                        QuicConfig.builder().maxIncomingBidirectionalStreams(2).build())
                .build();
        EngineStream only = open(pair, StreamType.BIDIRECTIONAL);
        assertNull(pair.client().openStream(only.sessionId(), StreamType.BIDIRECTIONAL));
        only.reset(0);
        only.stopSending(0);
        pair.drive();
        assertNotNull(pair.client().openStream(only.sessionId(), StreamType.BIDIRECTIONAL));
    }

    @Test
    void a_half_that_does_not_exist_takes_no_command() {
        EnginePair pair = EnginePair.create();
        EngineStream mine = open(pair, StreamType.UNIDIRECTIONAL);
        assertThrows(IllegalStateException.class, () -> mine.read(1));
        assertThrows(IllegalStateException.class, () -> mine.stopSending(0));
        mine.finish();
        pair.drive();
        EngineStream theirs = pair.server().stream(mine.id());
        assertThrows(IllegalStateException.class, () -> theirs.write(ByteBuffer.wrap(HELLO)));
        assertThrows(IllegalStateException.class, () -> theirs.reset(0));
        assertThrows(IllegalStateException.class, theirs::finish);
    }

    // ---- datagrams

    @Test
    void datagrams_reach_their_session() {
        EnginePair pair = EnginePair.create();
        long id = pair.openSession();
        assertEquals(DatagramStatus.SENT, pair.client().sendDatagram(id, ByteBuffer.wrap(HELLO)));
        assertEquals(DatagramStatus.TOO_LARGE, pair.client().sendDatagram(id, ByteBuffer.allocate(1_200)));
        pair.drive();
        assertEquals(ByteBuffer.wrap(HELLO), pair.server().receiveDatagram(id));
        assertNull(pair.server().receiveDatagram(id));
    }

    @Test
    void a_lost_datagram_is_lost() {
        EnginePair pair = EnginePair.builder()
                .fault(Fault.dropDatagram(Direction.CLIENT_TO_SERVER, 1))
                .build();
        long id = pair.openSession();
        pair.client().sendDatagram(id, ByteBuffer.wrap(new byte[] {1}));
        pair.client().sendDatagram(id, ByteBuffer.wrap(new byte[] {2}));
        pair.drive();
        assertEquals(ByteBuffer.wrap(new byte[] {2}), pair.server().receiveDatagram(id));
    }

    // ---- the connection and time

    @Test
    void the_end_of_the_connection_is_the_end_of_everything_on_it() {
        EnginePair pair = EnginePair.create();
        EngineStream mine = open(pair, StreamType.BIDIRECTIONAL);
        pair.server().closeConnection("enough");
        pair.drive();
        QuicCloseReason.Application told = assertInstanceOf(
                QuicCloseReason.Application.class, pair.client().closeReason());
        assertEquals(Http3ErrorCode.H3_NO_ERROR, told.getErrorCode());
        assertEquals("enough", told.getReason());
        EngineSession session = pair.client().session(mine.sessionId());
        assertEquals(EngineSession.State.LOST, session.state());
        assertEquals(told, session.lost());
        assertNull(session.closed());
        assertEquals(StreamEnd.CUT, mine.sendEnd());
        assertEquals(StreamEnd.CUT, mine.receiveEnd());
        assertTrue(pair.isOver());
        assertEquals(Long.MAX_VALUE, pair.pollTimeoutNanos());
        assertFalse(pair.step());
    }

    @Test
    void an_end_whose_peer_dies_learns_of_it_by_its_idle_timeout() {
        EnginePair pair = EnginePair.builder()
                .quic(
                        Perspective.CLIENT,
                        QuicConfig.builder()
                                .idleTimeout(Duration.ofSeconds(7))
                                .keepAliveInterval(null)
                                .build())
                .build();
        long id = pair.openSession();
        pair.network().kill(Perspective.SERVER);
        assertEquals(EngineSession.State.LOST, pair.server().session(id).state());
        pair.advance(Duration.ofMillis(6_999));
        assertNull(pair.client().closeReason());
        pair.advance(Duration.ofMillis(1));
        assertInstanceOf(QuicCloseReason.TimedOut.class, pair.client().closeReason());
    }

    @Test
    void a_close_that_is_not_answered_ends_by_its_timeout() {
        EnginePair pair = EnginePair.create();
        long id = pair.openSession();
        pair.network().cut();
        pair.client().close(id, CloseInfo.of(1, "nobody hears it"));
        pair.advance(Duration.ofMillis(999));
        assertEquals(EngineSession.State.CLOSED, pair.client().session(id).state());
        pair.advance(Duration.ofMillis(1));
        assertEquals(EngineSession.State.ENDED, pair.client().session(id).state());
        assertEquals(Duration.ofSeconds(1).toNanos(), pair.client().session(id).closingNanos());
        pair.network().heal();
        pair.drive();
        assertEquals(
                CloseInfo.of(1, "nobody hears it"),
                pair.server().session(id).closed().info());
    }

    @Test
    void a_network_that_is_busy_when_a_keep_alive_is_due_sends_one_later() {
        List<Long> pings = new ArrayList<>();
        EnginePair pair = EnginePair.builder()
                .listener((direction, frame, nowNanos) -> {
                    if (direction == Direction.CLIENT_TO_SERVER && frame instanceof QuicFrame.Ping) {
                        pings.add(Duration.ofNanos(nowNanos).getSeconds());
                    }
                })
                .build();
        EngineStream mine = open(pair, StreamType.UNIDIRECTIONAL);
        pair.network()
                .setConditions(
                        Direction.CLIENT_TO_SERVER,
                        NetworkConditions.builder().bandwidth(50).build());
        mine.write(ByteBuffer.allocate(1_000));
        pair.drive();
        // The server says something, so that the client has no reason to be content with what it sent.
        pair.server().drain(mine.sessionId());
        pair.advance(Duration.ofSeconds(25));
        assertEquals(1, pings.size(), pings::toString);
        assertTrue(pings.get(0) >= 20, pings::toString);
        assertNull(pair.client().closeReason());
    }

    @Test
    void time_passes_from_timer_to_timer_and_stands_where_it_was_told_to() {
        EnginePair pair = EnginePair.builder()
                .conditions(NetworkConditions.builder()
                        .latency(Duration.ofNanos(1_500))
                        .build())
                .build();
        assertEquals(1_500, pair.pollTimeoutNanos() == Long.MAX_VALUE ? -1 : firstArrival(pair));
        pair.advance(Duration.ofNanos(10_000));
        assertEquals(10_000, pair.nowNanos());
        long id = pair.client().connect("/");
        assertTrue(pair.advanceUntil(() -> pair.server().session(id) != null, Duration.ofSeconds(1)));
        assertEquals(11_500, pair.nowNanos());
        assertFalse(pair.advanceUntil(() -> false, Duration.ofNanos(5)));
        assertEquals(11_505, pair.nowNanos());
    }

    private static long firstArrival(EnginePair pair) {
        pair.drive();
        return pair.pollTimeoutNanos();
    }

    @Test
    void the_same_seed_and_the_same_commands_give_the_same_frames() {
        assertEquals(frames(11), frames(11));
        assertFalse(frames(11).equals(frames(12)), "chance has no part in it");
    }

    private static List<String> frames(long seed) {
        List<String> frames = new ArrayList<>();
        EnginePair pair = EnginePair.builder()
                .seed(seed)
                .conditions(NetworkConditions.builder()
                        .latency(Duration.ofMillis(10))
                        .jitter(Duration.ofMillis(30))
                        .build())
                .listener((direction, frame, nowNanos) -> frames.add(nowNanos + " " + direction + " " + frame))
                .build();
        EngineStream mine = open(pair, StreamType.BIDIRECTIONAL);
        mine.write(ByteBuffer.allocate(20_000));
        pair.advance(Duration.ofSeconds(1));
        return frames;
    }

    @Test
    void what_is_left_at_an_end_is_named() {
        EnginePair pair = EnginePair.create();
        EngineStream mine = open(pair, StreamType.UNIDIRECTIONAL);
        mine.write(ByteBuffer.wrap(HELLO));
        pair.client().sendDatagram(mine.sessionId(), ByteBuffer.wrap(HELLO));
        pair.drive();
        String left = String.join("\n", pair.server().leftovers());
        assertTrue(left.contains("stream 6 of session 0, read by APPLICATION"), left);
        assertTrue(left.contains("session 0, OPEN: 1 datagrams unread"), left);
        assertTrue(left.contains("the engine holds"), left);
    }

    @Test
    void what_never_comes_to_rest_is_told() {
        EnginePair[] holder = new EnginePair[1];
        EnginePair pair = EnginePair.builder()
                .listener((direction, frame, nowNanos) -> {
                    if (holder[0] != null && !(frame instanceof QuicFrame.Ack)) {
                        holder[0].client().engine().keepAlive();
                    }
                })
                .build();
        holder[0] = pair;
        IllegalStateException endless = assertThrows(IllegalStateException.class, pair::drive);
        assertTrue(endless.getMessage().contains("still moves"), endless.getMessage());
    }

    private static EngineStream open(EnginePair pair, StreamType type) {
        EngineStream stream = pair.client().openStream(pair.openSession(), type);
        assertNotNull(stream);
        return stream;
    }

    private static void assertNothingHeld(EnginePair pair) {
        assertEquals(List.of(), pair.client().leftovers());
        assertEquals(List.of(), pair.server().leftovers());
    }
}
