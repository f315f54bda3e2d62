package dev.webtransport.server

import dev.webtransport.codec.ConnectRequest
import dev.webtransport.config.WebTransportDraft
import dev.webtransport.error.SessionRejectedException
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.error.WebTransportException
import dev.webtransport.runtime.PendingRequest
import dev.webtransport.session.LogContext
import dev.webtransport.session.RequestTarget
import dev.webtransport.session.WebTransportConnection
import dev.webtransport.session.WebTransportSession
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Headers
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import kotlin.coroutines.CoroutineContext
import kotlin.time.TimeSource

/**
 * A client's request for a session: to be accepted or rejected, once, within
 * [dev.webtransport.config.ServerConfig.requestTimeout]. Its origin was checked already.
 */
public class SessionRequest internal constructor(private val pending: PendingRequest, internal val timeSource: TimeSource) {
    private val request: ConnectRequest get() = pending.request

    @Volatile
    private var session: WebTransportSession? = null

    /** The host, and the port if it is not 443, that the client asked for. */
    public val authority: String get() = request.authority()

    /** The path that the client asked for, with its query. */
    public val path: String get() = request.path()

    /** [path] without its query. */
    public val pathWithoutQuery: String get() = RequestTarget.withoutQuery(path)

    /** The query of [path], what follows its first question mark, not decoded; null when there is none. */
    public val query: String? get() = RequestTarget.query(path)

    /** The fields of the request, without pseudo-header fields. */
    public val headers: Headers get() = request.headers()

    /** The origin of the web page that asks, or null when the client is no browser. */
    public val origin: String? get() = request.origin().orElse(null)

    /** The subprotocols that the client offers, most wanted first. */
    public val offeredProtocols: List<String> get() = request.offeredProtocols()

    /** The local address of the connection. */
    public val localAddress: InetSocketAddress get() = pending.connection.localAddress

    /** The connection on which the client asks. */
    public val connection: WebTransportConnection get() = pending.connection

    /** The client's address now. */
    public val remoteAddress: InetSocketAddress get() = pending.connection.remoteAddress

    /** The generation of WebTransport that both ends speak. */
    public val draft: WebTransportDraft get() = checkNotNull(pending.connection.draft) { "requests wait for the client's settings" }

    /** The HTTP/3 settings that the client declared, by identifier. */
    public val peerSettings: Map<Long, Long> get() = pending.connection.peerSettings

    /** What a [Router] read out of the path, percent-decoded, by the names of its route; empty where none was asked. */
    @Volatile
    public var pathParameters: Map<String, String> = emptyMap()
        internal set

    /** The template or pattern of the route that a [Router] found; null where none was asked, or none fits. */
    @Volatile
    public var route: String? = null
        internal set

    /** Who the client is: whatever an interceptor sets for the handler, [principalInterceptor] for one. Default null. */
    @Volatile
    public var principal: Any? = null

    /** The status that the client was answered with; null before. */
    @Volatile
    internal var answer: Int? = null
        private set

    /**
     * Accepts the request (status 200). The session stands at once.
     *
     * Cancellation: nothing is waited for, so nothing is interrupted.
     *
     * @param protocol the subprotocol chosen, one of [offeredProtocols], or null for none
     * @param headers fields of the answer
     * @throws TransportUnavailableException if the client has gone meanwhile
     * @throws IllegalArgumentException if [protocol] was not offered
     * @throws IllegalStateException if the request was answered already
     */
    public suspend fun accept(protocol: String? = null, headers: Headers = Headers.EMPTY): WebTransportSession {
        require(protocol == null || protocol in offeredProtocols) { "protocol \"$protocol\" was not offered; offered: $offeredProtocols" }
        val accepted = pending.accept(protocol, headers)
        session = accepted
        answer = HTTP_OK
        return accepted
            ?: throw TransportUnavailableException("the client has gone before its request was accepted", null)
    }

    /**
     * Rejects the request. Nothing happens if the client has gone meanwhile.
     *
     * Cancellation: nothing is waited for, so nothing is interrupted.
     *
     * @param status 300 to 599; 403 unless named
     * @param headers fields of the answer; a `content-type` belongs to a body
     * @param body the content of the answer, at most [MAX_BODY_BYTES]; browsers do not show it to the page, clients of this SDK do
     *   ([dev.webtransport.error.SessionRejectedException.body])
     * @throws IllegalArgumentException if the status says no rejection, or the body is too long, or the status is 304, which has none
     *   (RFC 9110, section 15.4.5)
     * @throws IllegalStateException if the request was answered already
     */
    public suspend fun reject(
        status: Int = 403,
        headers: Headers = Headers.EMPTY,
        body: ByteArray = EMPTY,
    ) {
        require(status in 300..599) { "status $status is no rejection; use 300 to 599" }
        require(status != 304 || body.isEmpty()) { "an answer with status 304 has no content; leave out the body of ${body.size} bytes" }
        require(body.size <= MAX_BODY_BYTES) { "a body of ${body.size} bytes is longer than $MAX_BODY_BYTES; shorten it" }
        val length = headers.first("content-length").orElse(null)
        require(length == null || length == body.size.toString()) { "content-length is $length, but the body has ${body.size} bytes" }
        pending.reject(status, headers, ByteBuffer.wrap(body.copyOf()))
        answer = status
    }

    /** What log lines about this request say whose it is. */
    internal val logContext: CoroutineContext get() = LogContext.of(pending.connection.id, pending.id)

    internal val isAnswered: Boolean get() = pending.isAnswered

    internal suspend fun rejectIfOpen(status: Int, headers: Headers = Headers.EMPTY) {
        if (pending.rejectIfOpen(status, headers)) answer = status
    }

    /** Closes the session that this request became, if it did. */
    internal suspend fun closeSession(info: CloseInfo) {
        session?.close(info)
    }

    internal suspend fun awaitSettled() {
        pending.settled.await()
    }

    /** Waits for the end of the session that this request becomes, if it does, whatever that end is. */
    internal suspend fun awaitSessionEnd() {
        try {
            pending.settled.await()?.awaitClosed()
        } catch (ended: WebTransportException) {
            // The session tells its users; here it only counts that it is over.
            return
        }
    }

    public companion object {
        /** The longest body of a rejection, in bytes: what a client of this SDK keeps. */
        public const val MAX_BODY_BYTES: Int = SessionRejectedException.MAX_BODY_BYTES

        private val EMPTY = ByteArray(0)
        private const val HTTP_OK = 200
    }

    override fun toString(): String = "session request for $authority$path from $remoteAddress"
}
