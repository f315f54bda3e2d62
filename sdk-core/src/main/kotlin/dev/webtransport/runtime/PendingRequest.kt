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
    /** Completes once the request has an answer, or the client has gone. */
    val settled = CompletableDeferred<Unit>()

    private val answered = AtomicBoolean()

    /** Accepts; null when the client has gone. */
    suspend fun accept(protocol: String?, headers: Headers): Http3Session? {
        claim()
        return connection.accept(this, protocol, headers).also { settled.complete(Unit) }
    }

    /** Rejects; false when the client has gone. */
    suspend fun reject(status: Int, headers: Headers, body: ByteBuffer): Boolean {
        claim()
        return connection.reject(this, status, headers, body).also { settled.complete(Unit) }
    }

    /** Rejects unless somebody has answered already. */
    suspend fun rejectIfOpen(status: Int) {
        if (answered.compareAndSet(false, true)) {
            connection.reject(this, status, Headers.EMPTY, ByteBuffer.allocate(0))
            settled.complete(Unit)
        }
    }

    fun gone() {
        settled.complete(Unit)
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
        )

    private fun claim() {
        check(answered.compareAndSet(false, true)) { "this session request was answered already" }
    }
}
