package dev.webtransport.kwik

import dev.webtransport.config.QuicConfig
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.transport.ArrivalQueue
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.TransportSpi
import org.slf4j.LoggerFactory
import tech.kwik.core.QuicStream
import tech.kwik.core.server.ApplicationProtocolConnection
import tech.kwik.core.server.ApplicationProtocolConnectionFactory
import tech.kwik.core.server.ServerConnector
import tech.kwik.core.server.impl.ServerConnectionImpl
import tech.kwik.core.server.impl.ServerConnectorImpl
import java.net.InetSocketAddress
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean

/** One UDP port of a server: takes connections in until it is closed, and gives the port back when the last of them has ended. */
@OptIn(TransportSpi::class)
internal class KwikListener(
    private val config: QuicConfig,
    private val socket: GuardedSocket,
    private val guard: ArrivalGuard,
    private val hook: ServerHook,
    private val maxConnections: Int,
    private val newConnection: (remote: InetSocketAddress, onEnded: (KwikConnection) -> Unit) -> KwikConnection,
    private val onClosed: (KwikListener) -> Unit,
) : QuicListener,
    ApplicationProtocolConnectionFactory {
    private val backlog = ArrivalQueue<KwikConnection>(config.acceptBacklog(), dispose = ::shut)
    private val connections = ConcurrentHashMap.newKeySet<KwikConnection>()
    private val released = AtomicBoolean()
    private lateinit var connector: ServerConnector

    @Volatile
    private var accepting = true

    override val localAddress: InetSocketAddress = socket.localSocketAddress as InetSocketAddress

    /** Begins to accept. */
    fun start(connector: ServerConnector) {
        this.connector = connector
        connector.start()
    }

    override suspend fun accept(): QuicConnection? = backlog.take()

    override suspend fun close() = stop()

    /** Stops accepting. Repeatable. */
    fun stop() {
        accepting = false
        (connector as ServerConnectorImpl).stopAcceptingNewConnections()
        backlog.close()
        releaseIfUnused()
    }

    private fun shut(waiting: KwikConnection) = waiting.close(QuicCloseReason.Local(NO_ERROR, SHUT), NO_ERROR, SHUT)

    override fun maxConcurrentPeerInitiatedUnidirectionalStreams(): Int = config.maxIncomingUnidirectionalStreams()

    override fun maxConcurrentPeerInitiatedBidirectionalStreams(): Int = config.maxIncomingBidirectionalStreams()

    override fun enableDatagramExtension(): Boolean = true

    /** A handshake is complete. On the thread that processes the packets of this connection. */
    override fun createConnection(protocol: String, quicConnection: tech.kwik.core.QuicConnection): ApplicationProtocolConnection {
        val kwik = quicConnection as ServerConnectionImpl
        val connection = newConnection(kwik.initialRemoteAddress, ::handleEnded)
        connection.kwik = kwik
        connection.packets.onProcessed = { guard.handleProcessed(kwik.initialRemoteAddress, it) }
        kwik.setConnectionListener(connection.listener)
        hook.show(connection.packets)
        // The sending thread introduces itself with its first packet of data.
        connection.onSendingThread {
            hook.show(connection.packets)
            connection.isResumed = hook.isResumed
        }
        connections.add(connection)
        val allowed = hook.hellos().take(kwik.originalDestinationConnectionId, kwik.initialConnectionId)
        when {
            hook.isEarly -> refuse(connection, Http3ErrorCode.H3_REQUEST_REJECTED, "0-RTT data is not accepted")
            !allowed.isPresent -> refuse(connection, Http3ErrorCode.H3_EXCESSIVE_LOAD, "too many handshakes at once")
            connections.size > maxConnections -> refuse(connection, Http3ErrorCode.H3_EXCESSIVE_LOAD, "too many connections")
            else -> handOut(connection.also { it.handleEstablished(allowed.get()) })
        }
        return object : ApplicationProtocolConnection {
            override fun acceptPeerInitiatedStream(stream: QuicStream) = connection.handleCreated(stream)
        }
    }

    private fun handOut(connection: KwikConnection) {
        if (backlog.offer(connection)) return
        if (accepting) {
            refuse(connection, Http3ErrorCode.H3_EXCESSIVE_LOAD, "too many connections wait to be accepted")
        } else {
            refuse(connection, NO_ERROR, SHUT)
        }
    }

    private fun refuse(connection: KwikConnection, errorCode: Long, reason: String) {
        LOG.debug("{} is refused: {}", connection, reason)
        connection.close(errorCode, reason)
    }

    private fun handleEnded(connection: KwikConnection) {
        connections.remove(connection)
        guard.forget(connection.remoteAddress)
        releaseIfUnused()
    }

    private fun releaseIfUnused() {
        if (accepting || connections.isNotEmpty() || !released.compareAndSet(false, true)) return
        onClosed(this)
    }

    /** Gives the port back, after the last connection has said good-bye. Blocks. */
    fun release() {
        connector.close()
        socket.close()
    }

    private companion object {
        val LOG = LoggerFactory.getLogger(KwikListener::class.java)!!
        const val NO_ERROR = Http3ErrorCode.H3_NO_ERROR
        const val SHUT = "the server is shutting down"
    }
}
