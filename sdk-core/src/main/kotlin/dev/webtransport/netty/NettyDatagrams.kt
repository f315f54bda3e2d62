package dev.webtransport.netty

import dev.webtransport.config.DatagramConfig
import dev.webtransport.value.DatagramStatus
import io.netty.buffer.ByteBuf
import io.netty.buffer.ByteBufAllocator
import io.netty.channel.Channel
import java.nio.ByteBuffer

/**
 * The datagrams of a connection (RFC 9221). Outgoing ones wait here, bounded, for the event loop; quiche's own queue
 * behind it has the same length and drops what congestion does not let out. An empty datagram is not sent: Netty skips it.
 */
internal class NettyDatagrams(config: DatagramConfig, private val execute: (Runnable) -> Unit) {
    private val outgoingLimit = config.outgoingQueueLength()
    private val lock = Any()
    private val outgoing = ArrayDeque<ByteBuf>()
    private var drainScheduled = false
    private var closed = false
    private var channel: Channel? = null
    private val drainTask = Runnable { drain() }

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

    /** A datagram arrived; takes [data] over. On the event loop. */
    fun handleReceived(data: ByteBuf) {
        val copy = ByteBuffer.allocate(data.readableBytes())
        data.readBytes(copy)
        data.release()
        copy.moveTo(0)
        incoming.offerDroppingOldest(copy)
    }

    /** The connection is there. On the event loop. */
    fun handleActive(channel: Channel) {
        this.channel = channel
    }

    /** The connection has ended. */
    fun handleConnectionEnd() {
        synchronized(lock) {
            closed = true
            outgoing.forEach { it.release() }
            outgoing.clear()
        }
        incoming.close()
    }

    private fun drain() {
        val taken: List<ByteBuf>
        synchronized(lock) {
            drainScheduled = false
            taken = ArrayList(outgoing)
            outgoing.clear()
        }
        val target = channel
        if (target == null || !target.isActive) {
            taken.forEach { it.release() }
            return
        }
        for (datagram in taken) {
            // The path may have become narrower since: the channel would take that for an error of its own.
            if (datagram.readableBytes() <= maxSize) target.write(datagram) else datagram.release()
        }
        target.flush()
    }
}
