package dev.webtransport.async;

import static dev.webtransport.async.Outcome.failureOf;
import static dev.webtransport.async.Outcome.of;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.async.Peers.Pair;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.config.SessionOptions;
import dev.webtransport.config.StreamOptions;
import dev.webtransport.error.SessionClosedException;
import dev.webtransport.error.SessionRejectedException;
import dev.webtransport.error.StreamLimitException;
import dev.webtransport.error.StreamResetException;
import dev.webtransport.error.StreamStoppedException;
import dev.webtransport.error.TransportUnavailableException;
import dev.webtransport.server.RejectSessionException;
import dev.webtransport.server.SessionInterceptors;
import dev.webtransport.session.ConnectionState;
import dev.webtransport.session.SessionState;
import dev.webtransport.session.ShutdownReport;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.DatagramStatus;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Initiator;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.SendGroup;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the Java API promises, whatever the transport. */
abstract class AsyncContract {
    /** More than any buffer between two ends holds when {@link #narrow()} sets them up. */
    private static final int MUCH = 1 << 20;

    private Peers peers;

    /** Whether the engine tells the code of the peer's STOP_SENDING. */
    abstract boolean tellsStopCodes() throws Exception;

    /** A client and a server with these settings of QUIC. */
    abstract Peers peers(QuicConfig quic) throws Exception;

    private Peers peers() throws Exception {
        peers = peers(QuicConfig.defaults());
        return peers;
    }

    private Peers narrow() throws Exception {
        peers = peers(QuicConfig.builder()
                .maxData(64 << 10)
                .maxStreamData(32 << 10)
                .receiveBufferSize(4096)
                .sendBufferSize(8192)
                .build());
        return peers;
    }

