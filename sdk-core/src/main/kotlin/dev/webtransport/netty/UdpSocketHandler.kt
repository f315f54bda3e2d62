package dev.webtransport.netty

import io.netty.channel.ChannelHandlerContext
import io.netty.channel.ChannelInboundHandlerAdapter
import org.slf4j.LoggerFactory

/**
 * Stands before the QUIC codec of one UDP socket and knows the connections that share the socket. On the event loop only.
 *
 * Each connection is told when quiche has had packets for it; a thousand others of the same socket cost it nothing.
 */
internal class UdpSocketHandler : ChannelInboundHandlerAdapter() {
    private val connections = LinkedHashSet<NettyConnection>()
    private val handshakes = ArrayList<NettyConnection>()

    /** Those whose packets are not told from others: they hear of all. */
    private val unobserved = ArrayList<NettyConnection>()

    /** Whose packets have come since the last of them were told; some more than once. */
    private val heard = ArrayList<NettyConnection>()
    private var isUnknown = false
    private lateinit var tasks: LoopTasks

    /** How many connections live on this socket. */
    val connectionCount: Int get() = connections.size

    /** Called with each connection that ends. */
    var onRemoved: () -> Unit = {}

    fun add(connection: NettyConnection) {
        connections.add(connection)
        unobserved.add(connection)
        if (connection.isInHandshake()) handshakes.add(connection)
    }

    fun remove(connection: NettyConnection) {
        handshakes.remove(connection)
        unobserved.remove(connection)
        if (connections.remove(connection)) onRemoved()
    }

    /** From now on [handlePacket] tells of each packet of [connection]. */
    fun handleObserved(connection: NettyConnection) {
        unobserved.remove(connection)
    }

    /** A packet for [connection] is being handled. */
    fun handlePacket(connection: NettyConnection) {
        if (heard.lastOrNull() !== connection) heard.add(connection)
    }

    /** A packet is being handled that may be anybody's. */
    fun handleUnknownPacket() {
        isUnknown = true
    }

    fun connections(): List<NettyConnection> = connections.toList()

    override fun handlerAdded(ctx: ChannelHandlerContext) {
        tasks = LoopTasks(ctx.channel().eventLoop())
        ctx.pipeline().get(StopSendingObserver::class.java)?.onUnknownPacket(::handleUnknownPacket)
    }

    override fun handlerRemoved(ctx: ChannelHandlerContext) = tasks.handleReadComplete()

    /** See [LoopTasks.execute]. */
    fun execute(task: Runnable) = tasks.execute(task)

    override fun channelRead(ctx: ChannelHandlerContext, msg: Any) {
        tasks.handleReading()
        if (handshakes.isNotEmpty()) handshakes.removeIf { !it.isInHandshake() }
        ctx.fireChannelRead(msg)
    }

    override fun channelReadComplete(ctx: ChannelHandlerContext) {
        tasks.runPending()
        ctx.fireChannelReadComplete()
        tasks.handleReadComplete()
        tell()
    }

    private fun tell() {
        if (isUnknown) {
            connections.forEach { it.handlePackets() }
        } else {
            unobserved.forEach { it.handlePackets() }
            heard.forEach { it.handlePackets() }
        }
        isUnknown = false
        heard.clear()
    }

    @Deprecated("Netty deprecated it for handlers of outbound events only")
    override fun exceptionCaught(ctx: ChannelHandlerContext, cause: Throwable) {
        LOG.debug("UDP socket {} failed", ctx.channel(), cause)
        // A connected socket hears that nothing listens at the other end; only a handshake takes that for an answer, because
        // anyone can forge it.
        for (connection in connections()) connection.handleSocketFailure(cause)
    }

    private companion object {
        val LOG = LoggerFactory.getLogger(UdpSocketHandler::class.java)!!
    }
}
