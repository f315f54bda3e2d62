package dev.webtransport.netty

import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.TransportSpi
import io.netty.buffer.ByteBuf
import io.netty.channel.ChannelHandlerContext
import io.netty.channel.ChannelInboundHandlerAdapter
import io.netty.channel.socket.ChannelInputShutdownEvent
import io.netty.handler.codec.quic.QuicStreamChannel
import io.netty.handler.codec.quic.QuicStreamResetException
import io.netty.util.ReferenceCountUtil

/**
 * One stream: the handler of its channel, and its halves. A stream that this end opened is there before its channel is:
 * ids are given out in order, and the channel is made when the first bytes have their turn.
 *
 * When both halves have ended the channel is closed, which costs nothing on the wire.
 */
@OptIn(TransportSpi::class)
internal class NettyStream(
    val connection: NettyConnection,
    override val id: Long,
    sends: Boolean,
    receives: Boolean,
) : ChannelInboundHandlerAdapter(),
    QuicBidirectionalStream {
    private val sendHalf = if (sends) NettySendStream(this) else null
    private val receiveHalf = if (receives) NettyReceiveStream(this) else null

    /** Set once, on the event loop. */
    var channel: QuicStreamChannel? = null
        private set

    // Both on the event loop only.
    private var sendEnded = !sends
    private var receiveEnded = !receives

    override val send: NettySendStream get() = checkNotNull(
        sendHalf,
    ) { "stream $id cannot send: it is a unidirectional stream of the peer" }
    override val receive: NettyReceiveStream
        get() = checkNotNull(receiveHalf) { "stream $id cannot receive: it is a unidirectional stream of this end" }

    override fun handlerAdded(ctx: ChannelHandlerContext) {
        val stream = ctx.channel() as QuicStreamChannel
        // Before the channel becomes active, which would read at once.
        stream.config().isAutoRead = false
        channel = stream
    }

    /** The peer sent STOP_SENDING, for whatever kind of stream. */
    fun handleStopped() {
        sendHalf?.checkStopped()
    }

    override fun channelActive(ctx: ChannelHandlerContext) {
        sendHalf?.handleAttached()
        receiveHalf?.handleAttached()
    }

    override fun channelRead(ctx: ChannelHandlerContext, msg: Any) {
        val half = receiveHalf
        if (msg is ByteBuf && half != null) half.handleData(msg) else ReferenceCountUtil.release(msg)
    }

    override fun userEventTriggered(ctx: ChannelHandlerContext, evt: Any) {
        if (evt === ChannelInputShutdownEvent.INSTANCE) receiveHalf?.handleFin()
    }

    @Deprecated("Netty deprecated it for handlers of outbound events only")
    override fun exceptionCaught(ctx: ChannelHandlerContext, cause: Throwable) {
        if (cause is QuicStreamResetException) {
            receiveHalf?.handleReset(cause.applicationProtocolCode())
        } else {
            receiveHalf?.handleConnectionEnd(QuicConnectionException(closeReason(cause, null), cause))
        }
    }

    override fun channelInactive(ctx: ChannelHandlerContext) {
        // Either both halves have ended, or the connection has, or Netty gave the stream up; only the last is news.
        connection.endIfClosed()
        if (sendEnded && receiveEnded) receiveHalf?.leavePool() else handleConnectionEnd(connection.endedException())
    }

    /** The connection has ended. On the event loop. */
    fun handleConnectionEnd(cause: QuicConnectionException) {
        sendHalf?.handleConnectionEnd(cause)
        receiveHalf?.handleConnectionEnd(cause)
    }

    /** A stream of this end may have its turn; quiche will know of it then. On the event loop. */
    fun handleOpened() {
        sendHalf?.handleOpened()
    }

    /** Makes the channel unless it is there. On the event loop. */
    fun attach() {
        if (channel == null) connection.attach(this)
    }

    /** Hands to QUIC what was written and has not left yet. On the event loop. */
    fun flush() {
        sendHalf?.drain()
    }

    /** Nothing more will be sent. On the event loop. */
    fun handleSendEnded() {
        sendEnded = true
        closeIfEnded()
    }

    /** Nothing more will be received. On the event loop. */
    fun handleReceiveEnded() {
        receiveEnded = true
        closeIfEnded()
    }

    private fun closeIfEnded() {
        if (!sendEnded || !receiveEnded) return
        connection.forget(this)
        val stream = channel ?: return
        QuicheAccess.find()?.markEnded(stream)
        stream.close()
    }
}