    @AfterEach
    void closePeers() throws Exception {
        if (peers != null) {
            peers.close();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Echoes one stream: what a handler of an application looks like. */
    private static CompletableFuture<Void> echo(AsyncBidirectionalStream stream) {
        return stream.receive()
                .readAll(1000)
                .thenCompose(data -> stream.send().write(data))
                .thenCompose(written -> stream.send().finish());
    }

    @Test
    void a_handler_echoes_a_bidirectional_stream() throws Exception {
        Peers peers = peers();
        CompletableFuture<Void> serving = peers.server.serve(request -> request.accept()
                .thenCompose(AsyncSession::acceptBidirectionalStream)
                .thenCompose(stream -> echo(stream.orElseThrow())));
        AsyncSession session = of(peers.client.connect(peers.url("/echo")));
        AsyncBidirectionalStream stream = of(session.createBidirectionalStream());
        of(stream.send().write(bytes("hello")));
        of(stream.send().finish());
        assertEquals("hello", text(of(stream.receive().readAll(100))));
        assertEquals("/echo", session.path());
        assertEquals(Perspective.CLIENT, session.perspective());
        of(peers.server.close());
        of(serving);
    }

    @Test
    void a_unidirectional_stream_of_either_end_arrives_at_the_other() throws Exception {
        Pair pair = peers().sessions();
        for (AsyncSession from : List.of(pair.client(), pair.server())) {
            AsyncSession to = from == pair.client() ? pair.server() : pair.client();
            AsyncSendStream sending = of(from.createUnidirectionalStream());
            of(sending.write(ByteBuffer.wrap(bytes("one way"))));
            of(sending.finish());
            AsyncReceiveStream receiving = of(to.acceptUnidirectionalStream()).orElseThrow();
            assertEquals(sending.id(), receiving.id());
            assertSame(to, receiving.session());
            assertEquals("one way", text(of(receiving.readAll(100))));
            assertEquals(-1, of(receiving.read(ByteBuffer.allocate(1))));
            assertEquals(-1, of(receiving.read(ByteBuffer.allocate(1))));
        }
    }

    @Test
    void datagrams_go_both_ways_and_too_large_ones_are_refused() throws Exception {
        Pair pair = peers().sessions();
        assertEquals(DatagramStatus.SENT, pair.client().sendDatagram(bytes("up")));
        assertEquals("up", text(of(pair.server().receiveDatagram()).orElseThrow()));
        assertEquals(DatagramStatus.SENT, pair.server().sendDatagram(ByteBuffer.allocate(0)));
        assertEquals(0, of(pair.client().receiveDatagram()).orElseThrow().length);
        int max = pair.client().maxDatagramSize();
        assertTrue(max > 1000, "datagrams of more than 1000 bytes fit: " + max);
        assertEquals(DatagramStatus.TOO_LARGE, pair.client().sendDatagram(new byte[max + 1]));
        assertEquals(DatagramStatus.SENT, of(pair.client().sendDatagramWhenRoom(ByteBuffer.wrap(bytes("later")))));
        assertEquals("later", text(of(pair.server().receiveDatagram()).orElseThrow()));
        assertEquals(2, pair.client().datagramStatistics().sent());
        assertEquals(1, pair.client().datagramStatistics().tooLargeOutgoing());
        assertEquals(2, pair.server().datagramStatistics().received());
    }

    @Test
    void a_stream_has_an_order_and_a_group_of_its_own_session() throws Exception {
        Pair pair = peers().sessions();
        SendGroup group = pair.client().createSendGroup();
        AsyncSendStream stream = of(pair.client()
                .createUnidirectionalStream(
                        StreamOptions.defaults().sendOrder(5).sendGroup(group)));
        assertEquals(5, stream.sendOrder());
        assertEquals(Optional.of(group), stream.sendGroup());
        stream.setSendOrder(-1);
        stream.setSendGroup(null);
        assertEquals(-1, stream.sendOrder());
        assertEquals(Optional.empty(), stream.sendGroup());
        SendGroup foreign = pair.server().createSendGroup();
        assertThrows(IllegalArgumentException.class, () -> stream.setSendGroup(foreign));
        of(stream.finish());
        of(of(pair.server().acceptUnidirectionalStream()).orElseThrow().readAll(1));
    }

    @Test
    void a_reset_fails_the_peers_read_with_its_code() throws Exception {
        Pair pair = peers().sessions();
        AsyncBidirectionalStream stream = of(pair.client().createBidirectionalStream());
        of(stream.send().write(new byte[1]));
        AsyncBidirectionalStream accepted =
                of(pair.server().acceptBidirectionalStream()).orElseThrow();
        assertEquals(1, of(accepted.receive().read(ByteBuffer.allocate(1))));
        CompletableFuture<Integer> reading = accepted.receive().read(ByteBuffer.allocate(1));
        stream.send().reset(0xffff_ffffL);
        StreamResetException failure = failureOf(StreamResetException.class, reading);
        assertEquals(OptionalLong.of(0xffff_ffffL), failure.errorCode());
        failureOf(StreamResetException.class, accepted.receive().readAll(10));
        assertThrows(IllegalArgumentException.class, () -> accepted.send().reset(1L << 32));
    }

    @Test
    void stop_sending_is_told_to_who_waits_for_it_and_to_the_writer() throws Exception {
        Pair pair = peers().sessions();
        AsyncSendStream sending = of(pair.client().createUnidirectionalStream());
        of(sending.write(new byte[1]));
        CompletableFuture<OptionalLong> stopped = sending.stopped();
        of(pair.server().acceptUnidirectionalStream()).orElseThrow().stopSending(11);
        assertEquals(tellsStopCodes() ? OptionalLong.of(11) : OptionalLong.empty(), of(stopped));
        failureOf(StreamStoppedException.class, sending.write(new byte[1]));
    }

    @Test
    void code_and_reason_of_a_close_are_told_to_every_waiter_of_both_ends() throws Exception {
        Pair pair = peers().sessions();
        CompletableFuture<CloseInfo> first = pair.server().closed();
        CompletableFuture<Optional<byte[]>> waiting = pair.server().receiveDatagram();
        CloseInfo info = CloseInfo.of(4711, "enough");
        of(pair.client().close(info));
        assertEquals(info, of(first));
        assertEquals(info, of(pair.server().closed()));
        assertEquals(info, of(pair.client().closed()));
        assertEquals(info, failureOf(SessionClosedException.class, waiting).closeInfo());
        SessionClosedException atServer =
                failureOf(SessionClosedException.class, pair.server().createBidirectionalStream());
        assertEquals(Initiator.REMOTE, atServer.initiator());
        assertNotSame(
                atServer, failureOf(SessionClosedException.class, pair.server().createBidirectionalStream()));
        assertThrows(SessionClosedException.class, () -> pair.client().sendDatagram(new byte[1]));
        assertEquals(SessionState.CLOSED, pair.client().state());
        assertEquals(Optional.empty(), of(pair.client().acceptBidirectionalStream()));
    }

    @Test
    void a_close_with_code_0_completes_what_waits_for_arrivals() throws Exception {
        Pair pair = peers().sessions();
        CompletableFuture<Optional<AsyncBidirectionalStream>> first =
                pair.server().acceptBidirectionalStream();
        CompletableFuture<Optional<AsyncBidirectionalStream>> second =
                pair.server().acceptBidirectionalStream();
        CompletableFuture<Optional<byte[]>> datagram = pair.server().receiveDatagram();
        of(pair.client().close());
        assertEquals(Optional.empty(), of(first));
        assertEquals(Optional.empty(), of(second));
        assertEquals(Optional.empty(), of(datagram));
        assertEquals(Optional.empty(), of(pair.server().acceptUnidirectionalStream()));
        assertEquals(CloseInfo.NORMAL, of(pair.server().closed()));
    }

    @Test
    void a_rejected_request_fails_the_client_with_status_and_headers() throws Exception {
        Peers peers = peers();
        CompletableFuture<AsyncSession> connecting = peers.client.connect(peers.url("/secret"));
        AsyncSessionRequest request = of(peers.server.acceptRequest()).orElseThrow();
        assertEquals("/secret", request.path());
        assertEquals(Optional.empty(), request.origin());
        of(request.reject(401, Headers.of(Map.of("www-authenticate", "Bearer"))));
        SessionRejectedException rejected = failureOf(SessionRejectedException.class, connecting);
        assertEquals(401, rejected.status());
        assertEquals(Optional.of("Bearer"), rejected.headers().first("www-authenticate"));
        failureOf(IllegalStateException.class, request.accept());
        failureOf(IllegalArgumentException.class, request.reject(200));
    }

    @Test
    void what_a_handler_leaves_unanswered_or_fails_at_is_rejected_for_it() throws Exception {
        Peers peers = peers();
        peers.server.serve(request -> {
            CompletionStage<Void> missing = null;
            return switch (request.path()) {
                case "/nothing" -> CompletableFuture.completedFuture(null);
                case "/throws" -> throw new IllegalStateException("a handler that throws, for the test");
                case "/fails" ->
                    CompletableFuture.failedFuture(new ArithmeticException("a stage that fails, for the test"));
                default -> missing;
            };
        });
        Map<String, Integer> expected = Map.of("/nothing", 405, "/throws", 500, "/fails", 500, "/null", 500);
        for (Map.Entry<String, Integer> each : expected.entrySet()) {
            CompletableFuture<AsyncSession> connecting = peers.client.connect(peers.url(each.getKey()));
            assertEquals(
                    each.getValue(),
                    failureOf(SessionRejectedException.class, connecting).status(),
                    each.getKey());
        }
    }

    @Test
    void cancelling_what_serves_cancels_the_handlers_stage_and_leaves_the_server_listening() throws Exception {
        Peers peers = peers();
        CompletableFuture<AsyncSessionRequest> seen = new CompletableFuture<>();
        CompletableFuture<Void> stage = new CompletableFuture<>();
        CompletableFuture<Void> serving = peers.server.serve(request -> {
            seen.complete(request);
            return stage;
        });
        CompletableFuture<AsyncSession> connecting = peers.client.connect(peers.url("/"));
        of(seen);
        assertTrue(serving.cancel(false));
        assertEquals(503, failureOf(SessionRejectedException.class, connecting).status());
        assertTrue(stage.isCancelled());
        peers.sessions();
    }

    @Test
    void subprotocol_and_headers_are_seen_by_both_ends() throws Exception {
        Peers peers = peers();
        CompletableFuture<AsyncSession> connecting = peers.client.connect(
                peers.url("/chat?room=1"),
                SessionOptions.builder()
                        .protocols(List.of("chat-2", "chat-1"))
                        .headers(Headers.of(Map.of("authorization", "Bearer abc")))
                        .build());
        AsyncSessionRequest request = of(peers.server.acceptRequest()).orElseThrow();
        assertEquals(List.of("chat-2", "chat-1"), request.offeredProtocols());
        assertEquals(Optional.of("Bearer abc"), request.headers().first("authorization"));
        failureOf(IllegalArgumentException.class, request.accept("other"));
        AsyncSession server = of(request.accept("chat-1", Headers.of(Map.of("x-room", "1"))));
        AsyncSession client = of(connecting);
        assertEquals(Optional.of("chat-1"), client.protocol());
        assertEquals(Optional.of("chat-1"), server.protocol());
        assertEquals(Optional.of("1"), client.responseHeaders().first("x-room"));
        assertEquals("/chat?room=1", server.path());
        assertEquals(request.draft(), client.connection().draft().orElseThrow());
    }

    @Test
    void a_cancelled_accept_takes_no_stream_no_request_and_no_datagram() throws Exception {
        Peers peers = peers();
        assertTrue(peers.server.acceptRequest().cancel(false));
        Pair pair = peers.sessions();
        CompletableFuture<Optional<AsyncBidirectionalStream>> accepting =
                pair.server().acceptBidirectionalStream();
        CompletableFuture<Optional<byte[]>> receiving = pair.server().receiveDatagram();
        assertTrue(accepting.cancel(false));
        receiving.completeExceptionally(new TimeoutException("as orTimeout does"));
        AsyncBidirectionalStream stream = of(pair.client().createBidirectionalStream());
        of(stream.send().write(new byte[1]));
        assertEquals(
                stream.id(),
                of(pair.server().acceptBidirectionalStream()).orElseThrow().id());
        assertEquals(DatagramStatus.SENT, pair.client().sendDatagram(bytes("kept")));
        assertEquals("kept", text(of(pair.server().receiveDatagram()).orElseThrow()));
    }

    @Test
    void a_cancelled_read_loses_no_byte_and_leaves_its_buffer_alone() throws Exception {
        Pair pair = peers().sessions();
        AsyncBidirectionalStream stream = of(pair.client().createBidirectionalStream());
        of(stream.send().write(bytes("a")));
        AsyncReceiveStream receiving =
                of(pair.server().acceptBidirectionalStream()).orElseThrow().receive();
        assertEquals(1, of(receiving.read(ByteBuffer.allocate(10))));
        ByteBuffer given = ByteBuffer.allocate(10);
        CompletableFuture<Integer> cancelled = receiving.read(given);
        failureOf(IllegalStateException.class, receiving.read(ByteBuffer.allocate(10)));
        assertTrue(cancelled.cancel(false));
        of(stream.send().write(bytes("bcdef")));
        // What the cancelled read took is more than the next one has room for.
        StringBuilder all = new StringBuilder();
        while (all.length() < 5) {
            ByteBuffer small = ByteBuffer.allocate(2);
            int count = of(receiving.read(small));
            assertEquals(count, small.position());
            all.append(new String(small.array(), 0, count, StandardCharsets.UTF_8));
        }
        assertEquals("bcdef", all.toString());
        assertEquals(0, given.position());
        assertArrayEquals(new byte[10], given.array());
        of(stream.send().finish());
        assertEquals(0, of(receiving.readAll(10)).length);
    }

    @Test
    void reads_that_are_cancelled_at_any_moment_lose_and_repeat_nothing() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] data = new byte[MUCH / 4];
        random.nextBytes(data);
        Pair pair = narrow().sessions();
        AsyncSendStream sending = of(pair.client().createUnidirectionalStream());
        CompletableFuture<Void> finishing = sending.write(data).thenCompose(written -> sending.finish());
        AsyncReceiveStream receiving =
                of(pair.server().acceptUnidirectionalStream()).orElseThrow();
        ByteBuffer seen = ByteBuffer.allocate(data.length);
        boolean ended = false;
        while (!ended) {
            ByteBuffer dst = ByteBuffer.allocate(1 + random.nextInt(2000));
            CompletableFuture<Integer> reading = receiving.read(dst);
            if (random.nextBoolean() && reading.cancel(false)) {
                assertEquals(0, dst.position(), "seed " + seed);
                if (random.nextBoolean()) {
                    // Another call meanwhile, so that the bytes arrive when nobody waits for them.
                    of(pair.server().drain());
                }
            } else {
                ended = of(reading) < 0;
                seen.put(dst.array(), 0, dst.position());
            }
        }
        of(finishing);
        assertEquals(0, seen.remaining(), "seed " + seed);
        assertArrayEquals(data, seen.array(), "seed " + seed);
    }

