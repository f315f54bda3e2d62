package dev.webtransport.kwik

import dev.webtransport.config.DatagramConfig
import dev.webtransport.transport.ArrivalQueue
import dev.webtransport.value.DatagramStatus
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import tech.kwik.core.frame.DatagramFrame
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicLong
import kotlin.coroutines.resume

/**
 * The datagrams of a connection (RFC 9221), past Kwik's own: those it sends leave in reverse order (a stack of priority requests),
 * and those it receives wait in a queue without a bound. Here each is put into a packet when its turn comes, and those that
 * arrive are taken off the packets, in order.
 *
 * @param request asks for a frame of a given length, as soon as a packet may leave
 */
internal class KwikDatagrams(
    config: DatagramConfig,
    private val request: (frameLength: Int, frame: () -> DatagramFrame?) -> Unit,
) {
    private val outgoingLimit = config.outgoingQueueLength()
    private val lock = Any()

    // All under the lock.
    private val outgoing = ArrayDeque<DatagramFrame>()
    private var requested = false
    private var closed = false
    private val roomWaiters = ArrayDeque<CancellableContinuation<Unit>>()

    /** What arrived. */
    val incoming = ArrivalQueue<ByteBuffer>(config.incomingQueueLength())

    /** The largest payload that can be sent now, 0 if the peer takes none. */
    @Volatile
    var maxSize: Int = 0

    private val sentCount = AtomicLong()
    private val receivedCount = AtomicLong()
    private val lostCount = AtomicLong()

    val sent: Long get() = sentCount.get()
    val received: Long get() = receivedCount.get()
    val lost: Long get() = lostCount.get()

    /** Queues a copy of all of [data]. */
    fun send(data: ByteBuffer): DatagramStatus {
        val bytes = ByteArray(data.remaining()).also { data.get(it) }
        val next: DatagramFrame
        synchronized(lock) {
            if (closed || outgoing.size >= outgoingLimit) return DatagramStatus.BLOCKED
            if (bytes.size > maxSize) return DatagramStatus.TOO_LARGE
            outgoing.addLast(UnrepeatedDatagramFrame(bytes))
            if (requested) return DatagramStatus.SENT
            requested = true
            next = outgoing.first()
        }
        request(next)
        return DatagramStatus.SENT
    }

    /** Waits for room in the queue; false once the connection has ended. */
    suspend fun awaitRoom(): Boolean {
        suspendCancellableCoroutine<Unit> { waiter ->
            val waits = synchronized(lock) {
                (!closed && outgoing.size >= outgoingLimit).also { if (it) roomWaiters.addLast(waiter) }
            }
            if (waits) {
                waiter.invokeOnCancellation { synchronized(lock) { roomWaiters.remove(waiter) } }
            } else {
                waiter.resume(Unit)
            }
        }
        return !synchronized(lock) { closed }
    }

    /** A datagram arrived. On the thread that processes packets. */
    fun handleReceived(frame: DatagramFrame) {
        receivedCount.incrementAndGet()
        incoming.offerDroppingOldest(ByteBuffer.wrap(frame.data))
    }

    /** A packet with a datagram is held to be lost. */
    fun handleLost() {
        lostCount.incrementAndGet()
    }

    /** The connection has ended. */
    fun handleConnectionEnd() {
        val waiting = synchronized(lock) {
            closed = true
            outgoing.clear()
            takeWaiters()
        }
        waiting.forEach { it.resume(Unit) }
        incoming.close()
    }

    private fun request(next: DatagramFrame) = request(next.frameLength, ::poll)

    /** The datagram that was asked room for. On the sending thread. */
    private fun poll(): DatagramFrame? {
        val frame: DatagramFrame?
        val next: DatagramFrame?
        val waiting: List<CancellableContinuation<Unit>>
        synchronized(lock) {
            frame = outgoing.removeFirstOrNull()
            next = outgoing.firstOrNull()
            requested = next != null
            waiting = takeWaiters()
        }
        if (next != null) request(next)
        waiting.forEach { it.resume(Unit) }
        if (frame != null) sentCount.incrementAndGet()
        return frame
    }

    /** Under the lock. */
    private fun takeWaiters(): List<CancellableContinuation<Unit>> = roomWaiters.toList().also { roomWaiters.clear() }
}
