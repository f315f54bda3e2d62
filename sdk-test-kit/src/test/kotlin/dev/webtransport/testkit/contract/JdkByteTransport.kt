package dev.webtransport.testkit.contract

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.TcpConfig
import dev.webtransport.testkit.Condition
import dev.webtransport.testkit.Monitor
import dev.webtransport.testkit.await
import dev.webtransport.tls.KeyManagers
import dev.webtransport.tls.TrustManagers
import dev.webtransport.transport.ByteCloseReason
import dev.webtransport.transport.ByteConnection
import dev.webtransport.transport.ByteConnectionException
import dev.webtransport.transport.ByteListener
import dev.webtransport.transport.ByteTransport
import dev.webtransport.value.Perspective
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import java.io.IOException
import java.net.ConnectException
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.ConcurrentHashMap
import javax.net.ssl.SSLContext
import javax.net.ssl.SSLException
import javax.net.ssl.SSLSocket
import kotlin.time.toKotlinDuration

/**
 * TCP with TLS by the blocking sockets of the JDK: the truth that the contract is held against. It spends threads freely, which a
 * transport for use must not.
 */
internal class JdkByteTransport : ByteTransport {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.IO)
    private val connections: MutableSet<JdkByteConnection> = ConcurrentHashMap.newKeySet()
    private val listeners: MutableSet<JdkByteListener> = ConcurrentHashMap.newKeySet()

    @Volatile
    private var closed = false

    override val name: String get() = "jdk"

    override suspend fun connect(
        remote: InetSocketAddress,
        serverName: String,
        applicationProtocols: List<String>,
        tls: ClientTlsConfig,
        config: TcpConfig,
    ): ByteConnection {
        if (closed) throw ByteConnectionException(ByteCloseReason.Internal("the transport is closed"))
        val trust = TrustManagers.of(tls.trust(), serverName)
        val context = SSLContext.getInstance("TLS")
        context.init(tls.identity().map { arrayOf(KeyManagers.of(it)) }.orElse(null), arrayOf(trust), null)
        val raw = Socket()
        val attempt = scope.async {
            raw.tcpNoDelay = true
            raw.connect(remote)
            val socket = context.socketFactory.createSocket(raw, serverName, remote.port, true) as SSLSocket
            socket.useClientMode = true
            shakeHands(socket, applicationProtocols)
        }
        var connection: JdkByteConnection? = null
        try {
            val socket = withTimeoutOrNull(config.handshakeTimeout().toKotlinDuration()) { attempt.await() }
                ?: throw ByteConnectionException(ByteCloseReason.TimedOut("no handshake within ${config.handshakeTimeout()}"))
            connection = opened(socket, raw, Perspective.CLIENT, config)
            return connection
        } catch (refused: ConnectException) {
            throw ByteConnectionException(ByteCloseReason.Refused(refused.message.orEmpty()), refused)
        } catch (failed: SSLException) {
            throw ByteConnectionException(ByteCloseReason.Tls(failed.message.orEmpty(), trust.refusal().orElse(null)), failed)
        } finally {
            if (connection == null) raw.close()
        }
    }

    override suspend fun listen(
        local: InetSocketAddress,
        applicationProtocols: List<String>,
        tls: ServerTlsConfig,
        config: TcpConfig,
    ): ByteListener {
        if (closed) throw IOException("the transport is closed")
        val context = SSLContext.getInstance("TLS")
        context.init(arrayOf(KeyManagers.of(tls.identity())), null, null)
        val port = withContext(Dispatchers.IO) { ServerSocket().also { it.bind(local) } }
        val listener = JdkByteListener(port, config)
        listeners.add(listener)
        scope.launch {
            while (true) {
                val raw = try {
                    port.accept()
                } catch (_: IOException) {
                    break
                }
                scope.launch { serve(raw, context, applicationProtocols, listener) }
            }
        }
        return listener
    }

    override fun close() {
        closed = true
        for (listener in listeners) listener.stop()
        // First all know why, then they are cut: the other end of a connection may be one of them.
        val reason = ByteCloseReason.Internal("the transport was closed")
        for (connection in connections) connection.end(reason)
        for (connection in connections) connection.cut()
        scope.cancel()
    }

    /** A client that fails here is none: whoever waits hears nothing of it. */
    private fun serve(raw: Socket, context: SSLContext, applicationProtocols: List<String>, listener: JdkByteListener) {
        try {
            raw.tcpNoDelay = true
            raw.soTimeout = listener.config
                .handshakeTimeout()
                .toMillis()
                .toInt()
            val socket = context.socketFactory.createSocket(raw, null, raw.port, true) as SSLSocket
            socket.useClientMode = false
            shakeHands(socket, applicationProtocols)
            raw.soTimeout = 0
            listener.offer(opened(socket, raw, Perspective.SERVER, listener.config))
        } catch (_: IOException) {
            raw.close()
        }
    }

    private fun shakeHands(socket: SSLSocket, applicationProtocols: List<String>): SSLSocket {
        val parameters = socket.sslParameters
        parameters.protocols = arrayOf("TLSv1.3")
        parameters.applicationProtocols = applicationProtocols.toTypedArray()
        socket.sslParameters = parameters
        socket.startHandshake()
        return socket
    }

    private fun opened(socket: SSLSocket, raw: Socket, perspective: Perspective, config: TcpConfig): JdkByteConnection {
        val connection = JdkByteConnection(socket, raw, perspective, config, connections::remove)
        connections.add(connection)
        connection.start(scope)
        return connection
    }
}

/** One port. */
internal class JdkByteListener(
    private val port: ServerSocket,
    val config: TcpConfig,
) : ByteListener {
    private val monitor = Monitor()
    private val arrival = Condition(monitor)
    private val backlog = ArrayDeque<JdkByteConnection>()

    override val localAddress = port.localSocketAddress as InetSocketAddress

    override suspend fun accept(): ByteConnection? {
        val answer = monitor.await(arrival) { backlog.removeFirstOrNull()?.let { listOf(it) } ?: if (port.isClosed) listOf() else null }
        return answer.firstOrNull()
    }

    override suspend fun close() {
        stop()
    }

    fun offer(connection: JdkByteConnection) {
        val isWelcome = monitor.locked {
            val isWelcome = !port.isClosed && backlog.size < config.acceptBacklog()
            if (isWelcome) backlog.addLast(connection)
            arrival.signal()
            isWelcome
        }
        if (!isWelcome) connection.close()
    }

    fun stop() {
        val left = monitor.locked {
            port.close()
            arrival.signal()
            backlog.toList().also { backlog.clear() }
        }
        for (connection in left) connection.close()
    }
}
