package dev.webtransport.async;

import static dev.webtransport.async.Outcome.failureOf;
import static dev.webtransport.async.Outcome.of;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.QuicConfig;
import dev.webtransport.config.SessionOptions;
import dev.webtransport.error.ConnectionLostException;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.SessionRejectedException;
import dev.webtransport.session.ConnectionEnd;
import dev.webtransport.session.SessionEvent;
import dev.webtransport.session.ShutdownReport;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The life and the end of sessions and connections, in memory and on real threads. */
@DisplayName("sessions and connections in the Java API")
final class SessionAsyncTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private Peers peers;

    @BeforeEach
    void open() throws Exception {
        peers = new LoopbackAsyncTest().peers(QuicConfig.defaults());
    }

    @AfterEach
    void close() throws Exception {
        peers.close();
    }

    private static List<String> names(AsyncEvents events) throws Exception {
        List<String> names = new ArrayList<>();
        for (Optional<SessionEvent> next = of(events.next()); next.isPresent(); next = of(events.next())) {
            names.add(next.get().toString());
        }
        return names;
    }

    @Test
    void events_are_read_one_by_one_and_end_behind_the_close() throws Exception {
        Peers.Pair pair = peers.sessions();
        AsyncEvents live = pair.client().events();
        assertEquals(Optional.of("Ready"), of(live.next()).map(Object::toString));
        CompletableFuture<Optional<SessionEvent>> first = live.next();
        CompletableFuture<Optional<SessionEvent>> second = live.next();
        assertFalse(first.isDone());
        AsyncSendStream stream = of(pair.client().createUnidirectionalStream());
        of(stream.finish());
        String opened = "StreamOpened(" + stream.id() + ", UNIDIRECTIONAL, by LOCAL)";
        String ended = "StreamEnded(" + stream.id() + ")";
        assertEquals(opened, of(first).orElseThrow().toString());
        assertEquals(ended, of(second).orElseThrow().toString());
        of(pair.client().close(CloseInfo.of(3, "done")));
        assertTrue(pair.client().isClosed());
        String closed = "Closed(code 3 \"done\", by LOCAL)";
        assertEquals(List.of(closed), names(live));
        assertEquals(Optional.empty(), of(live.next()));
        assertEquals(
                List.of("Ready", opened, ended, closed), names(pair.client().events()));
    }

    @Test
    void who_gives_up_waiting_for_an_event_takes_none() throws Exception {
        Peers.Pair pair = peers.sessions();
        AsyncEvents events = pair.client().events();
        of(events.next());
        CompletableFuture<Optional<SessionEvent>> givenUp = events.next();
        assertTrue(givenUp.cancel(false));
        of(pair.client().close());
        assertEquals(List.of("Closed(code 0, by LOCAL)"), names(events));
    }

    @Test
    void a_reader_of_events_that_is_closed_ends_those_who_wait() throws Exception {
        Peers.Pair pair = peers.sessions();
        AsyncEvents events = pair.client().events();
        of(events.next());
        CompletableFuture<Optional<SessionEvent>> waiting = events.next();
        events.close();
        assertEquals(Optional.empty(), of(waiting));
        assertEquals(Optional.empty(), of(events.next()));
        events.close();
        AsyncEvents unread = pair.client().events();
        unread.close();
        assertEquals(Optional.empty(), of(unread.next()));
    }

    @Test
    void a_graceful_close_waits_for_the_reader() throws Exception {
        Peers.Pair pair = peers.sessions();
        AsyncSendStream stream = of(pair.client().createUnidirectionalStream());
        of(stream.write(new byte[100_000]));
        of(stream.finish());
        CompletableFuture<Boolean> closing = pair.client().closeGracefully(LONG, CloseInfo.of(5, "all said"));
        // The hint says that the close has begun: a call of a future only asks for that.
        of(pair.server().draining());
        failureOf(IllegalStateException.class, pair.client().createUnidirectionalStream());
        AsyncReceiveStream arrived =
                of(pair.server().acceptUnidirectionalStream()).orElseThrow();
        assertFalse(closing.isDone());
        assertEquals(100_000, of(arrived.readAll(100_000)).length);
        assertTrue(of(closing));
        assertEquals(CloseInfo.of(5, "all said"), of(pair.server().closed()));
        Peers.Pair unread = peers.sessions();
        of(of(unread.client().createUnidirectionalStream()).finish());
        assertFalse(of(unread.client().closeGracefully(Duration.ofMillis(50))));
        assertEquals(CloseInfo.NORMAL, of(unread.server().closed()));
        failureOf(IllegalArgumentException.class, unread.client().closeGracefully(Duration.ofMillis(-1)));
    }

    @Test
    void a_session_and_its_request_tell_what_was_asked_for() throws Exception {
        SessionOptions options = SessionOptions.builder()
                .protocols(List.of("b", "a"))
                .origin("https://127.0.0.1")
                .build();
        CompletableFuture<AsyncSession> opening = peers.client.connect(peers.url("/room?x=1"), options);
        AsyncSessionRequest request = of(peers.server.acceptRequest()).orElseThrow();
        assertEquals("/room", request.pathWithoutQuery());
        assertEquals(Optional.of("x=1"), request.query());
        AsyncSession accepted = of(request.accept("a"));
        AsyncSession opened = of(opening);
        for (AsyncSession session : List.of(accepted, opened)) {
            assertEquals("/room", session.pathWithoutQuery());
            assertEquals(Optional.of("x=1"), session.query());
            assertEquals(Optional.of("https://127.0.0.1"), session.origin());
            assertEquals(List.of("b", "a"), session.offeredProtocols());
        }
        assertEquals(opened.localAddress(), accepted.remoteAddress());
        assertEquals(opened.remoteAddress(), accepted.localAddress());
        assertEquals(request.localAddress(), accepted.localAddress());
        assertEquals(request.connection(), accepted.connection());
        assertNotEquals(opened.connection().id(), accepted.connection().id());
        assertEquals(64, opened.connection().http3Config().eventsKept());
        assertEquals(
                QuicConfig.defaults().idleTimeout(),
                opened.connection().quicConfig().idleTimeout());
    }

    @Test
    void a_connection_is_closed_with_a_code_and_tells_how_it_ended() throws Exception {
        Peers.Pair pair = peers.sessions();
        failureOf(IllegalArgumentException.class, pair.client().connection().close(-1, ""));
        of(pair.client().connection().close(Http3ErrorCode.H3_INTERNAL_ERROR, "it broke"));
        ConnectionEnd end = of(pair.server().connection().closed());
        assertEquals(ConnectionEnd.Kind.CLOSED, end.getKind());
        assertEquals(Http3ErrorCode.H3_INTERNAL_ERROR, end.getCode());
        assertEquals("it broke", end.getReason());
        assertTrue(pair.server().connection().isClosed());
        ConnectionLostException lost =
                failureOf(ConnectionLostException.class, pair.server().closed());
        assertEquals(Http3ErrorCode.H3_INTERNAL_ERROR, lost.wireCode());
    }

    @Test
    void a_shutdown_tells_what_it_cut_off() throws Exception {
        Peers.Pair pair = peers.sessions();
        failureOf(IllegalArgumentException.class, peers.client.shutdown(Duration.ofMillis(-1)));
        ShutdownReport report = of(peers.client.shutdown(Duration.ofMillis(50)));
        assertEquals(pair.client().id(), report.getCutOff().get(0).getSessionId());
        assertFalse(report.isClean());
        assertTrue(of(peers.server.shutdown(LONG)).isClean());
        failureOf(IllegalStateException.class, peers.client.connect(peers.url("/")));
    }

    @Test
    void a_shutdown_of_a_connection_waits_for_its_session() throws Exception {
        Peers.Pair pair = peers.sessions();
        CompletableFuture<ShutdownReport> stopping = pair.client().connection().shutdown(LONG);
        of(pair.server().draining());
        assertFalse(stopping.isDone());
        of(pair.server().close());
        assertTrue(of(stopping).isClean());
    }

    @Test
    void a_rejection_has_content() throws Exception {
        CompletableFuture<AsyncSession> opening = peers.client.connect(peers.url("/"));
        byte[] page = "no such room".getBytes(StandardCharsets.US_ASCII);
        of(of(peers.server.acceptRequest())
                .orElseThrow()
                .reject(404, Headers.of(Map.of("content-type", "text/plain")), page));
        SessionRejectedException rejected = failureOf(SessionRejectedException.class, opening);
        assertEquals(404, rejected.status());
        assertArrayEquals(page, rejected.body());
    }
}
