package dev.webtransport.netty

import dev.webtransport.config.DatagramConfig
import dev.webtransport.transport.ArrivalQueue
import dev.webtransport.transport.moveTo
import dev.webtransport.value.DatagramStatus
import io.netty.buffer.ByteBuf
import io.netty.buffer.ByteBufAllocator
import io.netty.handler.codec.quic.QuicChannel
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.nio.ByteBuffer
import kotlin.coroutines.resume

/**
 * The datagrams of a connection (RFC 9221). Outgoing ones wait here, bounded, for room in quiche's own queue, which has the
 * same length; without access to quiche that queue drops what congestion does not let out. An empty datagram is not sent:
 * Netty skips it.
 */
internal class NettyDatagrams(
    config: DatagramConfig,
    private val handleTaken: (length: Int) -> Unit,
    private val execute: (Runnable) -> Unit,
) {
    private val outgoingLimit = config.outgoingQueueLength()
    private val lock = Any()
    private val outgoing = ArrayDeque<ByteBuf>()
    private var drainScheduled = false
    private var closed = false
    private var channel: QuicChannel? = null
    private val drainTask = Runnable { drain() }
    private val roomWaiters = ArrayDeque<CancellableContinuation<Unit>>()

    /** What arrived. */
    val incoming = ArrivalQueue<ByteBuffer>(config.incomingQueueLength())

    /** The largest payload that can be sent now, 0 if the peer takes none. */
    @Volatile
    var maxSize: Int = 0

    /** Queues a copy of all of [data]. */
    fun send(data: ByteBuffer): DatagramStatus {
        val length = data.remaining()
        val schedule: Boolean
        synchronized(lock) {
            val status = when {
                closed || outgoing.size >= outgoingLimit -> DatagramStatus.BLOCKED
                length > maxSize -> DatagramStatus.TOO_LARGE
                else -> DatagramStatus.SENT
            }
            if (status != DatagramStatus.SENT || length == 0) {
                data.moveTo(data.limit())
                return status
            }
            outgoing.addLast(ByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(data))
            schedule = !drainScheduled
            drainScheduled = true
        }
        if (schedule) execute(drainTask)
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

    /** Packets arrived: quiche may have sent what it had. On the event loop. */
    fun handlePackets() {
        if (synchronized(lock) { outgoing.isNotEmpty() }) drain()
    }

    /** A datagram arrived; takes [data] over. On the event loop. */
    fun handleReceived(data: ByteBuf) {
        val copy = ByteBuffer.allocate(data.readableBytes())
        data.readBytes(copy)
        data.release()
        copy.moveTo(0)
        incoming.offerDroppingOldest(copy)
    }

    /** The connection is there. On the event loop. */
    fun handleActive(channel: QuicChannel) {
        this.channel = channel
    }

    /** The connection has ended. */
    fun handleConnectionEnd() {
        synchronized(lock) {
            closed = true
            outgoing.forEach { it.release() }
            outgoing.clear()
        }
        wakeWaiters()
        incoming.close()
    }

    private fun drain() {
        val target = channel
        if (target == null || !target.isActive) {
            synchronized(lock) {
                drainScheduled = false
                outgoing.forEach { it.release() }
                outgoing.clear()
            }
        } else {
            handOver(target)
        }
        wakeWaiters()
    }

    private fun handOver(target: QuicChannel) {
        val access = QuicheAccess.find()
        var full = false
        var flushed = true
        while (true) {
            val datagram = synchronized(lock) {
                drainScheduled = false
                outgoing.removeFirstOrNull()
            } ?: break
            // The path may have become narrower since: the channel would take that for an error of its own.
            when {
                datagram.readableBytes() > maxSize -> {
                    datagram.release()
                }

                access == null -> {
                    target.write(datagram)
                    flushed = false
                }

                access.sendDatagram(target, datagram) -> {
                    handleTaken(datagram.readableBytes())
                    datagram.release()
                    full = false
                    flushed = false
                }

                else -> {
                    val kept = synchronized(lock) { !closed.also { if (!it) outgoing.addFirst(datagram) } }
                    if (!kept) datagram.release()
                    // A full queue may be full because nothing was sent of it yet.
                    if (!kept || full || flushed) break
                    full = true
                    access.flush(target)
                    flushed = true
                }
            }
        }
        if (access == null) {
            target.flush()
        } else if (!flushed) {
            access.flush(target)
        }
    }

    private fun wakeWaiters() {
        val waiting = synchronized(lock) {
            if (!closed && outgoing.size >= outgoingLimit) return
            roomWaiters.toList().also { roomWaiters.clear() }
        }
        waiting.forEach { it.resume(Unit) }
    }
}
