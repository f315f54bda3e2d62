package dev.webtransport.session

import dev.webtransport.config.StreamOptions
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Headers
import dev.webtransport.value.Perspective
import dev.webtransport.value.Reliability
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow

/**
 * One WebTransport session: many independent streams and unreliable datagrams between a client and a server.
 *
 * **A session owns its streams.** When it ends, all of them end. Everything here may be called from any coroutine; who
 * cancels a call stops only that call's waiting and neither the session nor a stream.
 *
 * **Waiting is repeatable.** After the end every call fails with the same [dev.webtransport.error.SessionException]
 * (a fresh instance each), the flows end, and [awaitClosed] answers at once.
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

    /** The path that the client asked for, with its query. */
    public val path: String

    /** The fields of the request, without pseudo-header fields. */
    public val requestHeaders: Headers

    /** The fields of the answer, without `:status`. */
    public val responseHeaders: Headers

    /** The subprotocol that the server chose from those offered, or null (draft-ietf-webtrans-http3-16, section 3.3). */
    public val protocol: String?

    /** Whether datagrams are really unreliable here. */
    public val reliability: Reliability

    /** Where this session is in its life; ends with [SessionState.CLOSED]. */
    public val state: StateFlow<SessionState>

    /** What happens in this session, in order. */
    public val events: Flow<SessionEvent>

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
     */
    public suspend fun createBidirectionalStream(options: StreamOptions = StreamOptions.defaults()): BidirectionalStream

    /** The same for a unidirectional stream. */
    public suspend fun createUnidirectionalStream(options: StreamOptions = StreamOptions.defaults()): SendStream

    /**
     * Tells the peer that this session should come to its end soon (WT_DRAIN_SESSION). Only a hint: streams and datagrams
     * go on both ways. Repeatable.
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
     * Closes the session: sends code and reason, abandons every stream of it, and waits for the peer to close too, for at
     * most [dev.webtransport.config.Http3Config.closeTimeout]. Data not yet delivered may be lost: finish streams and let the peer
     * confirm first what must arrive. The first close wins; a later one only waits.
     *
     * Cancellation: the session is closed nevertheless, only not waited for.
     *
     * Specification: draft-ietf-webtrans-http3-16, section 6.
     */
    public suspend fun close(info: CloseInfo = CloseInfo.NORMAL)

    /**
     * Waits for the end of the session and tells its code and reason; code 0 and an empty reason if the peer gave none.
     *
     * Cancellation: nothing happens.
     *
     * @throws dev.webtransport.error.SessionException if the session was not closed but lost: timed out, connection gone,
     *   or protocol broken
     */
    public suspend fun awaitClosed(): CloseInfo
}

/** Where a session is in its life. */
public enum class SessionState {
    /** Streams and datagrams go both ways. */
    CONNECTED,

    /** The same, but the peer asked to come to an end. */
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
