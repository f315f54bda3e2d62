package dev.webtransport.runtime

import dev.webtransport.flow.SendCredit
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlin.coroutines.resume

/**
 * Those who wait for credit of one kind, first come, first served: as long as somebody waits, nobody who comes later takes
 * any. No lock is held while one waits. As many wait as callers do.
 *
 * @param onBlocked called, outside all locks, when a limit of the peer stands in somebody's way, once for each limit
 */
internal class CreditQueue(
    private val credit: SendCredit,
    private val onBlocked: () -> Unit,
) {
    private class Waiter(
        val most: Long,
        val continuation: CancellableContinuation<Long>,
    )

    private val lock = Any()
    private val waiters = LinkedHashSet<Waiter>()
    private var closed = false

    /** Takes credit if there is some and nobody waits for it: 0 to [most]. */
    fun tryTake(most: Long): Long = synchronized(lock) { if (closed || waiters.isNotEmpty()) 0 else credit.take(most) }

    /**
     * Takes credit, 1 to [most], as soon as there is some; 0 when there will be none because the session has ended.
     *
     * Cancellation: none is taken.
     */
    suspend fun take(most: Long): Long {
        val now = tryTake(most)
        return if (now > 0) now else suspendCancellableCoroutine { wait(Waiter(most, it)) }
    }

    private fun wait(waiter: Waiter) {
        if (!synchronized(lock) { !closed && waiters.add(waiter) }) {
            waiter.continuation.resume(0)
            return
        }
        waiter.continuation.invokeOnCancellation { synchronized(lock) { waiters.remove(waiter) } }
        serve()
    }

    /** Returns credit that was taken and not used. */
    fun giveBack(unused: Long) {
        if (unused > 0) {
            credit.giveBack(unused)
            serve()
        }
    }

    /** Gives what there is to those who wait. */
    fun serve() {
        val served = ArrayList<Pair<Waiter, Long>>()
        val blocked =
            synchronized(lock) {
                while (waiters.isNotEmpty()) {
                    val first = waiters.first()
                    val taken = credit.take(first.most)
                    if (taken == 0L) break
                    waiters.remove(first)
                    served += first to taken
                }
                waiters.isNotEmpty() && credit.block()
            }
        for ((waiter, taken) in served) {
            waiter.continuation.resume(taken) { _, undelivered, _ -> giveBack(undelivered) }
        }
        if (blocked) onBlocked()
    }

    /** The session has ended: nobody waits any longer. */
    fun close() {
        val left =
            synchronized(lock) {
                closed = true
                waiters.toList().also { waiters.clear() }
            }
        left.forEach { it.continuation.resume(0) }
    }
}
