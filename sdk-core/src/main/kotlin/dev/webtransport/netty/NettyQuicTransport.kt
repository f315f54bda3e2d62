package dev.webtransport.netty

import dev.webtransport.config.AddressReuse
import dev.webtransport.config.AddressValidation
import dev.webtransport.config.ClientAuthentication
import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.SessionResumption
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportCapability
import dev.webtransport.transport.TransportSpi
import dev.webtransport.value.Perspective
import io.netty.channel.Channel
import io.netty.channel.ChannelHandler
import io.netty.channel.ChannelInitializer
import io.netty.channel.ChannelOption
import io.netty.channel.MultiThreadIoEventLoopGroup
import io.netty.channel.socket.SocketProtocolFamily
import io.netty.handler.codec.quic.QuicChannel
import io.netty.handler.codec.quic.QuicChannelOption
import io.netty.handler.codec.quic.QuicClientCodecBuilder
import io.netty.handler.codec.quic.QuicServerCodecBuilder
import io.netty.handler.codec.quic.QuicSslContext
import io.netty.handler.codec.quic.QuicSslEngine
import io.netty.util.concurrent.DefaultThreadFactory
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import org.slf4j.LoggerFactory
import java.io.IOException
import java.net.BindException
import java.net.Inet6Address
import java.net.InetAddress
import java.net.InetSocketAddress
import java.security.GeneralSecurityException
import java.time.Clock
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean
import java.util.function.Function

/**
 * QUIC by Netty's codec over quiche: native code, a few event loops, no thread per connection or stream.
 *
 * Datagrams are supported, and the codes of the peer's RESET_STREAM and STOP_SENDING are told; the latter quiche keeps to
 * itself, so they are read off the packets (docs/adr/0006). Coroutines that wait
 * here are resumed by the event loops and go on in their own dispatcher; with `Dispatchers.Unconfined` they would go on in
 * an event loop and hold up its connections.
 *
 * [QuicConfig.keepAliveInterval] is not followed here, because quiche's PING is out of reach: HTTP/3 above does it.
 *
 * Windows grow by themselves: [QuicConfig.maxData] and [QuicConfig.maxStreamData] are where quiche starts; it goes up to
 * 24 MiB and 16 MiB where the reader keeps up.
 *
 * A client resumes TLS sessions by tickets, a server those of its listener; both without 0-RTT (docs/adr/0015). Keying material is
 * derived from the exporter secret that BoringSSL hands to its key log. Of the counters, quiche's smallest round-trip time and variation
 * and its counts of datagrams are out of reach.
 *
 * A connection that this end closes is forgotten at once: if its CONNECTION_CLOSE is lost, the peer learns of the end by
 * its idle timeout.
 */
