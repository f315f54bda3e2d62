package dev.webtransport.runtime

import dev.webtransport.session.SessionEvent
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.update

/**
 * The events of a session in order, the latest [capacity] of them kept. Every collector has a position of its own and holds up
 * nobody: it may be late, and be slow, and is told how many events it missed for that.
 *
 * The first event is not kept but known, and [SessionEvent.Closed] or [SessionEvent.Failed] ends the log.
 */
internal class EventLog(private val capacity: Int, private val first: SessionEvent = SessionEvent.Ready) {
    private val lock = Any()

    // Under the lock.
    private val kept = ArrayDeque<SessionEvent>(0)
    private var givenUp = 0L
    private var over = false

    /** How many were told, for who waits for more; never falls. */
    private val told = MutableStateFlow(0L)

    /** Tells an event; from any thread, never waits. After the end nothing happens. */
    fun tell(event: SessionEvent) {
        val count =
            synchronized(lock) {
                if (over) return
                over = isLast(event)
                kept.addLast(event)
                if (kept.size > capacity) {
                    kept.removeFirst()
                    givenUp++
                }
                givenUp + kept.size
            }
        // Outside the lock, for it may run collectors; so another thread may have been faster.
        told.update { maxOf(it, count) }
    }

    /** What happened and happens; completes behind the end. Cold: each collector begins with the first event. */
    val events: Flow<SessionEvent> =
        flow {
            emit(first)
            var position = 0L
            while (true) {
                val event = next(position)
                if (event == null) {
                    told.first { it > position }
                } else {
                    emit(event)
                    position += if (event is SessionEvent.Skipped) event.count else 1
                    if (isLast(event)) return@flow
                }
            }
        }

    private fun isLast(event: SessionEvent) = event is SessionEvent.Closed || event is SessionEvent.Failed

    /** What a collector gets that has [position] events behind it; null when there is nothing yet. */
    private fun next(position: Long): SessionEvent? =
        synchronized(lock) {
            if (position < givenUp) SessionEvent.Skipped(givenUp - position) else kept.getOrNull((position - givenUp).toInt())
        }
}
