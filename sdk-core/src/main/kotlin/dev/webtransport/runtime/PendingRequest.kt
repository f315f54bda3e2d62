package dev.webtransport.runtime

import dev.webtransport.codec.ConnectRequest
import dev.webtransport.value.Headers
import kotlinx.coroutines.CompletableDeferred
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

    /** Accepts; null when the client has gone. */
    suspend fun accept(protocol: String?, headers: Headers): Http3Session? {
        claim()
        try {
            return connection.accept(this, protocol, headers).also { settled.complete(it) }
        } finally {
            settled.complete(null)
        }
    }

    /** Rejects; false when the client has gone. */
    suspend fun reject(status: Int, headers: Headers): Boolean {
        claim()
        return connection.reject(this, status, headers).also { settled.complete(null) }
    }

    /** Whether somebody has answered, or is about to. */
    val isAnswered: Boolean get() = answered.get()

    /** Rejects unless somebody has answered already; whether it did. */
    suspend fun rejectIfOpen(status: Int, headers: Headers = Headers.EMPTY): Boolean {
        if (!answered.compareAndSet(false, true)) return false
        connection.reject(this, status, headers)
        settled.complete(null)
        return true
    }

    fun gone() {
        settled.complete(null)
    }

    fun terms(responseHeaders: Headers, protocol: String?): SessionTerms =
        SessionTerms(request.authority(), request.path(), request.headers(), responseHeaders, protocol)

    private fun claim() {
        check(answered.compareAndSet(false, true)) { "this session request was answered already" }
    }
}