    @Test
    void read_all_stops_at_its_limit_and_its_cancellation_leaves_the_stream_usable() throws Exception {
        Pair pair = peers().sessions();
        AsyncSendStream sending = of(pair.client().createUnidirectionalStream());
        of(sending.write(bytes("a")));
        AsyncReceiveStream receiving =
                of(pair.server().acceptUnidirectionalStream()).orElseThrow();
        assertEquals(1, of(receiving.read(ByteBuffer.allocate(1))));
        assertTrue(receiving.readAll(10).cancel(false));
        of(sending.write(bytes("0123456789")));
        of(sending.finish());
        failureOf(IllegalStateException.class, receiving.readAll(5));
        receiving.stopSending();
        failureOf(IllegalArgumentException.class, receiving.readAll(-1));
        failureOf(IllegalArgumentException.class, receiving.read(ByteBuffer.allocate(0)));
    }

    @Test
    void one_write_at_a_time_and_finish_comes_after_it() throws Exception {
        Pair pair = narrow().sessions();
        AsyncSendStream sending = of(pair.client().createUnidirectionalStream());
        CompletableFuture<Void> writing = sending.write(new byte[MUCH]);
        failureOf(IllegalStateException.class, sending.write(new byte[1]));
        CompletableFuture<Void> finishing = sending.finish();
        assertFalse(writing.isDone());
        AsyncReceiveStream receiving =
                of(pair.server().acceptUnidirectionalStream()).orElseThrow();
        assertEquals(MUCH, of(receiving.readAll(MUCH)).length);
        of(writing);
        of(finishing);
        of(sending.finish());
        failureOf(IllegalStateException.class, sending.write(new byte[1]));
    }

