package dev.webtransport.async;

import dev.webtransport.config.ServerConfig;
import dev.webtransport.server.SessionChain;
import dev.webtransport.server.SessionRequest;
import dev.webtransport.server.WebTransportServer;
import dev.webtransport.session.ShutdownReport;
import dev.webtransport.session.WebTransportConnection;
import dev.webtransport.transport.TransportSpi;
import dev.webtransport.value.ServerStatistics;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import org.jspecify.annotations.Nullable;

/**
 * Accepts WebTransport sessions on one port or several addresses.
 *
 * <p><b>A server owns what it accepted</b>: {@link #close} ends every session and connection and gives back the engine's
 * threads.
 *
 * <pre>{@code
 * AsyncServer server = AsyncServer.listen(ServerConfig.builder(tls).build()).join();
 * server.serve(request -> request.accept().thenCompose(session -> handle(session)));
 * }</pre>
 */
public final class AsyncServer {
    private final WebTransportServer server;
    private final Handles<WebTransportConnection, AsyncConnection> connections;
    private final Arrivals<SessionRequest, AsyncSessionRequest> requests;
    private final Calls calls;

    private AsyncServer(WebTransportServer server, Calls calls) {
        this.server = server;
        this.calls = calls.with(new ServerContext(this));
        this.connections = AsyncConnection.handles(calls);
        this.requests = new Arrivals<SessionRequest, AsyncSessionRequest>(calls, server::acceptRequest, this::handle);
    }

    /**
     * Begins to listen, over the QUIC engine that the settings name ({@link ServerConfig#engine}), or the best that can run here.
     *
     * <p>Fails with {@link dev.webtransport.error.TransportUnavailableException} if that engine cannot run here, the message says what
     * is missing and what to add; with {@link IllegalArgumentException} if the system property {@code dev.webtransport.engine} has to
     * decide and names no engine; with {@link java.io.IOException} if an address cannot be bound or the certificate not be used.
     *
     * <p>Cancellation: nothing is left listening.
     *
     * @param config addresses, identity, limits
     * @return completes with the server, once it listens; fails as said above
     */
    public static CompletableFuture<AsyncServer> listen(ServerConfig config) {
        return Calls.DEFAULT.<WebTransportServer, AsyncServer>call(
                done -> WebTransportServer.Companion.listen(config, done),
                AsyncServer::of,
                late -> Calls.DEFAULT.call(late::close));
    }

    /**
     * A server of the Kotlin API, seen from Java: over a transport of one's own, or where one application has both.
     *
     * @param server the server; closing either closes both, and each request goes to one of them
     * @return the same server
     */
    public static AsyncServer of(WebTransportServer server) {
        return new AsyncServer(server, Calls.DEFAULT);
    }

    /**
     * A server of the Kotlin API, seen from Java, whose calls run where one says: for test kits, under virtual time.
     *
     * @param server the server; closing either closes both, and each request goes to one of them
     * @param context where the calls of this server, its sessions and their streams run, and so where handlers are called and
     *     futures complete: a dispatcher (default {@code Dispatchers.Default}), a parent job
     * @return the same server
     */
    @TransportSpi
    public static AsyncServer of(WebTransportServer server, CoroutineContext context) {
        return new AsyncServer(server, new Calls(context));
    }

    /**
     * The settings of this server.
     *
     * @return the settings
     */
    public ServerConfig config() {
        return server.getConfig();
    }

    /**
     * The addresses this server listens on, with the ports that were picked.
     *
     * @return an immutable list
     */
    public List<InetSocketAddress> localAddresses() {
        return Collections.unmodifiableList(server.getLocalAddresses());
    }

    /**
     * The port of the first address.
     *
     * @return the port, 1 to 65535
     */
    public int port() {
        return server.getPort();
    }

    /**
     * The connections that are open now.
     *
     * @return an immutable list
     */
    public List<AsyncConnection> connections() {
        List<AsyncConnection> open = new ArrayList<>();
        server.getConnections().forEach(connection -> open.add(connections.of(connection)));
        return Collections.unmodifiableList(open);
    }

    /**
     * The sessions that stand now, those of the oldest connection first.
     *
     * @return an immutable list
     */
    public List<AsyncSession> sessions() {
        List<AsyncSession> standing = new ArrayList<>();
        server.getSessions()
                .forEach(session ->
                        standing.add(connections.of(session.getConnection()).handle(session)));
        return Collections.unmodifiableList(standing);
    }

