package dev.webtransport.transport

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/**
 * What arrived and was not taken yet: streams, datagrams, sessions or connections. Bounded; takers wait in line; a taker that is
 * cancelled loses nothing, because what was on its way to it comes back, to the head of the queue. (A `Channel` may lose what it hands
 * to a receiver that is cancelled at that moment.)
 *
 * @param capacity with so many items the queue is full
 * @param most how many items it takes all the same, for what is on its way when it becomes full
 * @param dispose called with each item that nobody will take, because the queue is closed; from any thread
 * @param onFullness called with 1 when the queue has become full, and with -1 when it is so no longer; from any thread
 */
internal class ArrivalQueue<T : Any>(
    private val capacity: Int,
    private val most: Long = capacity.toLong(),
    private val dispose: (item: T) -> Unit = {},
    private val onFullness: (by: Int) -> Unit = {},
) {
    private val lock = Any()

    // All under the lock.
    private val items = ArrayDeque<T>()
    private val takers = ArrayDeque<CancellableContinuation<T?>>()
    private var closed = false
    private var wasFull = false

    /** What takers of a closed queue fail with, if not null. Set before it is closed. */
    private var failure: (() -> Throwable)? = null

    private val takeBack = { _: Throwable, item: T, _: CoroutineContext -> takeBack(item) }

    /** How many items wait. */
    val size: Int get() = synchronized(lock) { items.size }

    /** Adds [item] unless the queue is closed or takes no more. */
    fun offer(item: T): Boolean {
        var change = 0
        val taker = synchronized(lock) {
            if (closed || items.size >= most) return false
            takers.removeFirstOrNull() ?: null.also {
                items.addLast(item)
                change = fullness()
            }
        }
        // Outside the lock, for who is told or woken may go on at once.
        tell(change)
        taker?.resume(item, takeBack)
        return true
    }

    /** Adds [item] unless the queue is closed; the oldest items go where the queue would be more than full. */
    fun offerDroppingOldest(item: T) {
        var change = 0
        val taker = synchronized(lock) {
            if (closed) return
            takers.removeFirstOrNull() ?: null.also {
                // More than one, where some came back from takers.
                while (items.size >= capacity) items.removeFirst()
                items.addLast(item)
                change = fullness()
            }
        }
        tell(change)
        taker?.resume(item, takeBack)
    }

    /** The next item, or null once the queue is closed. */
    suspend fun take(): T? = next()

    /** The next item; for a queue that is closed with a failure, which is thrown then. */
    suspend fun takeOrFail(): T = next()

    /** The next item; once the queue is closed what it was closed with is thrown, or null the answer. */
    private suspend fun <R : T?> next(): R {
        var change = 0
        var isOver = false
        val item = synchronized(lock) {
            items.removeFirstOrNull().also {
                isOver = it == null && closed
                change = fullness()
            }
        }
        tell(change)
        @Suppress("UNCHECKED_CAST") // R is T where there is a failure, and else T?.
        if (isOver) return end() as R
        // At the end of the function, as in its callers, so that who waits costs no state of this one, nor of them.
        @Suppress("UNCHECKED_CAST")
        return (item ?: awaitItem()) as R
    }

    /** Ends the queue, and disposes of what is in it. Those who take fail with a [failure] of their own, if there is one. Repeatable. */
    fun close(failure: (() -> Throwable)? = null) {
        val left: List<T>
        val waiting: List<CancellableContinuation<T?>>
        val change: Int
        synchronized(lock) {
            if (closed) return
            this.failure = failure
            closed = true
            left = items.toList()
            items.clear()
            change = fullness()
            waiting = takers.toList()
            takers.clear()
        }
        tell(change)
        left.forEach(dispose)
        waiting.forEach(::resumeAtEnd)
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

    private fun end(): T? {
        failure?.let { throw it() }
        return null
    }

    private fun resumeAtEnd(taker: CancellableContinuation<T?>) {
        val how = failure
        if (how == null) taker.resume(null) else taker.resumeWithException(how())
    }

    private suspend fun awaitItem(): T? =
        suspendCancellableCoroutine { taker ->
            var change = 0
            var waits = false
            val item = synchronized(lock) {
                items.removeFirstOrNull().also {
                    waits = it == null && !closed
                    if (waits) takers.addLast(taker)
                    change = fullness()
                }
            }
            tell(change)
            when {
                item != null -> taker.resume(item, takeBack)
                waits -> taker.invokeOnCancellation { synchronized(lock) { takers.remove(taker) } }
                else -> resumeAtEnd(taker)
            }
        }

    /** The taker of [item] was cancelled before it ran: the next one in line has it. */
    private fun takeBack(item: T) {
        var change = 0
        var isOver = false
        val taker = synchronized(lock) {
            isOver = closed
            takers.removeFirstOrNull() ?: null.also {
                if (!isOver) {
                    items.addFirst(item)
                    change = fullness()
                }
            }
        }
        tell(change)
        if (isOver) dispose(item) else taker?.resume(item, takeBack)
    }
}
