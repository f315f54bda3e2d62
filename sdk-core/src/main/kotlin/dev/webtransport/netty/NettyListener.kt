package dev.webtransport.netty

import dev.webtransport.config.QuicConfig
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.transport.ArrivalQueue
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.TransportSpi
import io.netty.channel.Channel
import io.netty.channel.ChannelInitializer
import io.netty.handler.codec.quic.QuicChannel
import java.net.InetSocketAddress
import java.util.concurrent.RejectedExecutionException

/** One UDP port of a server: takes connections in until it is closed, and gives the port back when the last of them has ended. */
@OptIn(TransportSpi::class)
internal class NettyListener(
    config: QuicConfig,
    private val socket: UdpSocketHandler,
    private val newConnection: (QuicChannel) -> NettyConnection,
) : QuicListener {
    private val backlog = ArrivalQueue<NettyConnection>(config.acceptBacklog(), dispose = ::shut)
    private lateinit var channel: Channel

    @Volatile
    private var accepting = true

    override val localAddress: InetSocketAddress get() = address
    private lateinit var address: InetSocketAddress

    /** Sets up the channel of each new connection. */
    val initializer: ChannelInitializer<QuicChannel> = object : ChannelInitializer<QuicChannel>() {
        override fun initChannel(ch: QuicChannel) {
            // Unfinished handshakes are bounded like finished ones; what is beyond gets no answer and may try again.
            if (!accepting || socket.connectionCount >= MAX_CONNECTIONS) {
                ch.close()
                return
            }
            val connection = newConnection(ch)
            connection.onEstablished(::handleEstablished)
            ch.pipeline().addLast(connection)
        }
    }

    /** The port is bound. */
    fun handleBound(channel: Channel) {
        this.channel = channel
        address = channel.localAddress() as InetSocketAddress
        socket.onRemoved = ::closeIfUnused
    }

    override suspend fun accept(): QuicConnection? = backlog.take()

    override suspend fun close() {
        stop()
    }

    /** Stops accepting. Repeatable. */
    fun stop() {
        accepting = false
        backlog.close()
        execute(::closeIfUnused)
    }

    private fun shut(waiting: NettyConnection) = waiting.close(QuicCloseReason.Local(NO_ERROR, SHUT), NO_ERROR, SHUT)

    private fun handleEstablished(connection: NettyConnection) {
        if (backlog.offer(connection)) return
        if (accepting) {
            connection.close(Http3ErrorCode.H3_EXCESSIVE_LOAD, "too many connections wait to be accepted")
        } else {
            connection.close(NO_ERROR, SHUT)
        }
    }

    private fun closeIfUnused() {
        if (!accepting && socket.connectionCount == 0) channel.close()
    }

    private fun execute(task: () -> Unit) {
        try {
            channel.eventLoop().execute(task)
        } catch (over: RejectedExecutionException) {
            // The event loop has ended, and the socket with it.
            check(!channel.isOpen) { "the event loop of an open socket has ended: $over" }
        }
    }

    private companion object {
        const val NO_ERROR = Http3ErrorCode.H3_NO_ERROR
        const val SHUT = "the server is shutting down"

        /** Per port: at some 100 kB each, what an ordinary heap can hold. */
        const val MAX_CONNECTIONS = 1 shl 16
    }
}
