package dev.webtransport.session

import dev.webtransport.config.StreamOptions
import dev.webtransport.error.WebTransportException
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Headers
import dev.webtransport.value.Perspective
import dev.webtransport.value.Reliability
import dev.webtransport.value.SendGroup
import dev.webtransport.value.SessionStatistics
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow
import java.net.InetSocketAddress
import java.time.Duration

/**
 * One WebTransport session: many independent streams and unreliable datagrams between a client and a server.
 *
 * **A session owns its streams.** When it ends, all of them end. Everything here may be called from any coroutine; who
 * cancels a call stops only that call's waiting and neither the session nor a stream.
 *
 * **Waiting is repeatable.** After the end every call fails with the same [dev.webtransport.error.SessionException]
 * (a fresh instance each), the flows end, and [awaitClosed] answers at once.
 *
 * **Before the answer.** A session of [dev.webtransport.config.SessionStart.OPTIMISTIC] may be used while it is [SessionState.CONNECTING].
 * When the server says no, everything fails with [dev.webtransport.error.SessionRejectedException] where a session that stood would
 * with `SessionException`; when no answer comes, with [dev.webtransport.error.TransportUnavailableException].
 *
 * Specification: W3C WebTransport; draft-ietf-webtrans-http3-16.
 */
@SubclassOptInRequired(NotForImplementation::class)
public interface WebTransportSession {
    /** The session id: the stream id of the CONNECT stream (draft-ietf-webtrans-http3-16, section 4). Unique on its connection only. */
    public val id: Long

    /** Which end this is. */
    public val perspective: Perspective

    /** The connection that carries this session. */
    public val connection: WebTransportConnection

    /** The host, and the port if it is not 443, that the client asked for. */
    public val authority: String

    /** The path that the client asked for, with its query: the request target as it was sent. */
    public val path: String

    /** [path] without its query. */
    public val pathWithoutQuery: String get() = RequestTarget.withoutQuery(path)

    /** The query of [path], what follows its first question mark, not decoded; null when there is none. */
    public val query: String? get() = RequestTarget.query(path)

    /** The origin that the client sent, of the web page that asks if it is a browser, or null. */
    public val origin: String?

    /** The subprotocols that the client offered, most wanted first; [protocol] is one of them, or null. */
    public val offeredProtocols: List<String>

    /** The local address of the connection; the last one known once that has ended. */
    public val localAddress: InetSocketAddress

    /** The peer's address now; it may change while the connection lives, and is the last one known once that has ended. */
    public val remoteAddress: InetSocketAddress

    /** The fields of the request, without pseudo-header fields. */
    public val requestHeaders: Headers

    /** The fields of the answer, without `:status`; none before the answer. */
    public val responseHeaders: Headers

    /** The subprotocol that the server chose from those offered, or null (draft-ietf-webtrans-http3-16, section 3.3), as before the answer. */
    public val protocol: String?

    /** Whether datagrams are really unreliable here. */
    public val reliability: Reliability

    /** Where this session is in its life; ends with [SessionState.CLOSED]. */
    public val state: StateFlow<SessionState>

    /** Whether it is over: nothing is left of it on the wire, as [state] says too. */
    public val isClosed: Boolean get() = state.value == SessionState.CLOSED

    /**
     * What happens in this session, in order: first [SessionEvent.Ready], or [SessionEvent.Pending] where it is used before the answer, last
     * [SessionEvent.Closed], or [SessionEvent.Failed] where the answer was no; behind that the flow completes. Streams that end with the session have no [SessionEvent.StreamEnded] of their own; one that the peer ends is told
     * when a call here meets that.
     *
     * Any number may collect, each at its own pace and from the beginning; who does not collect pays nothing. The latest
     * [dev.webtransport.config.Http3Config.eventsKept] events are kept. A collector that is late or slow, so that what it would get
     * next is gone, gets [SessionEvent.Skipped] in its place.
     *
     * Cancellation: only this collector ends.
     */
    public val events: Flow<SessionEvent>