@OptIn(TransportSpi::class)
public class NettyQuicTransport private constructor(
    options: NettyQuicOptions,
    private val sockets: UdpSockets,
    clock: Clock,
) : QuicTransport {
    /** An engine with its own event loops. */
    @JvmOverloads
    public constructor(options: NettyQuicOptions = NettyQuicOptions()) : this(options, options.sockets.sockets(), Clock.systemUTC())

    /** The same with another clock for the certificates of servers. */
    internal constructor(options: NettyQuicOptions, clock: Clock) : this(options, options.sockets.sockets(), clock)

    private val group = MultiThreadIoEventLoopGroup(
        options.eventLoopThreads,
        DefaultThreadFactory("webtransport-quic-${sockets.name()}", true),
        sockets.ioHandlers(),
    )
    private val closed = AtomicBoolean()
    private val openSockets = ConcurrentHashMap.newKeySet<Channel>()
    private val connections = ConcurrentHashMap.newKeySet<NettyConnection>()

    /** The TLS of connections to come, with the tickets of those before. */
    private val contexts = ClientContexts(clock)
    private val listeners = ConcurrentHashMap.newKeySet<NettyListener>()

    override val name: String get() = "netty"

    override val capabilities: Set<TransportCapability> = buildSet {
        add(TransportCapability.DATAGRAMS)
        add(TransportCapability.PEER_RESET_CODE)
        add(TransportCapability.PEER_STOP_CODE)
        if (QuicheAccess.find() != null) add(TransportCapability.WIDE_STREAM_CODES)
        add(TransportCapability.KEYING_MATERIAL_EXPORTER)
        if (SessionTickets.find() != null) add(TransportCapability.SESSION_RESUMPTION)
        add(TransportCapability.RESUMPTION_REFUSAL)
        add(TransportCapability.CLIENT_CERTIFICATES)
        add(TransportCapability.SHARED_THREADS)
        add(TransportCapability.QLOG)
        add(TransportCapability.SERVER_NAME_IDENTITIES)
        add(TransportCapability.SOCKET_OPTIONS)
    }

    override suspend fun connect(
        remote: InetSocketAddress,
        serverName: String,
        tls: ClientTlsConfig,
        config: QuicConfig,
    ): QuicConnection {
        require(!remote.isUnresolved) { "$remote is not resolved; an engine connects to addresses, not to names" }
        val context = clientContext(serverName, tls, config)
        val attempt = prepare(remote, serverName, context, config)
        return try {
            establish(attempt, remote, config)
        } catch (failed: QuicConnectionException) {
            if (!attempt.connection.hasStaleTicket) throw failed
            // The server may have another certificate by now, which only a full handshake shows.
            contexts.drop(context)
            establish(prepare(remote, serverName, clientContext(serverName, tls, config), config), remote, config)
        }
    }

    private class Attempt(val connection: NettyConnection, val socket: Channel)

    private suspend fun prepare(remote: InetSocketAddress, serverName: String, context: ClientContext, config: QuicConfig): Attempt {
        val codec = clientCodec(remote, serverName, context, config)
        val handler = UdpSocketHandler()
        val socket = try {
            bind(wildcard(remote.address), config, AddressReuse.NONE, handler, codec)
        } catch (unbound: IOException) {
            throw failed(QuicCloseReason.Refused("no UDP socket: ${unbound.message}"), unbound)
        }
        handler.onRemoved = { socket.close() }
        return Attempt(NettyConnection(Perspective.CLIENT, config, capabilities, handler, socket.eventLoop(), context), socket)
    }

    private suspend fun establish(attempt: Attempt, remote: InetSocketAddress, config: QuicConfig): NettyConnection {
        val connection = attempt.connection
        val socket = attempt.socket
        try {
            if (sockets.connects()) socket.connect(remote).awaitResult()
            start(connection, socket, remote, config)
            connection.awaitEstablished()
            return connection
        } catch (abandoned: Throwable) {
            connection.close(QuicCloseReason.Local(CANCELLED, "given up"), CANCELLED, "")
            withContext(NonCancellable) { socket.close().awaitResult() }
            throw when (abandoned) {
                is QuicConnectionException -> failed(abandoned.reason, abandoned)
                is IOException -> failed(closeReason(abandoned, null), abandoned)
                else -> abandoned
            }
        }
    }

    override suspend fun listen(local: InetSocketAddress, tls: ServerTlsConfig, config: QuicConfig): QuicListener {
        val handler = UdpSocketHandler()
        val listener = NettyListener(config, handler) { channel ->
            NettyConnection(Perspective.SERVER, config, capabilities, handler, channel.eventLoop(), null).also(::own)
        }
        val socket = bind(local, config, config.socket().addressReuse(), handler, serverCodec(listener, tls, config))
        listener.handleBound(socket)
        listeners.add(listener)
        socket.closeFuture().addListener { listeners.remove(listener) }
        return listener
    }

    override fun close() {
        if (!closed.compareAndSet(false, true)) return
        listeners.forEach { it.stop() }
        contexts.clear()
        connections.forEach { it.close(QuicCloseReason.Internal(CLOSED), Http3ErrorCode.H3_NO_ERROR, CLOSED) }
        val onEventLoop = group.any { it.inEventLoop() }
        val deadline = System.nanoTime() + CLOSE_TIMEOUT_NANOS
        for (socket in openSockets) {
            // A socket closes after its last connection has said good-bye.
            if (!onEventLoop) socket.closeFuture().await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
            socket.close()
        }
        group.shutdownGracefully(0, CLOSE_TIMEOUT_NANOS, TimeUnit.NANOSECONDS)
        if (!onEventLoop && !group.awaitTermination(CLOSE_TIMEOUT_NANOS, TimeUnit.NANOSECONDS)) {
            LOG.warn("The event loops did not end within {} ns; they end later", CLOSE_TIMEOUT_NANOS)
        }
    }

    private fun clientContext(serverName: String, tls: ClientTlsConfig, config: QuicConfig): ClientContext = try {
        contexts.of(tls, serverName, config.keyLogFile().orElse(null))
    } catch (unreadable: GeneralSecurityException) {
        throw failed(QuicCloseReason.Tls(null, "whom to trust cannot be read: ${unreadable.message}", unreadable), unreadable)
    }

    private fun clientCodec(remote: InetSocketAddress, serverName: String, context: ClientContext, config: QuicConfig): ChannelHandler =
        QuicClientCodecBuilder()
            .configure(config)
            .sslEngineProvider { context.tls().newEngine(it.alloc(), serverName, remote.port) }
            .build()

    private fun serverCodec(listener: NettyListener, tls: ServerTlsConfig, config: QuicConfig): ChannelHandler {
        val context = try {
            NettyTls.server(tls, PeerTrafficSecrets.and(keyLog(config)))
        } catch (unusable: GeneralSecurityException) {
            throw IOException("the identity of the server cannot be loaded: ${unusable.message}", unusable)
        }
        val builder = QuicServerCodecBuilder()
            .configure(config)
            .sslEngineProvider(serverEngines(context, tls))
            .handler(listener.initializer)
            .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, sockets.segments())
        if (config.addressValidation() == AddressValidation.RETRY) builder.tokenHandler(RetryTokens(System::currentTimeMillis))
        qlog(config, "server")?.let { builder.option(QuicChannelOption.QLOG, it) }
        return builder.build()
    }

    /** Certificates of clients are checked each time: where they are asked for, nothing is resumed. */
    private fun serverEngines(context: QuicSslContext, tls: ServerTlsConfig): Function<QuicChannel, QuicSslEngine> {
        val resumes = tls.sessionResumption() == SessionResumption.ALLOWED && tls.clientAuthentication() == ClientAuthentication.NONE
        val refusal = if (resumes) null else TicketRefusal(context)
        return Function { channel ->
            refusal?.forgetTickets()
            context.newEngine(channel.alloc())
        }
    }

    private fun start(connection: NettyConnection, socket: Channel, remote: InetSocketAddress, config: QuicConfig) {
        own(connection)
        val bootstrap = QuicChannel
            .newBootstrap(socket)
            .handler(connection)
            .remoteAddress(remote)
            // Our own timer ends handshakes.
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
            .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, sockets.segments())
        qlog(config, "client")?.let { bootstrap.option(QuicChannelOption.QLOG, it) }
        bootstrap.connect().addListener { made ->
            if (!made.isSuccess) socket.eventLoop().execute { connection.handleConnectFailure(made.cause()) }
        }
    }

    private fun own(connection: NettyConnection) {
        connections.add(connection)
        connection.onClosed { connections.remove(connection) }
    }

    private suspend fun bind(
        local: InetSocketAddress,
        config: QuicConfig,
        reuse: AddressReuse,
        vararg handlers: ChannelHandler,
    ): Channel {
        if (closed.get()) throw failed(QuicCloseReason.Internal(CLOSED), null)
        val initializer = object : ChannelInitializer<Channel>() {
            override fun initChannel(ch: Channel) {
                ch.pipeline().addLast(StopSendingObserver(StopSendingObserver.DEFAULT_ID_LENGTH), *handlers)
            }
        }
        val binding = sockets
            .bootstrap(family(local.address), maxReceivedPayload(config), config.socket(), reuse)
            .group(group)
            .handler(initializer)
            .bind(local)
        // Binding never takes long, and a socket must not be lost to a cancellation.
        withContext(NonCancellable) {
            try {
                binding.awaitResult()
            } catch (unbound: IOException) {
                throw BindException("cannot bind UDP $local: ${unbound.message}").initCause(unbound)
            }
        }
        val socket = binding.channel()
        openSockets.add(socket)
        socket.closeFuture().addListener { openSockets.remove(socket) }
        return socket
    }

    private companion object {
        val LOG = LoggerFactory.getLogger(NettyQuicTransport::class.java)!!
        const val CANCELLED = Http3ErrorCode.H3_REQUEST_CANCELLED
        const val CLOSED = "the engine was closed"
        val CLOSE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(3)

        fun failed(reason: QuicCloseReason, cause: Throwable?) = QuicConnectionException(reason, cause)

        fun family(address: InetAddress) = if (address is Inet6Address) SocketProtocolFamily.INET6 else SocketProtocolFamily.INET

        fun wildcard(peer: InetAddress) = InetSocketAddress(InetAddress.getByAddress(ByteArray(peer.address.size)), 0)
    }
}
