package dev.webtransport.async;

import dev.webtransport.client.Reconnect;
import dev.webtransport.client.WebTransportClient;
import dev.webtransport.config.ClientConfig;
import dev.webtransport.config.ReconnectPolicy;
import dev.webtransport.config.SessionOptions;
import dev.webtransport.error.TransportUnavailableException;
import dev.webtransport.session.ShutdownReport;
import dev.webtransport.session.WebTransportConnection;
import dev.webtransport.session.WebTransportSession;
import dev.webtransport.transport.TransportSpi;
import dev.webtransport.value.ClientStatistics;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import kotlin.coroutines.CoroutineContext;
import kotlin.random.Random;
import org.jspecify.annotations.Nullable;

/**
 * Opens WebTransport sessions.
 *
 * <p><b>A client owns what it opened</b>: {@link #close} ends every session and connection, and gives back the engine's
 * threads. One client serves a whole application; it may be used from any thread.
 *
 * <pre>{@code
 * AsyncClient client = AsyncClient.create(ClientConfig.defaults());
 * AsyncSession session = client.connect("https://example.com:4433/echo").join();
 * }</pre>
 */
public final class AsyncClient {
    private final WebTransportClient client;
    private final Handles<WebTransportConnection, AsyncConnection> connections;
    private final Calls calls;

    private AsyncClient(WebTransportClient client, Calls calls) {
        this.client = client;
        this.calls = calls;
        this.connections = AsyncConnection.handles(calls);
    }

    /**
     * A client over the QUIC engine that the settings name ({@link ClientConfig#engine}), or the best that can run here.
     *
     * @param config its settings; {@link ClientConfig#defaults()} will often do
     * @return the client
     * @throws TransportUnavailableException if it cannot run here; the message says what is missing and what to add
     * @throws IllegalArgumentException if the system property {@code dev.webtransport.engine} has to decide and names no engine
     */
    public static AsyncClient create(ClientConfig config) throws TransportUnavailableException {
        return new AsyncClient(new WebTransportClient(config), Calls.DEFAULT);
    }

    /**
     * A client of the Kotlin API, seen from Java: over a transport of one's own, or where one application has both.
     *
     * @param client the client; closing either closes both
     * @return the same client
     */
    public static AsyncClient of(WebTransportClient client) {
        return new AsyncClient(client, Calls.DEFAULT);
    }

    /**
     * A client of the Kotlin API, seen from Java, whose calls run where one says: for test kits, under virtual time.
     *
     * @param client the client; closing either closes both
     * @param context where the calls of this client, its sessions and their streams run, and so where their futures complete: a
     *     dispatcher (default {@code Dispatchers.Default}), a parent job
     * @return the same client
     */
    @TransportSpi
    public static AsyncClient of(WebTransportClient client, CoroutineContext context) {
        return new AsyncClient(client, new Calls(context));
    }

    /**
     * The settings of this client.
     *
     * @return the settings
     */
    public ClientConfig config() {
        return client.getConfig();
    }

    /**
     * Opens a session without further options, as {@link #connect(String, SessionOptions)} does.
     *
     * @param url {@code https://host:port/path?query}
     * @return completes with the session; fails as there
     */
    public CompletableFuture<AsyncSession> connect(String url) {
        return connect(url, SessionOptions.defaults());
    }

    /**
     * Opens a session on a connection of its own; the connection is closed with the session.
     *
     * <p>Bounded as a whole by {@link ClientConfig#connectTimeout()}. Redirects are not followed.
     *
     * <p>Fails with {@link TransportUnavailableException} if there is no connection (no such host, nobody answers, the
     * certificate is not trusted, the time is up; the message names the stage), with
     * {@link dev.webtransport.error.RequirementsNotMetException} if the server does not speak WebTransport, with
     * {@link dev.webtransport.error.SessionRejectedException} if it says no, with {@link IllegalArgumentException} if the
     * URL is not one, with {@link IllegalStateException} after {@link #close}.
     *
     * <p>With {@link dev.webtransport.config.SessionStart#OPTIMISTIC} the session is handed out as soon as the request is on its
     * way. It may be used at once, and fails later if the answer is no or does not come in time; {@link AsyncSession#ready} tells.
     *
     * <p>Cancellation: the attempt is given up and leaves nothing open.
     *
     * @param url {@code https://host:port/path?query}; port 443 unless named; no fragment
     * @param options fields of the request, subprotocols, origin, and when to hand out the session
     * @return completes with the session, once it stands unless the options say otherwise; fails as said above
     */
    public CompletableFuture<AsyncSession> connect(String url, SessionOptions options) {
        return calls.<WebTransportSession, AsyncSession>call(
                done -> client.connect(url, options, done), this::handle, late -> AsyncSession.abandon(late, calls));
    }