    @Test
    void after_a_cancelled_write_the_stream_can_only_be_reset_so_that_cut_data_never_looks_whole() throws Exception {
        Pair pair = narrow().sessions();
        AsyncSendStream sending = of(pair.client().createUnidirectionalStream());
        CompletableFuture<Void> writing = sending.write(new byte[MUCH]);
        CompletableFuture<Void> finishing = sending.finish();
        AsyncReceiveStream receiving =
                of(pair.server().acceptUnidirectionalStream()).orElseThrow();
        assertTrue(writing.cancel(false));
        failureOf(IllegalStateException.class, finishing);
        failureOf(IllegalStateException.class, sending.finish());
        failureOf(IllegalStateException.class, sending.write(new byte[1]));
        sending.reset(3);
        StreamResetException seen = failureOf(StreamResetException.class, receiving.readAll(MUCH));
        assertEquals(OptionalLong.of(3), seen.errorCode());
    }

    @Test
    void a_reset_fails_the_write_that_waits() throws Exception {
        Pair pair = narrow().sessions();
        AsyncSendStream sending = of(pair.client().createUnidirectionalStream());
        CompletableFuture<Void> writing = sending.write(new byte[MUCH]);
        of(pair.server().acceptUnidirectionalStream());
        sending.reset();
        failureOf(IllegalStateException.class, writing);
    }

