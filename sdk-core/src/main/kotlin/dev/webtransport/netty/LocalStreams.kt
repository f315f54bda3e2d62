package dev.webtransport.netty

import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.StreamOpener
import io.netty.handler.codec.quic.QuicChannel
import io.netty.handler.codec.quic.QuicStreamType
import org.slf4j.LoggerFactory
import java.util.concurrent.atomic.AtomicInteger

/**
 * The streams of one type that this end opens on a connection.
 *
 * A stream has its id at once, and is opened on the event loop: where it is asked for, if that is there, else in a task. Neither quiche
 * nor the peer knows of it until its first bytes have their turn: Netty asks quiche for the capacity of each stream it knows with each
 * packet that arrives, so a thousand streams that wait for their turn would cost more than the packet.
 */
internal class LocalStreams(
    private val connection: NettyConnection,
    private val type: QuicStreamType,
    firstId: Long,
    private val channel: () -> QuicChannel,
) {
    private val opener = StreamOpener(firstId, ::create)

    /** How many have an id and wait for the event loop, on which they are opened in the order of their ids. */
    private val toOpen = AtomicInteger()

    // Both on the event loop only.
    private var attached = 0L

    /** Those of which quiche does not know yet, in the order of their ids. Bounded by the peer's limit. */
    private val unattached = ArrayDeque<NettyStream>()

    /** A stream, or null if there is no credit now or others wait for it. */
    fun tryOpen(): NettyStream? = opener.tryOpen()

    /** A stream, as soon as there is credit. */
    suspend fun open(): NettyStream = opener.open()

    /** Makes the channel of [stream], and first those of all that were opened before it. On the event loop. */
    fun attach(stream: NettyStream) {
        while (stream.channel == null && !connection.hasEnded) {
            if (unattached.isEmpty() || unattached.first().id > stream.id) return
            attachNow(unattached.removeFirst())
        }
    }

    /** The peer's limit may have changed. On the event loop. */
    fun updateLimit() = opener.handleLimit(attached + maxOf(0, channel().peerAllowedStreams(type)))

    /**
     * Asks quiche for the peer's limit if there is no credit left, with each packet that arrives. Netty asks only after streams in its
     * channels have used the limit up, and streams that are not attached yet use it up too. On the event loop.
     */
    fun updateExhaustedLimit() {
        if (!opener.isExhausted) return
        val left = QuicheAccess.find()?.streamsLeft(channel(), type) ?: return
        if (left > 0) opener.handleLimit(attached + left)
    }

    /** The connection has ended. On the event loop, or after its end. */
    fun handleConnectionEnd(cause: QuicConnectionException) {
        unattached.clear()
        opener.handleConnectionEnd(cause)
    }

    /** Under the lock of the opener, so that the order of ids is the order of tasks. */
    private fun create(id: Long): NettyStream {
        val stream = NettyStream(connection, id, true, type == QuicStreamType.BIDIRECTIONAL)
        // A channel is not made here: that may fail, which calls others.
        if (connection.isHere && toOpen.get() == 0 && QuicheAccess.find() != null) {
            open(stream)
        } else {
            toOpen.incrementAndGet()
            connection.execute {
                toOpen.decrementAndGet()
                open(stream)
            }
        }
        // Not under the lock, for it wakes those who wait for credit.
        if (opener.isExhausted) connection.execute(connection::updateExhaustedLimits)
        return stream
    }

    private fun open(stream: NettyStream) {
        if (!connection.admit(stream)) return
        unattached.addLast(stream)
        if (QuicheAccess.find() == null) attach(stream)
        stream.handleOpened()
    }

    private fun attachNow(stream: NettyStream) {
        attached++
        // On the event loop this is done at once.
        val made = channel().createStream(type, stream)
        val channelOfStream = made.now
        if (channelOfStream == null || channelOfStream.streamId() != stream.id) {
            LOG.error("Stream {} could not be opened: {}", stream.id, channelOfStream, made.cause())
            val reason = "stream ${stream.id} could not be opened: ${made.cause() ?: channelOfStream}"
            connection.abandon(QuicCloseReason.Internal(reason))
        } else {
            connection.updateExhaustedLimits()
        }
    }

    private companion object {
        val LOG = LoggerFactory.getLogger(LocalStreams::class.java)!!
    }
}
