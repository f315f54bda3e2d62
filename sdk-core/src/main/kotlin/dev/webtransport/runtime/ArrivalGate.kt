package dev.webtransport.runtime

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

    /** So many more queues are full, or fewer. Changes may come in another order than they happened. */
    fun change(by: Int) {
        if (by != 0) fullQueues.update { it + by }
    }

    /** Waits until no queue is full. */
    suspend fun await() {
        // Nearly always; a collector costs more than all else that a short stream needs here.
        if (fullQueues.value == 0) return
        fullQueues.first { it == 0 }
    }
}