    @Test
    void a_stream_beyond_the_credit_fails_at_once_for_who_does_not_wait() throws Exception {
        // HTTP/3's control stream is one of the four.
        peers = peers(QuicConfig.builder().maxIncomingUnidirectionalStreams(4).build());
        Pair pair = peers.sessions();
        AsyncSendStream first = of(pair.client().createUnidirectionalStream());
        for (int i = 1; i < 3; i++) {
            of(pair.client().createUnidirectionalStream());
        }
        StreamOptions options = StreamOptions.defaults().withoutWaiting();
        failureOf(StreamLimitException.class, pair.client().createUnidirectionalStream(options));
        CompletableFuture<AsyncSendStream> given = pair.client().createUnidirectionalStream();
        CompletableFuture<AsyncSendStream> waiting = pair.client().createUnidirectionalStream();
        assertTrue(given.cancel(false));
        of(first.finish());
        of(of(pair.server().acceptUnidirectionalStream()).orElseThrow().readAll(1));
        of(of(waiting).finish());
    }

    @Test
    void a_cancelled_connect_leaves_nothing_open() throws Exception {
        Peers peers = peers();
        CompletableFuture<AsyncSession> connecting = peers.client.connect(peers.url("/"));
        AsyncSessionRequest request = of(peers.server.acceptRequest()).orElseThrow();
        AsyncConnection connection = peers.server.connections().get(0);
        assertTrue(connecting.cancel(false));
        of(connection.closed());
        failureOf(TransportUnavailableException.class, request.accept());
        peers.sessions();
    }

    @Test
    void a_connection_carries_sessions_one_after_another_and_each_has_one_handle() throws Exception {
        Peers peers = peers();
        AsyncConnection connection = of(peers.client.openConnection(peers.url("/")));
        assertEquals(Perspective.CLIENT, connection.perspective());
        assertEquals(peers.server.port(), connection.remoteAddress().getPort());
        for (String path : List.of("/one", "/two")) {
            CompletableFuture<AsyncSession> creating = connection.createSession(path);
            AsyncSession server =
                    of(of(peers.server.acceptRequest()).orElseThrow().accept());
            AsyncSession client = of(creating);
            assertEquals(path, server.path());
            assertSame(connection, client.connection());
            assertEquals(List.of(client), connection.sessions());
            assertEquals(List.of(server.connection()), peers.server.connections());
            assertEquals(List.of(server), server.connection().sessions());
            of(client.close());
        }
        assertEquals(ConnectionState.CONNECTED, connection.state());
        of(connection.close());
        of(connection.closed());
        assertEquals(ConnectionState.CLOSED, connection.state());
    }