    /**
     * Does something with a session, and again from the beginning with a new session when that one was lost: when its connection ended
     * under it, or the peer broke the protocol. A session that one of the ends closed was not lost.
     *
     * <p>An attempt that fails is repeated when that may help: nobody answers, or the server says 429 or 503. What was sent in a session
     * that was lost may have arrived or not; nothing is sent again but by the work.
     *
     * <p>Fails with what the work failed with, and as {@link #connect(String, SessionOptions)} does once more attempts failed in a
     * row than the policy allows.
     *
     * <p>Cancellation: the stage that the work returned is cancelled, the session closed, and no other one opened.
     *
     * @param url as for {@link #connect(String)}
     * @param options of each session
     * @param policy how often and when to try again
     * @param work uses the session, which is closed when the stage that it returns has completed
     * @param <T> what comes out of the work
     * @return completes with what the work completed with; fails as said above
     */
    public <T extends @Nullable Object> CompletableFuture<T> withReconnect(
            String url,
            SessionOptions options,
            ReconnectPolicy policy,
            Function<? super AsyncSession, ? extends CompletionStage<T>> work) {
        return calls.<T, T>call(
                done -> Reconnect.withReconnect(
                        client,
                        url,
                        options,
                        policy,
                        Random.Default,
                        (session, inner) -> Calls.awaitValue(work.apply(handle(session)), inner),
                        done),
                value -> value,
                late -> {});
    }

    /**
     * Opens a connection for several sessions, one after another or, where the peer's draft permits, at once. It stays
     * open without sessions until one end closes it.
     *
     * <p>Fails with {@link TransportUnavailableException}, {@link IllegalArgumentException} and
     * {@link IllegalStateException} as {@link #connect(String, SessionOptions)} does.
     *
     * <p>Cancellation: the attempt is given up and leaves nothing open.
     *
     * @param url as for {@link #connect(String)}; the path is not used
     * @return completes with the connection, once the QUIC handshake is done; fails as said above
     */
    public CompletableFuture<AsyncConnection> openConnection(String url) {
        return calls.<WebTransportConnection, AsyncConnection>call(
                done -> client.openConnection(url, done),
                connections::of,
                late -> AsyncConnection.abandon(late, calls));
    }

    /**
     * What this client has done so far; after its end the last values. Never waits.
     *
     * @return a snapshot
     */
    public ClientStatistics statistics() {
        return client.statistics();
    }

    /**
     * Comes to an end in good order: asks for nothing new, tells every server to come to an end (GOAWAY), waits for all
     * work in flight as {@link AsyncConnection#shutdown} does, then closes what is left, and tells what that was.
     *
     * <p>Fails with {@link IllegalArgumentException} if the grace is negative.
     *
     * <p>Cancellation: the client is closed at once.
     *
     * @param grace the longest wait; zero or more
     * @return completes when everything is closed, with what had to be cut off, of all connections; fails as said above
     */
    public CompletableFuture<ShutdownReport> shutdown(Duration grace) {
        return calls.<ShutdownReport, ShutdownReport>call(
                done -> client.shutdown(grace, done), Function.identity(), late -> {});
    }

    /**
     * Closes every session with code 0 and every connection, and gives back the engine. Repeatable.
     *
     * <p>Cancellation: everything is closed nevertheless.
     *
     * @return completes when all of that is done; does not fail
     */
    public CompletableFuture<@Nullable Void> close() {
        return calls.call(client::close);
    }

    private AsyncSession handle(WebTransportSession session) {
        return connections.of(session.getConnection()).handle(session);
    }
}
