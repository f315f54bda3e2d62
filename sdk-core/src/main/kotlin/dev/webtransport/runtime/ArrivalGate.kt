package dev.webtransport.runtime

import dev.webtransport.transport.ArrivalQueue
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update

/**
 * Holds back what arrives on a connection while the application of one of its sessions does not take what has arrived already.
 *
 * The peer's credit for streams does not bound that: a stream that was short, and came whole, is over for QUIC before anybody has
 * accepted it, and its credit is given back.
 */
internal class ArrivalGate {
    private val fullQueues = MutableStateFlow(0)

    /** A queue that shuts the gate while it is full; what was on its way at that moment it takes nevertheless. */
    fun <T : Any> queue(capacity: Int): ArrivalQueue<T> = ArrivalQueue(capacity, 2L * capacity + ON_THE_WAY, onFullness = ::change)

    /** So many more queues are full, or fewer. Changes may come in another order than they happened. */
    private fun change(by: Int) = fullQueues.update { it + by }

    /** Nothing more comes that could be held back: the gate stays open, whatever is full. */
    fun openForGood() {
        fullQueues.value = OPEN_FOR_GOOD
    }

    /** Waits until no queue is full. */
    suspend fun await() {
        // Nearly always; a collector costs more than all else that a short stream needs here.
        if (fullQueues.value <= 0) return
        fullQueues.first { it <= 0 }
    }

    private companion object {
        /** So low that no number of queues shuts it. */
        const val OPEN_FOR_GOOD = Int.MIN_VALUE / 2

        /** What a transport hands out while the first of it is looked at. */
        const val ON_THE_WAY = 128
    }
}