    @Test
    void drain_and_shutdown_are_heard_by_the_peer() throws Exception {
        Peers peers = peers();
        Pair pair = peers.sessions();
        CompletableFuture<Void> atServer = pair.server().draining();
        of(pair.client().drain());
        of(atServer);
        assertEquals(SessionState.DRAINING, pair.server().state());
        CompletableFuture<ShutdownReport> shutdown = peers.server.shutdown(Duration.ofSeconds(20));
        of(pair.client().draining());
        of(pair.client().close());
        of(shutdown);
        assertEquals(Optional.empty(), of(peers.server.acceptRequest()));
    }

    @Test
    void misuse_is_told_through_the_future() throws Exception {
        Peers peers = peers();
        failureOf(IllegalArgumentException.class, peers.client.connect("http://127.0.0.1/"));
        of(peers.client.close());
        failureOf(IllegalStateException.class, peers.client.connect(peers.url("/")));
        of(peers.client.close());
    }

    private static SessionOptions with(String field, String value) {
        return SessionOptions.builder()
                .headers(Headers.of(Map.of(field, value)))
                .build();
    }

    private int rejection(String path, SessionOptions options) {
        return failureOf(SessionRejectedException.class, peers.client.connect(peers.url(path), options))
                .status();
    }

    @Test
    void a_router_leads_by_path_past_interceptors() throws Exception {
        Peers peers = peers();
        List<String> log = new CopyOnWriteArrayList<>();
        AsyncRouter router = new AsyncRouter()
                .intercept(SessionInterceptors.loggingInterceptor())
                .intercept(SessionInterceptors.rateLimitInterceptor(100, Duration.ofMinutes(1)))
                .intercept(chain -> {
                    log.add("before " + chain.request().route().orElse("nothing"));
                    return chain.proceed().whenComplete((done, failure) -> log.add("after"));
                })
                .intercept(chain -> chain.request().headers().first("x-refuse").isPresent()
                        ? CompletableFuture.failedFuture(new RejectSessionException(451))
                        : chain.proceed())
                .authenticate(
                        "Basic",
                        headers -> CompletableFuture.supplyAsync(
                                () -> headers.first("x-who").isPresent()))
                .identify(
                        "Basic",
                        request -> CompletableFuture.completedFuture(
                                request.headers().first("x-who").filter("ann"::equals)))
                .route("/rooms/{room}", request -> {
                    log.add(request.principal().orElseThrow() + " in "
                            + request.pathParameters().get("room"));
                    return request.accept().thenCompose(AsyncSession::closed);
                })
                .routePattern(Pattern.compile("/old/.*"), request -> request.reject(410))
                .route("/fails", request -> {
                    throw new IllegalStateException("fails on purpose");
                });
        assertEquals(List.of("/fails", "/rooms/{room}", "/old/.*"), router.routes());
        CompletableFuture<Void> serving = peers.server.serve(router);
        SessionOptions ann = with("x-who", "ann");
        AsyncSession session = of(peers.client.connect(peers.url("/rooms/a%2Fb?x"), ann));
        assertEquals(List.of("before /rooms/{room}", "ann in a/b"), log);
        assertEquals(
                List.of("/rooms/a%2Fb?x"),
                peers.server.sessions().stream().map(AsyncSession::path).toList());
        assertEquals(401, rejection("/rooms/1", SessionOptions.defaults()));
        assertEquals(401, rejection("/rooms/1", with("x-who", "bob")));
        assertEquals(451, rejection("/rooms/1", with("x-refuse", "yes")));
        assertEquals(410, rejection("/old/1", ann));
        assertEquals(500, rejection("/fails", ann));
        assertEquals(405, rejection("/none", ann));
        router.routeDefault(request -> request.reject(404));
        assertEquals(404, rejection("/none", ann));
        assertTrue(router.removeRoute("/fails"));
        assertFalse(router.removePattern("/fails"));
        assertEquals(404, rejection("/fails", ann));
        of(session.close(CloseInfo.NORMAL));
        CompletableFuture<Void> closed = peers.server.closed();
        assertFalse(closed.isDone());
        of(peers.server.close());
        of(closed);
        of(serving);
    }
}
