package dev.webtransport.runtime

import kotlinx.coroutines.channels.Channel

/**
 * A bounded queue between the engine and any number of receivers, from which cancellation takes nothing: an item leaves
 * the queue only in the moment in which a receiver returns with it. (A `Channel` may lose what it hands to a receiver that is
 * cancelled at that moment.)
 *
 * @param gate shut while the queue is full; what was on its way at that moment is taken nevertheless
 */
internal class ArrivalQueue<T : Any>(private val capacity: Int, private val gate: ArrivalGate? = null) {
    private val lock = Any()
    private val items = ArrayDeque<T>()
    private val most = if (gate == null) capacity.toLong() else 2L * capacity + ON_THE_WAY
    private var closed = false
    private var shut = false

    /** Wakes one receiver; who leaves items behind wakes the next. */
    private val signal = Channel<Unit>(Channel.CONFLATED)

    /** Adds an item; false when the queue is full or closed. */
    fun offer(item: T): Boolean {
        synchronized(lock) {
            if (closed || items.size >= most) return false
            items.addLast(item)
            updateGate()
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
                    updateGate()
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
                items.toList().also {
                    items.clear()
                    updateGate()
                }
            }
        signal.trySend(Unit)
        return left
    }

    /** Under the lock. */
    private fun updateGate() {
        val isFull = items.size >= capacity && !closed
        if (gate == null || isFull == shut) return
        shut = isFull
        if (isFull) gate.shut() else gate.open()
    }

    private companion object {
        /** What a transport hands out while the first of it is looked at. */
        const val ON_THE_WAY = 128
    }
}
