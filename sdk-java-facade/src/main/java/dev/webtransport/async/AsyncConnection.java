package dev.webtransport.async;

import dev.webtransport.config.Http3Config;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.config.SessionOptions;
import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.session.ConnectionEnd;
import dev.webtransport.session.ConnectionState;
import dev.webtransport.session.ShutdownReport;
import dev.webtransport.session.WebTransportConnection;
import dev.webtransport.session.WebTransportSession;
import dev.webtransport.value.ConnectionStatistics;
import dev.webtransport.value.Perspective;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One QUIC connection and the sessions on it. */
public final class AsyncConnection {
    private final WebTransportConnection connection;
    private final Calls calls;
    private final Handles<WebTransportSession, AsyncSession> sessions;

    private AsyncConnection(WebTransportConnection connection, Calls calls) {
        this.connection = connection;
        this.calls = calls;
        this.sessions = new Handles<>(
                calls, session -> new AsyncSession(session, this, calls), WebTransportSession::awaitClosed);
    }

    /** The handles of a client's or a server's connections. */
    static Handles<WebTransportConnection, AsyncConnection> handles(Calls calls) {
        return new Handles<>(
                calls, connection -> new AsyncConnection(connection, calls), WebTransportConnection::awaitClosed);
    }

    /** Closes a connection that nobody waits for any more. */
    static void abandon(WebTransportConnection connection, Calls calls) {
        calls.call(done -> connection.close(Http3ErrorCode.H3_NO_ERROR, "", done));
    }

    AsyncSession handle(WebTransportSession session) {
        return sessions.of(session);
    }

    /**
     * A number of this connection's own in this process, for logs. It means nothing to the peer.
     *
     * @return the number
     */
    public long id() {
        return connection.getId();
    }

    /**
     * The settings of QUIC that this connection was made with.
     *
     * @return the settings
     */
    public QuicConfig quicConfig() {
        return connection.getQuicConfig();
    }

    /**
     * The settings of HTTP/3 that this connection was made with.
     *
     * @return the settings
     */
    public Http3Config http3Config() {
        return connection.getHttp3Config();
    }

    /**
     * Whether the connection is over, as {@link #state()} says too.
     *
     * @return true at the end
     */
    public boolean isClosed() {
        return connection.isClosed();
    }

    /**
     * Which end this is.
     *
     * @return client or server
     */
    public Perspective perspective() {
        return connection.getPerspective();
    }

    /**
     * The local address.
     *
     * @return the address
     */
    public InetSocketAddress localAddress() {
        return connection.getLocalAddress();
    }

    /**
     * The peer's address now; it may change while the connection lives.
     *
     * @return the address
     */
    public InetSocketAddress remoteAddress() {
        return connection.getRemoteAddress();
    }

    /**
     * Where this connection is in its life.
     *
     * @return the state now
     */
    public ConnectionState state() {
        return connection.getState().getValue();
    }

    /**
     * The generation of WebTransport that both ends speak.
     *
     * @return the draft; empty until the peer's settings have arrived
     */
    public Optional<WebTransportDraft> draft() {
        return Optional.ofNullable(connection.getDraft());
    }

    /**
     * The sessions that stand now, oldest first.
     *
     * @return an immutable list
     */
    public List<AsyncSession> sessions() {
        List<AsyncSession> standing = new ArrayList<>();
        connection.getSessions().forEach(session -> standing.add(handle(session)));
        return Collections.unmodifiableList(standing);
    }

    /**
     * Whether the TLS handshake resumed an earlier connection to the same server by a session ticket
     * ({@link dev.webtransport.config.ClientTlsConfig#sessionResumption()}).
     *
     * @return the answer; empty where the transport cannot tell
     */
    public Optional<Boolean> isResumed() {
        return Optional.ofNullable(connection.isResumed());
    }

    /**
     * Counters of this connection now; after its end those of the end. What the transport cannot tell is absent, not zero.
     *
     * <p>Cancellation: nothing happens.
     *
     * @return completes with the counters; does not fail
     */
    public CompletableFuture<ConnectionStatistics> statistics() {
        return calls.<ConnectionStatistics, ConnectionStatistics>call(
                connection::statistics, Function.identity(), late -> {});
    }