    /**
     * What this server has done so far; after its end the last values. Never waits.
     *
     * @return a snapshot
     */
    public ServerStatistics statistics() {
        return server.statistics();
    }

    /**
     * The next session request, in the order of arrival. For those who do not {@link #serve}; where both are used, each
     * request goes to one of them.
     *
     * <p>Cancellation: no request is lost.
     *
     * @return completes with the request, or empty once the server is closed; does not fail
     */
    public CompletableFuture<Optional<AsyncSessionRequest>> acceptRequest() {
        return requests.next();
    }

    /**
     * Runs a handler for each session request, until the server is closed.
     *
     * <p>The handler answers the request and returns a stage that completes when it has nothing more to do with it. It is
     * called on a thread of the SDK: what blocks belongs on an executor of its own
     * ({@code CompletableFuture.supplyAsync}). A request that is unanswered when its stage completes is rejected with 405.
     * A handler that throws, or whose stage fails, is logged, and its request rejected with 500 if it was not answered
     * yet, else its session closed with code 500; other requests go on. A
     * {@link dev.webtransport.server.RejectSessionException} is no failure: it rejects the request as it says. A session that
     * was accepted lives on when its stage completes: close it there.
     *
     * <p>Cancellation: the stages of running handlers are cancelled, as far as they are {@code CompletableFuture}s; the
     * server goes on listening.
     *
     * @param handler answers one request
     * @return completes when the server is closed and the stages of all handlers have completed; does not fail
     */
    public CompletableFuture<@Nullable Void> serve(SessionHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return calls.call(done -> server.serve((request, end) -> handle(handler, request, end), done));
    }

    /**
     * Serves as {@link #serve(SessionHandler)} does, each request to whom the router leads it.
     *
     * @param router routes and interceptors; it may serve several servers
     * @return completes when the server is closed and the stages of all handlers have completed; does not fail
     */
    public CompletableFuture<@Nullable Void> serve(AsyncRouter router) {
        return calls.call(done -> server.serve(router.core(), done));
    }

    /**
     * Comes to an end in good order: accepts nothing new, tells every client to come to an end (GOAWAY), waits for all work
     * in flight as {@link AsyncConnection#shutdown} does, then closes what is left, and tells what that was.
     *
     * <p>Fails with {@link IllegalArgumentException} if the grace is negative.
     *
     * <p>Cancellation: the server is closed at once.
     *
     * @param grace the longest wait; zero or more
     * @return completes when everything is closed, with what had to be cut off, of all connections; fails as said above
     */
    public CompletableFuture<ShutdownReport> shutdown(Duration grace) {
        return calls.<ShutdownReport, ShutdownReport>call(
                done -> server.shutdown(grace, done), Function.identity(), late -> {});
    }

    /**
     * Closes every session with code 0 and every connection, and gives back the engine. Repeatable.
     *
     * <p>Cancellation: everything is closed nevertheless.
     *
     * @return completes when all of that is done; does not fail
     */
    public CompletableFuture<@Nullable Void> close() {
        return calls.call(server::close);
    }

    /**
     * Waits until the server was closed, by whomever. Repeatable.
     *
     * @return completes when it is closed; does not fail
     */
    public CompletableFuture<@Nullable Void> closed() {
        return calls.call(server::awaitClosed);
    }

    AsyncSessionRequest handle(SessionRequest request) {
        return new AsyncSessionRequest(request, connections, calls);
    }

    @Nullable
    Object handle(SessionHandler handler, SessionRequest request, Continuation<? super Unit> end) {
        return await("handler", handler.handle(handle(request)), end);
    }

    @Nullable
    Object intercept(AsyncInterceptor interceptor, SessionChain chain, Continuation<? super Unit> end) {
        AsyncSessionChain seen = new AsyncSessionChain(chain, handle(chain.getRequest()), calls);
        return await("interceptor", interceptor.intercept(seen), end);
    }

    private static @Nullable Object await(
            String who, @Nullable CompletionStage<?> stage, Continuation<? super Unit> end) {
        if (stage == null) {
            throw new IllegalStateException(
                    "the " + who + " returned null; return a stage that completes when the request was handled");
        }
        return Calls.await(stage, end);
    }
}
