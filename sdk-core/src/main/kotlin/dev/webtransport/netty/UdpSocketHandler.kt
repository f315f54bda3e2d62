package dev.webtransport.netty

import io.netty.channel.ChannelHandlerContext
import io.netty.channel.ChannelInboundHandlerAdapter
import io.netty.channel.socket.DatagramPacket
import org.slf4j.LoggerFactory

/** Stands before the QUIC codec of one UDP socket and knows the connections that share the socket. On the event loop only. */
internal class UdpSocketHandler : ChannelInboundHandlerAdapter() {
    private val news = PacketNews<NettyConnection> { it.handlePackets() }
    private val handshakes = ArrayList<NettyConnection>()
    private lateinit var context: ChannelHandlerContext
    private lateinit var tasks: LoopTasks

    /** Whose packet comes next, if that is known. */
    private var addressee: NettyConnection? = null
    private val rows = PacketRows<NettyConnection>(
        { connection, packet -> connection.takePacket(packet) },
        { connection, packet ->
            connection.handlePacket(packet)
            pass(packet)
        },
    )

    /** How many connections live on this socket. */
    val connectionCount: Int get() = news.connections.size

    /** How many packets the codec got of which it was not known whose they are. */
    var unaddressed: Long = 0
        private set

    /** Whether the codec has a packet in hand, and maybe others wait behind it. */
    var isHandlingPacket: Boolean = false
        private set

    /** Called with each connection that ends. */
    var onRemoved: () -> Unit = {}

    fun add(connection: NettyConnection) {
        news.add(connection)
        if (connection.isInHandshake()) handshakes.add(connection)
    }

    fun remove(connection: NettyConnection) {
        handshakes.remove(connection)
        if (news.remove(connection)) onRemoved()
    }

    /** See [PacketNews.handleObserved]. */
    fun handleObserved(connection: NettyConnection) = news.handleObserved(connection)

    /** The next packet is [connection]'s. */
    fun handlePacket(connection: NettyConnection) {
        addressee = connection
        news.handlePacket(connection)
    }

    fun connections(): List<NettyConnection> = news.connections.toList()

    override fun handlerAdded(ctx: ChannelHandlerContext) {
        context = ctx
        tasks = LoopTasks(ctx.channel().eventLoop())
        ctx.pipeline().get(StopSendingObserver::class.java)?.onUnknownPacket(news::handleUnknownPacket)
    }

    override fun handlerRemoved(ctx: ChannelHandlerContext) {
        rows.clear()
        tasks.handleReadComplete()
    }

    /** See [LoopTasks.isHere]. */
    val isHere: Boolean get() = tasks.isHere()

    /** See [LoopTasks.execute]. */
    fun execute(task: Runnable) = tasks.execute(task)

    /** See [LoopTasks.executeAfterSending]. */
    fun executeAfterSending(task: Runnable) = tasks.executeAfterSending(task)

    override fun channelRead(ctx: ChannelHandlerContext, msg: Any) {
        tasks.handleReading()
        val connection = addressee
        addressee = null
        if (connection != null && msg is DatagramPacket) {
            rows.add(connection, msg)
        } else {
            unaddressed++
            pass(msg)
        }
    }

    /** Hands a packet to the codec. */
    private fun pass(packet: Any) {
        if (handshakes.isNotEmpty()) handshakes.removeIf { !it.isInHandshake() }
        isHandlingPacket = true
        try {
            context.fireChannelRead(packet)
        } finally {
            isHandlingPacket = false
        }
    }

    override fun channelReadComplete(ctx: ChannelHandlerContext) {
        try {
            rows.end()
        } finally {
            tasks.runPending()
            ctx.fireChannelReadComplete()
            tasks.handleReadComplete()
            news.handleReadComplete()
        }
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
