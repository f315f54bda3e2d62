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
        val full =
            synchronized(lock) {
                if (closed || items.size >= most) return false
                items.addLast(item)
                fullQueues()
            }
        gate?.change(full)
        signal.trySend(Unit)
        return true
    }

    /** The next item, or null once the queue is closed. Cancellation: no item is lost. */
    suspend fun receive(): T? {
        while (true) {
            var full = 0
            var wakesNext = false
            val item =
                synchronized(lock) {
                    items.removeFirstOrNull().also {
                        full = fullQueues()
                        wakesNext = items.isNotEmpty() || closed
                    }
                }
            // Outside the lock, for who is woken may go on at once.
            gate?.change(full)
            if (wakesNext) signal.trySend(Unit)
            if (item != null || wakesNext) return item
            signal.receive()
        }
    }

    /** Ends the queue, for every receiver, and answers what nobody took. Repeatable. */
    fun close(): List<T> {
        var full = 0
        val left =
            synchronized(lock) {
                closed = true
                items.toList().also {
                    items.clear()
                    full = fullQueues()
                }
            }
        gate?.change(full)
        signal.trySend(Unit)
        return left
    }

    /** Under the lock: by how much the number of full queues changes. */
    private fun fullQueues(): Int {
        val isFull = items.size >= capacity && !closed
        if (gate == null || isFull == shut) return 0
        shut = isFull
        return if (isFull) 1 else -1
    }

    private companion object {
        /** What a transport hands out while the first of it is looked at. */
        const val ON_THE_WAY = 128
    }
}
