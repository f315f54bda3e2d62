package dev.webtransport.runtime

import dev.webtransport.codec.ConnectRequest
import dev.webtransport.value.Headers
import kotlinx.coroutines.CompletableDeferred
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicBoolean

/** A client's request for a session, not yet answered. */
internal class PendingRequest(
    val connection: Http3Connection,
    val id: Long,
    val request: ConnectRequest,
) {
    /** Completes once the request has an answer, or the client has gone: with the session that it became, if it did. */
    val settled = CompletableDeferred<Http3Session?>()

    private val answered = AtomicBoolean()
    private val createdAt = connection.age

    /** Accepts; null when the client has gone. */
    suspend fun accept(protocol: String?, headers: Headers): Http3Session? {
        claim()
        try {
            return connection.accept(this, protocol, headers).also { settle(it, rejected = false) }
        } finally {
            settle(null, rejected = false)
        }
    }

    /** Rejects; false when the client has gone. */
    suspend fun reject(status: Int, headers: Headers, body: ByteBuffer): Boolean {
        claim()
        return connection.reject(this, status, headers, body).also { settle(null, rejected = it) }
    }

    /** Whether somebody has answered, or is about to. */
    val isAnswered: Boolean get() = answered.get()

    /** Rejects unless somebody has answered already; whether it did. */
    suspend fun rejectIfOpen(status: Int, headers: Headers = Headers.EMPTY): Boolean {
        if (!answered.compareAndSet(false, true)) return false
        settle(null, rejected = connection.reject(this, status, headers, ByteBuffer.allocate(0)))
        return true
    }

    fun gone() = settle(null, rejected = false)

    /** The first one counts. */
    private fun settle(session: Http3Session?, rejected: Boolean) {
        val isFirst = settled.complete(session)
        if (isFirst && session == null) (if (rejected) connection.totals.rejected else connection.totals.withdrawn).increment()
    }

    fun terms(responseHeaders: Headers, protocol: String?): SessionTerms =
        SessionTerms(
            request.authority(),
            request.path(),
            request.origin().orElse(null),
            request.headers(),
            request.offeredProtocols(),
            responseHeaders,
            protocol,
            createdAt,
        )

    private fun claim() {
        check(answered.compareAndSet(false, true)) { "this session request was answered already" }
    }
}
