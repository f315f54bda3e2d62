package dev.webtransport.runtime

import dev.webtransport.session.SessionEvent
import dev.webtransport.value.Initiator
import dev.webtransport.value.StreamType
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first

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
    private val mutableCount = MutableStateFlow(0)

    // Under the lock.
    private val opened = LongArray(KINDS)
    private val closed = LongArray(KINDS)

    /** How many there are now. */
    val count: Int get() = mutableCount.value

    fun begin(id: Long, type: StreamType, initiator: Initiator) {
        synchronized(lock) {
            live[id] = Halves(type, initiator)
            opened[index(type, initiator)]++
            mutableCount.value = live.size
        }
        traffic.handleStream()
        tell(SessionEvent.StreamOpened(id, type, initiator))
    }

    fun endSend(id: Long) = end(id) { sends = false }

    fun endReceive(id: Long) = end(id) { receives = false }

    /** Waits until there is none. */
    suspend fun awaitNone() {
        mutableCount.first { it == 0 }
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
        synchronized(lock) { mutableCount.value = live.size }
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
