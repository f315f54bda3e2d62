package dev.webtransport.async;

import dev.webtransport.config.StreamOptions;
import dev.webtransport.error.SessionException;
import dev.webtransport.error.WebTransportException;
import dev.webtransport.session.BidirectionalStream;
import dev.webtransport.session.ReceiveStream;
import dev.webtransport.session.SendStream;
import dev.webtransport.session.SessionState;
import dev.webtransport.session.WebTransportSession;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.DatagramStatistics;
import dev.webtransport.value.DatagramStatus;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.Reliability;
import dev.webtransport.value.SendGroup;
import dev.webtransport.value.SessionStatistics;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
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
 * <p><b>Before the answer.</b> A session of {@link dev.webtransport.config.SessionStart#OPTIMISTIC} may be used while it is
 * {@link SessionState#CONNECTING}. When the server says no, everything fails with
 * {@link dev.webtransport.error.SessionRejectedException} where a session that stood would with {@link SessionException};
 * when no answer comes, with {@link dev.webtransport.error.TransportUnavailableException}.
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
     * {@link #path()} without its query.
     *
     * @return the path
     */
    public String pathWithoutQuery() {
        return session.getPathWithoutQuery();
    }

    /**
     * The query of {@link #path()}: what follows its first question mark, not decoded.
     *
     * @return the query, or empty when there is none
     */
    public Optional<String> query() {
        return Optional.ofNullable(session.getQuery());
    }

    /**
     * The origin that the client sent, of the web page that asks if it is a browser.
     *
     * @return the origin, or empty for none
     */
    public Optional<String> origin() {
        return Optional.ofNullable(session.getOrigin());
    }

    /**
     * The subprotocols that the client offered, most wanted first; {@link #protocol()} is one of them, or empty.
     *
     * @return an immutable list
     */
    public List<String> offeredProtocols() {
        return Collections.unmodifiableList(session.getOfferedProtocols());
    }

    /**
     * The local address of the connection; the last one known once that has ended.
     *
     * @return the address
     */
    public InetSocketAddress localAddress() {
        return session.getLocalAddress();
    }

    /**
     * The peer's address now; it may change while the connection lives, and is the last one known once that has ended.
     *
     * @return the address
     */
    public InetSocketAddress remoteAddress() {
        return session.getRemoteAddress();
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
     * The fields of the answer, without {@code :status}; none before the answer.
     *
     * @return the fields
     */
    public Headers responseHeaders() {
        return session.getResponseHeaders();
    }

    /**
     * The subprotocol that the server chose from those offered (draft-ietf-webtrans-http3-16, section 3.3).
     *
     * @return the subprotocol, or empty for none, as before the answer
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
     * Whether the session is over: nothing is left of it on the wire, as {@link #state()} says too.
     *
     * @return true at the end
     */
    public boolean isClosed() {
        return session.isClosed();
    }

    /**
     * A reader of what happens in this session, from the beginning; any number may be asked for, and each is at its own
     * pace.
     *
     * <p>In order: first {@link dev.webtransport.session.SessionEvent.Ready}, or
     * {@link dev.webtransport.session.SessionEvent.Pending} where it is used before the answer, last
     * {@link dev.webtransport.session.SessionEvent.Closed}, or {@link dev.webtransport.session.SessionEvent.Failed} where the
     * answer was no. Streams that end with the session have no event of their own;
     * one that the peer ends is told when a call here meets that. The latest
     * {@link dev.webtransport.config.Http3Config#eventsKept()} events are kept: a reader that is late or slow, so that what
     * it would get next is gone, gets {@link dev.webtransport.session.SessionEvent.Skipped} in its place.
     *
     * @return a reader, to be closed unless it is read to its end
     */
    public AsyncEvents events() {
        return new AsyncEvents(session.getEvents(), calls);
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
     * Makes a group for {@link StreamOptions#sendGroup(SendGroup)} and {@link AsyncSendStream#setSendGroup}; it serves the
     * streams of this session only.
     *
     * @return the group
     * @throws SessionException if the session has ended
     * @throws dev.webtransport.error.SessionEstablishmentException if it never came to stand
     */
    public SendGroup createSendGroup() throws WebTransportException {
        return session.createSendGroup();
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
     * Derives keying material without a context, as {@link #exportKeyingMaterial(String, byte[], int)} does with an empty one.
     *
     * @param label what the bytes are for, at most 255 bytes of UTF-8; may be empty
     * @param length how many bytes, 1 to 8,160
     * @return the bytes
     * @throws SessionException if the session has ended
     * @throws dev.webtransport.error.SessionEstablishmentException if it never came to stand
     * @throws UnsupportedOperationException if the transport keeps its TLS secrets to itself
     * @throws IllegalArgumentException if a length is out of bounds
     */
    public byte[] exportKeyingMaterial(String label, int length) throws WebTransportException {
        return session.exportKeyingMaterial(label, null, length);
    }

    /**
     * Derives keying material from the TLS handshake of the connection: bytes that only its two ends can compute, the same at
     * both, and unlike those of any other session, label or context. For binding what an application does, such as a token,
     * to this very session.
     *
     * <p>Specification: W3C WebTransport, {@code exportKeyingMaterial}; draft-ietf-webtrans-http3-16, section 4.8; RFC 8446,
     * section 7.5.
     *
     * @param label what the bytes are for, at most 255 bytes of UTF-8; may be empty
     * @param context what else they depend on, at most 255 bytes
     * @param length how many bytes, 1 to 8,160
     * @return the bytes
     * @throws SessionException if the session has ended
     * @throws dev.webtransport.error.SessionEstablishmentException if it never came to stand
     * @throws UnsupportedOperationException if the transport keeps its TLS secrets to itself
     * @throws IllegalArgumentException if a length is out of bounds
     */
    public byte[] exportKeyingMaterial(String label, byte[] context, int length) throws WebTransportException {
        return session.exportKeyingMaterial(label, context, length);
    }

    /**
     * Sends one datagram: unreliable, unordered, not split, congestion-controlled (RFC 9221, RFC 9297). Never waits: what
     * cannot be sent now waits in a bounded queue ({@link
     * dev.webtransport.config.DatagramConfig#outgoingMaxBufferedDatagrams()}), and what finds that full is dropped, as the
     * answer says. An empty datagram is a datagram.
     *
     * @param data the remaining bytes; may be reused on return
     * @return what became of it
     * @throws SessionException if the session has ended
     * @throws dev.webtransport.error.SessionEstablishmentException if it never came to stand
     */
    public DatagramStatus sendDatagram(ByteBuffer data) throws WebTransportException {
        return session.getDatagrams().send(data);
    }

    /**
     * Sends one datagram, as {@link #sendDatagram(ByteBuffer)} does.
     *
     * @param data may be reused on return
     * @return what became of it
     * @throws SessionException if the session has ended
     * @throws dev.webtransport.error.SessionEstablishmentException if it never came to stand
     */
    public DatagramStatus sendDatagram(byte[] data) throws WebTransportException {
        return session.getDatagrams().send(data);
    }

    /**
     * Sends one datagram as {@link #sendDatagram(ByteBuffer)} does, but waits for room while the queue is full: the answer is
     * never {@code BLOCKED}. It does not block the calling thread.
     *
     * <p>Cancellation: the datagram is not sent, unless it was already.
     *
     * @param data the remaining bytes; belong to the call until the future completes
     * @return completes with what became of it; fails with {@link SessionException} if the session has ended or ends
     *     meanwhile
     */
    public CompletableFuture<DatagramStatus> sendDatagramWhenRoom(ByteBuffer data) {
        return calls.call(done -> session.getDatagrams().sendWhenRoom(data, done), Function.identity(), unused -> {});
    }

    /**
     * Counts what became of the datagrams of this session so far; also after its end.
     *
     * @return a snapshot
     */
    public DatagramStatistics datagramStatistics() {
        return session.getDatagrams().statistics();
    }

    /**
     * The next received datagram. The queue they wait in is bounded
     * ({@link dev.webtransport.config.DatagramConfig#incomingMaxBufferedDatagrams()}); the oldest is dropped when it is full.
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
     * Waits until the session stands. With {@link dev.webtransport.config.SessionStart#OPTIMISTIC} that takes the server's
     * answer; any other session is handed out when it stands. Once it stood this never fails.
     *
     * <p>Cancellation: nothing happens; the request stays.
     *
     * <p>Specification: W3C WebTransport, {@code ready}.
     *
     * @return completes when the session stands; fails with {@link dev.webtransport.error.SessionRejectedException} if the
     *     server says no, with {@link dev.webtransport.error.TransportUnavailableException} if the connection ends first or
     *     the time of {@link AsyncClient#connect} is up, with {@link dev.webtransport.error.SessionClosedException} if this end
     *     closes the session first
     */
    public CompletableFuture<@Nullable Void> ready() {
        return calls.call(session::awaitReady);
    }

    /**
     * Tells the peer that this session should come to its end soon (WT_DRAIN_SESSION). Only a hint: streams and datagrams
     * go on both ways. Repeatable. {@link #state()} becomes {@link SessionState#DRAINING} at both ends. Before the answer to the
     * request for the session it waits for that.
     *
     * <p>A peer that runs this SDK answers with the same, by itself, once no stream of the session is under way there.
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
     * most {@link dev.webtransport.config.Http3Config#closeTimeout()}. Data that the peer has not read yet may be lost, that
     * of finished streams too; {@link #closeGracefully} waits for it. The first close wins; a later one only waits. Before the
     * answer to the request for the session the request is withdrawn, and the peer hears of neither code nor reason.
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
     * Closes the session with code 0 when everything was read, as {@link #closeGracefully(Duration, CloseInfo)} does.
     *
     * @param timeout the longest wait before the close; zero or more
     * @return completes when it is over; fails as there
     */
    public CompletableFuture<Boolean> closeGracefully(Duration timeout) {
        return closeGracefully(timeout, CloseInfo.NORMAL);
    }

    /**
     * Closes the session when everything was read, or after a timeout whatever there is.
     *
     * <p>From now on this end opens no streams. It waits until each stream of the session has ended here (finish those that
     * you write, read those that arrive to their end), until all that was sent has arrived, and until the peer says that
     * nothing of the session is under way there any more: its application has read every stream that this end finished, or
     * refused it. Then it closes, as {@link #close(CloseInfo)} does. Meanwhile datagrams and streams of the peer go on.
     *
     * <p><b>What that is worth.</b> QUIC tells when data has arrived but not when it was read, and the end of a session
     * makes the peer drop what is unread. So the peer is asked, with the hint that {@link #drain} sends; a peer that runs
     * this SDK answers. Others do not, unless their application closes the session on such a hint, as it should: with those
     * this waits for the timeout. Nothing is asked when no stream was finished here. A hint that the peer sends by itself in
     * the very moment in which it, too, closes gracefully can be taken for its answer.
     *
     * <p>Fails with {@link IllegalArgumentException} if the timeout is negative.
     *
     * <p>Cancellation: the session is closed at once, only not waited for.
     *
     * <p>Specification: draft-ietf-webtrans-http3-16, sections 4.7 and 6.
     *
     * @param timeout the longest wait before the close; zero or more
     * @param info code and reason
     * @return completes when it is over: true if all was delivered, false when the time was up or the session ended before;
     *     fails as said above
     */
    public CompletableFuture<Boolean> closeGracefully(Duration timeout, CloseInfo info) {
        return calls.<Boolean, Boolean>call(
                done -> session.closeGracefully(timeout, info, done), Function.identity(), late -> {});
    }

    /**
     * What this session has done so far: streams, bytes, datagrams, credit, times; after the end the last
     * values. Never waits.
     *
     * @return a snapshot
     */
    public SessionStatistics statistics() {
        return session.statistics();
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
