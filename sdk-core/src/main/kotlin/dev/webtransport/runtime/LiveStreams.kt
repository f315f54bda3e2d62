package dev.webtransport.runtime

import dev.webtransport.session.SessionEvent
import dev.webtransport.value.Initiator
import dev.webtransport.value.StreamType
import kotlinx.coroutines.CompletableDeferred

/**
 * The streams of a session that are not over for this end: those the application works with, and those that wait to be
 * accepted. As many as QUIC's credit allows. For any thread.
 */
internal class LiveStreams(private val traffic: Traffic, private val tell: (SessionEvent) -> Unit) {
    private class Halves(val type: StreamType, val initiator: Initiator) {
        var sends = type == StreamType.BIDIRECTIONAL || initiator == Initiator.LOCAL
        var receives = type == StreamType.BIDIRECTIONAL || initiator == Initiator.REMOTE
    }

    private val lock = Any()
    private val live = HashMap<Long, Halves>()

    // Under the lock.
    private val waiters = ArrayList<CompletableDeferred<Unit>>()
    private val opened = LongArray(KINDS)
    private val closed = LongArray(KINDS)

    /** How many there are now. */
    @Volatile
    var count: Int = 0
        private set

    fun begin(id: Long, type: StreamType, initiator: Initiator) {
        synchronized(lock) {
            live[id] = Halves(type, initiator)
            opened[index(type, initiator)]++
            count = live.size
        }
        traffic.handleStream()
        tell(SessionEvent.StreamOpened(id, type, initiator))
    }

    fun endSend(id: Long) = end(id) { sends = false }

    fun endReceive(id: Long) = end(id) { receives = false }

    /** Waits until there is none. */
    suspend fun awaitNone() {
        val waiter = CompletableDeferred<Unit>()
        synchronized(lock) {
            if (count == 0) return
            waiters.add(waiter)
        }
        try {
            waiter.await()
        } finally {
            synchronized(lock) { waiters.remove(waiter) }
        }
    }

    /** How many there were and how many are over; all of them if the session is [over]. */
    fun counts(over: Boolean): Counts = synchronized(lock) { Counts(opened.copyOf(), if (over) opened.copyOf() else closed.copyOf()) }

    private inline fun end(id: Long, change: Halves.() -> Unit) {
        synchronized(lock) {
            val halves = live[id] ?: return
            halves.change()
            if (halves.sends || halves.receives) return
            live.remove(id)
            closed[index(halves.type, halves.initiator)]++
        }
        tell(SessionEvent.StreamEnded(id))
        // Told before it counts, so that who waits for the last stream finds its event told.
        val done =
            synchronized(lock) {
                count = live.size
                if (count == 0) waiters.toList() else emptyList()
            }
        done.forEach { it.complete(Unit) }
    }

    /** Streams by kind and by who opened them. */
    class Counts(private val opened: LongArray, private val closed: LongArray) {
        fun forEach(action: (type: StreamType, initiator: Initiator, opened: Long, closed: Long) -> Unit) {
            for (type in StreamType.values()) {
                for (initiator in Initiator.values()) {
                    val index = index(type, initiator)
                    action(type, initiator, opened[index], closed[index])
                }
            }
        }
    }

    private companion object {
        val INITIATORS = Initiator.values().size
        val KINDS = StreamType.values().size * INITIATORS

        fun index(type: StreamType, initiator: Initiator): Int = type.ordinal * INITIATORS + initiator.ordinal
    }
}