    /**
     * Waits until the session stands. With [dev.webtransport.config.SessionStart.OPTIMISTIC] that takes the server's answer; any other session
     * is handed out when it stands, so that this returns at once. Once it stood this never fails.
     *
     * Cancellation: nothing happens; the request stays.
     *
     * @throws dev.webtransport.error.SessionRejectedException if the server says no
     * @throws dev.webtransport.error.TransportUnavailableException if the connection ends first, or the time of
     *   [dev.webtransport.client.WebTransportClient.connect] is up
     * @throws dev.webtransport.error.SessionClosedException if this end closes the session first
     *
     * Specification: W3C WebTransport, `ready`.
     */
    public suspend fun awaitReady()

    /** The datagrams of this session. */
    public val datagrams: Datagrams

    /** How much each end may send in this session, and grants of more. */
    public val flowControl: FlowControl

    /**
     * Bidirectional streams that the peer opened, in the order they became known.
     *
     * One queue feeds all collectors, and [acceptBidirectionalStream] too: each stream goes to one of them. The flow
     * completes when this end closes the session or the peer closes it with code 0, and fails with the
     * [dev.webtransport.error.SessionException] of the end otherwise. Streams nobody accepts use up the peer's credit
     * ([dev.webtransport.config.QuicConfig.maxIncomingBidirectionalStreams]), so that it has to stop opening them.
     *
     * Cancellation: a stream is either emitted or stays in the queue.
     */
    public val incomingBidirectionalStreams: Flow<BidirectionalStream>

    /** The same for unidirectional streams. */
    public val incomingUnidirectionalStreams: Flow<ReceiveStream>

    /**
     * The next bidirectional stream of the peer, or null when there will be none: the session was closed by this end, or by
     * the peer with code 0.
     *
     * Cancellation: no stream is lost.
     *
     * @throws dev.webtransport.error.SessionException if the session ended in another way
     */
    public suspend fun acceptBidirectionalStream(): BidirectionalStream?

    /** The same for unidirectional streams. */
    public suspend fun acceptUnidirectionalStream(): ReceiveStream?

    /**
     * Opens a bidirectional stream. The peer learns of it with the first bytes.
     *
     * Suspends while the peer gives no credit for another stream, on the connection or in this session ([flowControl]), unless [StreamOptions.waitUntilAvailable] is off.
     *
     * Cancellation: no stream is left open.
     *
     * @throws dev.webtransport.error.StreamLimitException if there is no credit and the options say not to wait
     * @throws dev.webtransport.error.SessionException if the session has ended or ends meanwhile
     * @throws IllegalStateException after [closeGracefully]
     */
    public suspend fun createBidirectionalStream(options: StreamOptions = StreamOptions.defaults()): BidirectionalStream

    /** The same for a unidirectional stream. */
    public suspend fun createUnidirectionalStream(options: StreamOptions = StreamOptions.defaults()): SendStream

    /**
     * A new group for [StreamOptions.sendGroup] and [SendStream.sendGroup]; it serves the streams of this session only.
     *
     * @throws dev.webtransport.error.SessionException if the session has ended
     */
    public fun createSendGroup(): SendGroup

    /**
     * Tells the peer that this session should come to its end soon (WT_DRAIN_SESSION). Only a hint: streams and datagrams
     * go on both ways. Repeatable. [state] becomes [SessionState.DRAINING] at both ends. Before the answer to the request for the session it
     * waits for that.
     *
     * A peer that runs this SDK answers with the same, by itself, once no stream of the session is under way there.
     *
     * Cancellation: the hint may have been sent.
     *
     * @throws dev.webtransport.error.SessionException if the session has ended
     */
    public suspend fun drain()

    /**
     * Waits until the peer asks to bring this session to its end (WT_DRAIN_SESSION, or GOAWAY on the connection).
     *
     * Cancellation: nothing happens.
     *
     * @throws dev.webtransport.error.SessionException if the session ends first
     */
    public suspend fun awaitDraining()

