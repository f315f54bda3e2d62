package dev.webtransport.async;

import dev.webtransport.config.StreamOptions;
import dev.webtransport.error.SessionException;
import dev.webtransport.session.BidirectionalStream;
import dev.webtransport.session.ReceiveStream;
import dev.webtransport.session.SendStream;
import dev.webtransport.session.SessionState;
import dev.webtransport.session.WebTransportSession;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.DatagramStatus;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.Reliability;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One WebTransport session: many independent streams and unreliable datagrams between a client and a server.
 *
 * <p><b>A session owns its streams.</b> When it ends, all of them end. Everything here may be called from any thread; who
 * cancels a future stops only that call's waiting and neither the session nor a stream.
 *
 * <p><b>Waiting is repeatable.</b> After the end every call fails with the same {@link SessionException} (a fresh instance
 * each), and {@link #closed} answers at once.
 *
 * <p>Specification: W3C WebTransport; draft-ietf-webtrans-http3-16.
 */
public final class AsyncSession {
    private final WebTransportSession session;
    private final AsyncConnection connection;
    private final Calls calls;
    private final Arrivals<BidirectionalStream, AsyncBidirectionalStream> bidirectional;
    private final Arrivals<ReceiveStream, AsyncReceiveStream> unidirectional;
    private final Arrivals<byte[], byte[]> datagrams;

    AsyncSession(WebTransportSession session, AsyncConnection connection, Calls calls) {
        this.session = session;
        this.connection = connection;
        this.calls = calls;
        this.bidirectional = new Arrivals<BidirectionalStream, AsyncBidirectionalStream>(
                calls, session::acceptBidirectionalStream, this::handle);
        this.unidirectional = new Arrivals<ReceiveStream, AsyncReceiveStream>(
                calls, session::acceptUnidirectionalStream, this::handle);
        this.datagrams = new Arrivals<byte[], byte[]>(calls, session.getDatagrams()::receive, Function.identity());
    }

    /** Closes a session that nobody waits for any more. */
    static void abandon(WebTransportSession session, Calls calls) {
        calls.call(done -> session.close(CloseInfo.NORMAL, done));
    }

    /**
     * The session id: the stream id of the CONNECT stream (draft-ietf-webtrans-http3-16, section 4). Unique on its
     * connection only.
     *
     * @return the id
     */
    public long id() {
        return session.getId();
    }

    /**
     * Which end this is.
     *
     * @return client or server
     */
    public Perspective perspective() {
        return session.getPerspective();
    }

    /**
     * The connection that carries this session.
     *
     * @return the connection
     */
    public AsyncConnection connection() {
        return connection;
    }

    /**
     * The host, and the port if it is not 443, that the client asked for.
     *
     * @return the authority
     */
    public String authority() {
        return session.getAuthority();
    }

    /**
     * The path that the client asked for, with its query.
     *
     * @return the path
     */
    public String path() {
        return session.getPath();
    }

    /**
     * The fields of the request, without pseudo-header fields.
     *
     * @return the fields
     */
    public Headers requestHeaders() {
        return session.getRequestHeaders();
    }

    /**
     * The fields of the answer, without {@code :status}.
     *
     * @return the fields
     */
    public Headers responseHeaders() {
        return session.getResponseHeaders();
    }

    /**
     * The subprotocol that the server chose from those offered (draft-ietf-webtrans-http3-16, section 3.3).
     *
     * @return the subprotocol, or empty for none
     */
    public Optional<String> protocol() {
        return Optional.ofNullable(session.getProtocol());
    }

    /**
     * Whether datagrams are really unreliable here.
     *
     * @return the reliability
     */
    public Reliability reliability() {
        return session.getReliability();
    }

    /**
     * Where this session is in its life; ends with {@link SessionState#CLOSED}.
     *
     * @return the state now
     */
    public SessionState state() {
        return session.getState().getValue();
    }

    /**
     * How much each end may send in this session, and grants of more.
     *
     * @return the flow control
     */
    public AsyncFlowControl flowControl() {
        return new AsyncFlowControl(session.getFlowControl());
    }

    /**
     * Opens a bidirectional stream, waiting for credit, as {@link #createBidirectionalStream(StreamOptions)} does.
     *
     * @return completes with the stream; fails as there
     */
    public CompletableFuture<AsyncBidirectionalStream> createBidirectionalStream() {
        return createBidirectionalStream(StreamOptions.defaults());
    }

    /**
     * Opens a bidirectional stream. The peer learns of it with the first bytes.
     *
     * <p>Waits while the peer gives no credit for another stream, unless {@link StreamOptions#waitUntilAvailable()} is off.
     *
     * <p>Fails with {@link dev.webtransport.error.StreamLimitException} if there is no credit and the options say not to
     * wait, with {@link SessionException} if the session has ended or ends meanwhile.
     *
     * <p>Cancellation: no stream is left open.
     *
     * @param options whether to wait
     * @return completes with the stream; fails as said above
     */
    public CompletableFuture<AsyncBidirectionalStream> createBidirectionalStream(StreamOptions options) {
        return calls.<BidirectionalStream, AsyncBidirectionalStream>call(
                done -> session.createBidirectionalStream(options, done), this::handle, late -> {
                    late.getSend().reset(0);
                    late.getReceive().stopSending(0);
                });
    }

    /**
     * Opens a unidirectional stream, waiting for credit, as {@link #createUnidirectionalStream(StreamOptions)} does.
     *
     * @return completes with the stream; fails as there
     */
    public CompletableFuture<AsyncSendStream> createUnidirectionalStream() {
        return createUnidirectionalStream(StreamOptions.defaults());
    }

    /**
     * Opens a unidirectional stream: {@link #createBidirectionalStream(StreamOptions)} for one direction, with the same
     * failures and the same cancellation.
     *
     * @param options whether to wait
     * @return completes with the stream; fails as there
     */
    public CompletableFuture<AsyncSendStream> createUnidirectionalStream(StreamOptions options) {
        return calls.<SendStream, AsyncSendStream>call(
                done -> session.createUnidirectionalStream(options, done),
                stream -> new AsyncSendStream(stream, this, calls),
                late -> late.reset(0));
    }

    /**
     * The next bidirectional stream of the peer, in the order they became known.
     *
     * <p>Streams nobody accepts use up the peer's credit
     * ({@link dev.webtransport.config.QuicConfig#maxIncomingBidirectionalStreams()}), so that it has to stop opening them.
     *
     * <p>Cancellation: no stream is lost; the next call gets it.
     *
     * @return completes with the stream, or empty when there will be none: the session was closed by this end, or by the
     *     peer with code 0; fails with {@link SessionException} if it ended in another way
     */
    public CompletableFuture<Optional<AsyncBidirectionalStream>> acceptBidirectionalStream() {
        return bidirectional.next();
    }

    /**
     * The next unidirectional stream of the peer; otherwise as {@link #acceptBidirectionalStream()}.
     *
     * @return completes with the stream, or empty when there will be none; fails as there
     */
    public CompletableFuture<Optional<AsyncReceiveStream>> acceptUnidirectionalStream() {
        return unidirectional.next();
    }

    /**
     * The longest datagram that can be sent now, in bytes; 0 when the peer takes none. It may change with the path: ask
     * before each large one.
     *
     * @return bytes
     */
    public int maxDatagramSize() {
        return session.getDatagrams().getMaxDatagramSize();
    }

    /**
     * Sends one datagram: unreliable, unordered, not split, congestion-controlled (RFC 9221, RFC 9297). Never waits: what
     * cannot be sent now is dropped, and the answer says so. An empty datagram is a datagram.
     *
     * @param data the remaining bytes; may be reused on return
     * @return what became of it
     * @throws SessionException if the session has ended
     */
    public DatagramStatus sendDatagram(ByteBuffer data) throws SessionException {
        return session.getDatagrams().send(data);
    }

    /**
     * Sends one datagram, as {@link #sendDatagram(ByteBuffer)} does.
     *
     * @param data may be reused on return
     * @return what became of it
     * @throws SessionException if the session has ended
     */
    public DatagramStatus sendDatagram(byte[] data) throws SessionException {
        return session.getDatagrams().send(data);
    }

    /**
     * The next received datagram. The queue they wait in is bounded
     * ({@link dev.webtransport.config.DatagramConfig#incomingQueueLength()}); the oldest is dropped when it is full.
     *
     * <p>Cancellation: no datagram is lost; the next call gets it.
     *
     * @return completes with the datagram, or empty when there will be none: the session was closed by this end, or by the
     *     peer with code 0; fails with {@link SessionException} if it ended in another way
     */
    public CompletableFuture<Optional<byte[]>> receiveDatagram() {
        return datagrams.next();
    }

    /**
     * Tells the peer that this session should come to its end soon (WT_DRAIN_SESSION). Only a hint: streams and datagrams
     * go on both ways. Repeatable.
     *
     * <p>Cancellation: the hint may have been sent.
     *
     * @return completes when the hint was handed over; fails with {@link SessionException} if the session has ended
     */
    public CompletableFuture<@Nullable Void> drain() {
        return calls.call(session::drain);
    }

    /**
     * Waits until the peer asks to bring this session to its end (WT_DRAIN_SESSION, or GOAWAY on the connection).
     *
     * @return completes when it did; fails with {@link SessionException} if the session ends first
     */
    public CompletableFuture<@Nullable Void> draining() {
        return calls.call(session::awaitDraining);
    }

    /**
     * Closes the session with code 0, as {@link #close(CloseInfo)} does.
     *
     * @return completes when it is over; does not fail
     */
    public CompletableFuture<@Nullable Void> close() {
        return close(CloseInfo.NORMAL);
    }

    /**
     * Closes the session: sends code and reason, abandons every stream of it, and waits for the peer to close too, for at
     * most {@link dev.webtransport.config.Http3Config#closeTimeout()}. Data not yet delivered may be lost: finish streams
     * and let the peer confirm first what must arrive. The first close wins; a later one only waits.
     *
     * <p>Cancellation: the session is closed nevertheless, only not waited for.
     *
     * <p>Specification: draft-ietf-webtrans-http3-16, section 6.
     *
     * @param info code and reason
     * @return completes when it is over; does not fail
     */
    public CompletableFuture<@Nullable Void> close(CloseInfo info) {
        return calls.call(done -> session.close(info, done));
    }

    /**
     * Waits for the end of the session. Repeatable: each call gets the same answer.
     *
     * @return completes with code and reason, code 0 and an empty reason if the peer gave none; fails with
     *     {@link SessionException} if the session was not closed but lost: timed out, connection gone, or protocol broken
     */
    public CompletableFuture<CloseInfo> closed() {
        return calls.<CloseInfo, CloseInfo>call(session::awaitClosed, Function.identity(), late -> {});
    }

    private AsyncBidirectionalStream handle(BidirectionalStream stream) {
        return new AsyncBidirectionalStream(stream, this, calls);
    }

    private AsyncReceiveStream handle(ReceiveStream stream) {
        return new AsyncReceiveStream(stream, this, calls);
    }
}
