package dev.webtransport.runtime

import kotlinx.coroutines.channels.Channel

/**
 * A bounded queue between the engine and any number of receivers, from which cancellation takes nothing: an item leaves
 * the queue only in the moment in which a receiver returns with it. (A `Channel` may lose what it hands to a receiver that is
 * cancelled at that moment.)
 */
internal class ArrivalQueue<T : Any>(private val capacity: Int) {
    private val lock = Any()
    private val items = ArrayDeque<T>()
    private var closed = false

    /** Wakes one receiver; who leaves items behind wakes the next. */
    private val signal = Channel<Unit>(Channel.CONFLATED)

    /** Adds an item; false when the queue is full or closed. */
    fun offer(item: T): Boolean {
        synchronized(lock) {
            if (closed || items.size >= capacity) return false
            items.addLast(item)
        }
        signal.trySend(Unit)
        return true
    }

    /** The next item, or null once the queue is closed. Cancellation: no item is lost. */
    suspend fun receive(): T? {
        while (true) {
            synchronized(lock) {
                val item = items.removeFirstOrNull()
                if (item != null) {
                    if (items.isNotEmpty()) signal.trySend(Unit)
                    return item
                }
                if (closed) {
                    signal.trySend(Unit)
                    return null
                }
            }
            signal.receive()
        }
    }

    /** Ends the queue, for every receiver, and answers what nobody took. Repeatable. */
    fun close(): List<T> {
        val left =
            synchronized(lock) {
                closed = true
                items.toList().also { items.clear() }
            }
        signal.trySend(Unit)
        return left
    }
}
