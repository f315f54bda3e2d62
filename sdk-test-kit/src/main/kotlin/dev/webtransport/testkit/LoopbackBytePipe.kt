package dev.webtransport.testkit

import dev.webtransport.testkit.quic.ByteRing
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import java.nio.ByteBuffer
import kotlin.time.Duration

/**
 * One direction of a connection of bytes, from the writer's buffer over the wire into the reader's. Everything here runs under
 * the lock of the [monitor].
 */
internal class LoopbackBytePipe(
    private val monitor: Monitor,
    private val wire: Wire,
    private val sendCapacity: Int,
    private val receiveCapacity: Int,
    private val onUnwanted: () -> Unit,
) {
    private val unsent = ByteRing()
    private val flying = ByteRing()
    private val arrived = ByteRing()
    private var endSent = false
    private var endArrived = false
    private var unwanted = false

    /** The writer's buffer has room, or there is nothing to write any more. */
    val writable = Condition(monitor)

    /** Something has arrived, or nothing will any more. */
    val readable = Condition(monitor)

    /** The writer has said its last. */
    var finished = false
        private set

    /** The reader has seen the end. */
    var read = false
        private set

    /** Takes what there is room for, and tells whether that was all. */
    fun write(data: ByteBuffer): Boolean {
        do {
            val count = minOf(data.remaining(), sendCapacity - unsent.size())
            unsent.put(data, count)
            send()
        } while (count > 0 && data.hasRemaining())
        return !data.hasRemaining()
    }

    fun finish() {
        finished = true
        send()
    }

    /** The number of bytes moved, -1 at the end, or null while there is nothing. */
    fun read(dst: ByteBuffer): Int? {
        if (arrived.size() > 0) {
            val count = arrived.take(dst)
            send()
            return count
        }
        if (!endArrived) return null
        read = true
        return -1
    }

    /** The reader has gone: what comes for it is answered by a reset, except for the end. */
    fun refuse() {
        unwanted = true
        if (arrived.size() > 0) onUnwanted()
        arrived.clear()
    }

    /** The connection is cut: nothing is under way any more. */
    fun cut() {
        unsent.clear()
        flying.clear()
        arrived.clear()
        signal()
    }

    fun signal() {
        writable.signal()
        readable.signal()
    }

    /** As much goes on the wire as the reader has room for. */
    private fun send() {
        val count = minOf(unsent.size(), receiveCapacity - flying.size() - arrived.size())
        if (count > 0) {
            flying.put(ByteBuffer.wrap(unsent.take(count)), count)
            writable.signal()
            wire.carry { land(count) }
        }
        if (finished && !endSent && unsent.size() == 0) {
            endSent = true
            wire.carry {
                endArrived = true
                readable.signal()
            }
        }
    }

    private fun land(count: Int) {
        // Less is left when the connection was cut meanwhile.
        val left = minOf(count, flying.size())
        arrived.put(ByteBuffer.wrap(flying.take(left)), left)
        if (unwanted && arrived.size() > 0) {
            arrived.clear()
            onUnwanted()
        }
        readable.signal()
    }
}

/** Brings things to the other end after a time, in the order in which they were sent. */
internal class Wire(
    private val monitor: Monitor,
    private val timers: CoroutineScope,
    private val latency: Duration,
) {
    private val underway = ArrayDeque<() -> Unit>()

    /** Under the lock: [arrival] runs under the lock, too, at once when nothing takes time. */
    fun carry(arrival: () -> Unit) {
        if (latency == Duration.ZERO) {
            arrival()
            return
        }
        underway.addLast(arrival)
        monitor.afterwards {
            // Undispatched, so that the time counts from now and not from when the dispatcher gets to it.
            timers.launch(start = CoroutineStart.UNDISPATCHED) {
                delay(latency)
                // The oldest, whichever timer it is that rings first.
                monitor.locked { underway.removeFirst()() }
            }
        }
    }
}
