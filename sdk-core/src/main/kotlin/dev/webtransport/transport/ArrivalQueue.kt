package dev.webtransport.transport

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlin.coroutines.resume

/**
 * What arrived and was not taken yet: streams, datagrams, sessions or connections. Bounded; takers wait in line; a taker that is
 * cancelled loses nothing, because an item leaves the queue only in the hands of a taker that runs. (A `Channel` may lose what it hands
 * to a receiver that is cancelled at that moment.)
 *
 * @param capacity with so many items the queue is full
 * @param most how many items it takes all the same, for what is on its way when it becomes full
 * @param onFullness called with 1 when the queue has become full, and with -1 when it is so no longer; from any thread
 */
internal class ArrivalQueue<T : Any>(
    private val capacity: Int,
    private val most: Long = capacity.toLong(),
    private val onFullness: (by: Int) -> Unit = {},
) {
    private val lock = Any()

    // All under the lock.
    private val items = ArrayDeque<T>()
    private val takers = ArrayDeque<CancellableContinuation<Unit>>()
    private var closed = false
    private var wasFull = false

    /** How many items wait. */
    val size: Int get() = synchronized(lock) { items.size }

    /** Adds [item] unless the queue is closed or takes no more. */
    fun offer(item: T): Boolean {
        var change = 0
        val taker = synchronized(lock) {
            if (closed || items.size >= most) return false
            items.addLast(item)
            change = fullness()
            takers.removeFirstOrNull()
        }
        // Outside the lock, for who is told or woken may go on at once.
        tell(change)
        taker?.resume(Unit)
        return true
    }

    /** Adds [item] unless the queue is closed; the oldest item goes when the queue is full. */
    fun offerDroppingOldest(item: T) {
        var change = 0
        val taker = synchronized(lock) {
            if (closed) return
            if (items.size >= capacity) items.removeFirst()
            items.addLast(item)
            change = fullness()
            takers.removeFirstOrNull()
        }
        tell(change)
        taker?.resume(Unit)
    }

    /** The next item, or null once the queue is closed. */
    suspend fun take(): T? {
        while (true) {
            var change = 0
            val item = synchronized(lock) {
                items.removeFirstOrNull().also {
                    if (it == null && closed) return null
                    change = fullness()
                }
            }
            tell(change)
            if (item != null) return item
            awaitArrival()
        }
    }

    /** Ends the queue and hands out what was in it. Repeatable. */
    fun close(): List<T> {
        val left: List<T>
        val waiting: List<CancellableContinuation<Unit>>
        val change: Int
        synchronized(lock) {
            closed = true
            left = items.toList()
            items.clear()
            change = fullness()
            waiting = takers.toList()
            takers.clear()
        }
        tell(change)
        waiting.forEach { it.resume(Unit) }
        return left
    }

    /** Under the lock: what [onFullness] is to be told. */
    private fun fullness(): Int {
        val isFull = items.size >= capacity && !closed
        if (isFull == wasFull) return 0
        wasFull = isFull
        return if (isFull) 1 else -1
    }

    private fun tell(change: Int) {
        if (change != 0) onFullness(change)
    }

    private suspend fun awaitArrival() {
        try {
            suspendCancellableCoroutine<Unit> { taker ->
                val waits = synchronized(lock) { (items.isEmpty() && !closed).also { if (it) takers.addLast(taker) } }
                if (waits) {
                    taker.invokeOnCancellation { synchronized(lock) { takers.remove(taker) } }
                } else {
                    taker.resume(Unit)
                }
            }
        } catch (cancelled: CancellationException) {
            // This taker may have been woken for an item that the next one in line must now hear of.
            val next = synchronized(lock) { if (items.isEmpty()) null else takers.removeFirstOrNull() }
            next?.resume(Unit)
            throw cancelled
        }
    }
}
