package dev.webtransport.transport

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/**
 * Opens the streams of one type within the peer's limit. Ids are counted here, so that a stream can be given out before
 * the engine knows of it; who finds no credit waits in line.
 *
 * @param firstId the id of the first stream of this type and side (RFC 9000, section 2.1)
 * @param create makes the stream with an id; called in the order of ids, under the lock of this opener
 */
internal class StreamOpener<S : Any>(private val firstId: Long, private val create: (id: Long) -> S) {
    private val lock = Any()

    // All changed under the lock.
    @Volatile
    private var opened = 0L

    @Volatile
    private var limit = 0L
    private var ended: QuicConnectionException? = null
    private val waiters = ArrayDeque<CancellableContinuation<S>>()

    /** Streams whose openers were cancelled at the last moment: they go to the next ones. */
    private val returned = ArrayDeque<S>()

    /** A stream, or null if there is no credit now or others wait for it. */
    fun tryOpen(): S? = synchronized(lock) { if (ended == null && waiters.isEmpty()) next() else null }

    /** A stream, as soon as there is credit. */
    suspend fun open(): S =
        tryOpen() ?: suspendCancellableCoroutine { waiter ->
            var stream: S? = null
            val over: QuicConnectionException?
            synchronized(lock) {
                over = ended
                if (over == null) {
                    if (waiters.isEmpty()) stream = next()
                    if (stream == null) waiters.addLast(waiter)
                }
            }
            val now = stream
            when {
                over != null -> waiter.resumeWithException(QuicConnectionException(over.reason, over))
                now != null -> give(waiter, now)
                else -> waiter.invokeOnCancellation { synchronized(lock) { waiters.remove(waiter) } }
            }
        }

    /** Whether there is no credit left, as far as is known here. */
    val isExhausted: Boolean get() = opened >= limit

    /** The peer allows [limit] streams over the life of the connection. */
    fun handleLimit(limit: Long) {
        synchronized(lock) { if (limit > this.limit) this.limit = limit }
        serve()
    }

    /** The connection has ended: who waits finds out why. */
    fun handleConnectionEnd(cause: QuicConnectionException) {
        val waiting = synchronized(lock) {
            ended = cause
            returned.clear()
            waiters.toList().also { waiters.clear() }
        }
        waiting.forEach { it.resumeWithException(QuicConnectionException(cause.reason, cause)) }
    }

    private fun serve() {
        while (true) {
            val waiter: CancellableContinuation<S>
            val stream: S
            synchronized(lock) {
                if (ended != null || waiters.isEmpty()) return
                stream = next() ?: return
                waiter = waiters.removeFirst()
            }
            give(waiter, stream)
        }
    }

    private fun give(waiter: CancellableContinuation<S>, stream: S) {
        waiter.resume(stream) { _, unused, _ -> giveBack(unused) }
    }

    private fun giveBack(stream: S) {
        synchronized(lock) { returned.addLast(stream) }
        serve()
    }

    /** Under the lock. */
    private fun next(): S? {
        returned.removeFirstOrNull()?.let { return it }
        if (opened >= limit) return null
        return create(firstId + 4 * opened++)
    }
}
