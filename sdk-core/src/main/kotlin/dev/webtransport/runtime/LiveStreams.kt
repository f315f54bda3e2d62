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
internal class LiveStreams(private val tell: (SessionEvent) -> Unit) {
    private class Halves(var sends: Boolean, var receives: Boolean)

    private val lock = Any()
    private val live = HashMap<Long, Halves>()
    private val mutableCount = MutableStateFlow(0)

    /** How many there are now. */
    val count: Int get() = mutableCount.value

    fun begin(id: Long, type: StreamType, initiator: Initiator) {
        val both = type == StreamType.BIDIRECTIONAL
        synchronized(lock) {
            live[id] = Halves(sends = both || initiator == Initiator.LOCAL, receives = both || initiator == Initiator.REMOTE)
            mutableCount.value = live.size
        }
        tell(SessionEvent.StreamOpened(id, type, initiator))
    }

    fun endSend(id: Long) = end(id) { sends = false }

    fun endReceive(id: Long) = end(id) { receives = false }

    /** Waits until there is none. */
    suspend fun awaitNone() {
        mutableCount.first { it == 0 }
    }

    private inline fun end(id: Long, change: Halves.() -> Unit) {
        synchronized(lock) {
            val halves = live[id] ?: return
            halves.change()
            if (halves.sends || halves.receives) return
            live.remove(id)
        }
        tell(SessionEvent.StreamEnded(id))
        // Told before it counts, so that who waits for the last stream finds its event told.
        synchronized(lock) { mutableCount.value = live.size }
    }
}