    /**
     * Derives keying material from the TLS handshake of the connection: bytes that only its two ends can compute, the same at
     * both, and unlike those of any other session, [label] or [context]. For binding what an application does, such as a
     * token, to this very session.
     *
     * @param label what the bytes are for, at most 255 bytes of UTF-8; may be empty
     * @param context what else they depend on, at most 255 bytes; without one it is the same as with an empty one
     * @param length how many bytes, 1 to 8,160
     * @throws dev.webtransport.error.SessionException if the session has ended
     * @throws UnsupportedOperationException if the transport keeps its TLS secrets to itself
     * @throws IllegalArgumentException if a length is out of bounds
     *
     * Specification: W3C WebTransport, `exportKeyingMaterial`; draft-ietf-webtrans-http3-16, section 4.8; RFC 8446, section 7.5.
     */
    @Throws(WebTransportException::class)
    public fun exportKeyingMaterial(label: String, context: ByteArray? = null, length: Int): ByteArray

    /**
     * Closes the session: sends code and reason, abandons every stream of it, and waits for the peer to close too, for at
     * most [dev.webtransport.config.Http3Config.closeTimeout]. Data that the peer has not read yet may be lost, that of finished
     * streams too; [closeGracefully] waits for it. The first close wins; a later one only waits. Before the answer to the request for the
     * session the request is withdrawn, and the peer hears of neither code nor reason.
     *
     * Cancellation: the session is closed nevertheless, only not waited for.
     *
     * Specification: draft-ietf-webtrans-http3-16, section 6.
     */
    public suspend fun close(info: CloseInfo = CloseInfo.NORMAL)

    /**
     * Closes the session when everything was read, or after [timeout] whatever there is.
     *
     * From now on this end opens no streams. It waits until each stream of the session has ended here (finish those that you
     * write, read those that arrive to their end), until all that was sent has arrived, and until the peer says that nothing of the
     * session is under way there any more: its application has read every stream that this end finished, or refused it. Then it
     * closes, as [close] does. Meanwhile datagrams and streams of the peer go on.
     *
     * **What that is worth.** QUIC tells when data has arrived but not when it was read, and the end of a session makes the peer drop
     * what is unread. So the peer is asked, with the hint that [drain] sends; a peer that runs this SDK answers. Others do not, unless their
     * application closes the session on such a hint, as it should: with those this waits for [timeout]. Nothing is asked when
     * no stream was finished here. A hint that the peer sends by itself in the very moment in which it, too, closes gracefully can be taken
     * for its answer.
     *
     * Cancellation: the session is closed at once, only not waited for.
     *
     * @param timeout the longest wait before the close; zero or more
     * @return whether all was delivered: false when the time was up, or the session ended before
     * @throws IllegalArgumentException if [timeout] is negative
     *
     * Specification: draft-ietf-webtrans-http3-16, sections 4.7 and 6.
     */
    public suspend fun closeGracefully(timeout: Duration, info: CloseInfo = CloseInfo.NORMAL): Boolean

    /**
     * Waits for the end of the session and tells its code and reason; code 0 and an empty reason if the peer gave none.
     *
     * Cancellation: nothing happens.
     *
     * @throws dev.webtransport.error.SessionException if the session was not closed but lost: timed out, connection gone,
     *   or protocol broken
     */
    public suspend fun awaitClosed(): CloseInfo

    /**
     * What this session has done so far: streams, bytes, datagrams, credit, times; after the end the last values. For any thread;
     * never waits, and holds up nothing.
     */
    public fun statistics(): SessionStatistics
}

/** Where a session is in its life. */
public enum class SessionState {
    /**
     * Asked for, without an answer yet: streams and datagrams may be sent already. Only of a session that starts with
     * [dev.webtransport.config.SessionStart.OPTIMISTIC].
     */
    CONNECTING,

    /** Streams and datagrams go both ways. */
    CONNECTED,

    /** The same, but one end asked to come to an end: a hint, which forbids nothing. */
    DRAINING,

    /** The end was decided; the peer has not confirmed it yet. */
    CLOSING,

    /** Over. */
    CLOSED,
}

/** Marks interfaces that applications use but do not implement: members may be added in any version. */
@RequiresOptIn(message = "Members may be added to this interface in any version.", level = RequiresOptIn.Level.ERROR)
@Retention(AnnotationRetention.BINARY)
@Target(AnnotationTarget.CLASS)
public annotation class NotForImplementation