    /**
     * Asks the server for another session without further options, as {@link #createSession(String, SessionOptions)} does.
     *
     * @param path begins with a slash; may have a query
     * @return completes with the session; fails as there
     */
    public CompletableFuture<AsyncSession> createSession(String path) {
        return createSession(path, SessionOptions.defaults());
    }

    /**
     * Asks the server for another session on this connection; client only.
     *
     * <p>Peers of draft-13 and later allow one at a time, as session flow control is not built yet.
     *
     * <p>Fails with {@link dev.webtransport.error.SessionRejectedException} if the server says no, with
     * {@link dev.webtransport.error.RequirementsNotMetException} if it does not speak WebTransport, or allows no further
     * session now, with {@link dev.webtransport.error.TransportUnavailableException} if the connection ends first, with
     * {@link IllegalStateException} on a server.
     *
     * <p>Cancellation: the request is withdrawn.
     *
     * @param path begins with a slash; may have a query
     * @param options fields of the request, subprotocols, origin
     * @return completes with the session, once it stands; fails as said above
     */
    public CompletableFuture<AsyncSession> createSession(String path, SessionOptions options) {
        return calls.<WebTransportSession, AsyncSession>call(
                done -> connection.createSession(path, options, done),
                this::handle,
                late -> AsyncSession.abandon(late, calls));
    }

    /**
     * Brings the connection to its end in good order: GOAWAY, so that the peer starts nothing new, and a drain hint on
     * every session; waits for all work in flight, that is for every session to end, and with it its streams, and for
     * requests that have no answer yet; then closes what is left, and tells what that was.
     *
     * <p>Fails with {@link IllegalArgumentException} if the grace is negative.
     *
     * <p>Cancellation: the wait ends, the connection stays in draining.
     *
     * @param grace the longest wait; zero or more
     * @return completes when the connection is over, with the sessions that had to be cut off; fails as said above
     */
    public CompletableFuture<ShutdownReport> shutdown(Duration grace) {
        return calls.<ShutdownReport, ShutdownReport>call(
                done -> connection.shutdown(grace, done), Function.identity(), late -> {});
    }

    /**
     * Closes the connection now with H3_NO_ERROR, as {@link #close(long, String)} does.
     *
     * @return completes when the connection is over; does not fail
     */
    public CompletableFuture<@Nullable Void> close() {
        return close(Http3ErrorCode.H3_NO_ERROR, "");
    }

    /**
     * Closes the connection now, with every session on it (CONNECTION_CLOSE of type 0x1d). The first close wins; a later
     * one only waits.
     *
     * <p>With H3_NO_ERROR each session is closed first, with code 0, and the connection when the peer has confirmed that or
     * {@link Http3Config#closeTimeout()} is over. With another code the connection ends at once, and its sessions fail at
     * both ends with {@link dev.webtransport.error.ConnectionLostException}, which tells the code.
     *
     * <p>Fails with {@link IllegalArgumentException} if the code is out of range.
     *
     * <p>Cancellation: the connection is closed nevertheless.
     *
     * @param errorCode an error code of HTTP/3 (RFC 9114, section 8.1), not of an application: 0 to 2^31-1
     * @param reason for the logs of the peer; cut between two characters to 1,024 bytes of UTF-8, and by QUIC to what fits a
     *     packet
     * @return completes when the connection is over; fails as said above
     */
    public CompletableFuture<@Nullable Void> close(long errorCode, String reason) {
        return calls.call(done -> connection.close(errorCode, reason, done));
    }

    /**
     * Waits until the connection is over, in whatever way. Repeatable: each call gets the same answer.
     *
     * @return completes with how it ended; does not fail
     */
    public CompletableFuture<ConnectionEnd> closed() {
        return calls.<ConnectionEnd, ConnectionEnd>call(connection::awaitClosed, Function.identity(), late -> {});
    }
}
