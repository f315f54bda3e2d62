package dev.webtransport.transport

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlin.coroutines.resume

/**
 * What arrived and was not taken yet: streams, datagrams or connections. Bounded; takers wait in line; a taker that is
 * cancelled loses nothing, because an item leaves the queue only in the hands of a taker that runs.
 */
internal class ArrivalQueue<T : Any>(private val capacity: Int) {
    private val lock = Any()
    private val items = ArrayDeque<T>()
    private val takers = ArrayDeque<CancellableContinuation<Unit>>()
    private var closed = false

    /** How many items wait. */
    val size: Int get() = synchronized(lock) { items.size }

    /** Adds [item] unless the queue is full or closed. */
    fun offer(item: T): Boolean {
        val taker = synchronized(lock) {
            if (closed || items.size >= capacity) return false
            items.addLast(item)
            takers.removeFirstOrNull()
        }
        taker?.resume(Unit)
        return true
    }

    /** Adds [item] unless the queue is closed; the oldest item goes when the queue is full. */
    fun offerDroppingOldest(item: T) {
        val taker = synchronized(lock) {
            if (closed) return
            if (items.size >= capacity) items.removeFirst()
            items.addLast(item)
            takers.removeFirstOrNull()
        }
        taker?.resume(Unit)
    }

    /** The next item, or null once the queue is closed. */
    suspend fun take(): T? {
        while (true) {
            synchronized(lock) {
                items.removeFirstOrNull()?.let { return it }
                if (closed) return null
            }
            awaitArrival()
        }
    }

    /** Ends the queue and hands out what was in it. */
    fun close(): List<T> {
        val left: List<T>
        val waiting: List<CancellableContinuation<Unit>>
        synchronized(lock) {
            closed = true
            left = items.toList()
            items.clear()
            waiting = takers.toList()
            takers.clear()
        }
        waiting.forEach { it.resume(Unit) }
        return left
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
