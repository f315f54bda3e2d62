package dev.webtransport.testkit

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.TcpConfig
import dev.webtransport.transport.ByteCloseReason
import dev.webtransport.transport.ByteConnection
import dev.webtransport.transport.ByteConnectionException
import dev.webtransport.transport.ByteListener
import dev.webtransport.transport.ByteTransport
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withTimeoutOrNull
import java.io.IOException
import java.net.BindException
import java.net.Inet6Address
import java.net.InetAddress
import java.net.InetSocketAddress
import java.time.Duration
import kotlin.time.toKotlinDuration

/**
 * TCP with TLS in memory: bounded buffers, two directions that end by themselves, resets, and ALPN, without sockets and without TLS.
 *
 * One instance is one network: who connects reaches who listens on the same instance. It has no thread, no clock and no
 * dispatcher of its own, so everything above runs in `runTest` under virtual time, the same way each time. Without latency what one
 * end sends is with the other at once, as far as its buffer goes.
 *
 * It takes all of [TcpConfig]: between a writer and a reader there is room for the
 * [sendBufferSize][TcpConfig.sendBufferSize] of the one and the [receiveBufferSize][TcpConfig.receiveBufferSize] of the other, to the
 * byte. That room is free again takes no time to be known. It ignores TLS settings: every certificate is fine.
 *
 * @param timers where things are under way while they take time, and nothing else: in `runTest` its `backgroundScope`.
 * Cancelling it stops what is under way
 * @param latencyToServer how long everything takes from client to server; connecting takes one way and back. Default none
 * @param latencyToClient how long everything takes from server to client. Default none
 */
public class LoopbackByteTransport
    @JvmOverloads
    constructor(
        private val timers: CoroutineScope,
        latencyToServer: Duration = Duration.ZERO,
        latencyToClient: Duration = Duration.ZERO,
    ) : ByteTransport {
        private val toServer = latencyToServer.toKotlinDuration()
        private val toClient = latencyToClient.toKotlinDuration()
        private val monitor = Monitor()
        private val listeners = LinkedHashSet<LoopbackByteListener>()
        private val links = LinkedHashSet<LoopbackByteLink>()
        private var lastPort = FIRST_PORT - 1
        private var closed = false

        init {
            require(!latencyToServer.isNegative) { "latencyToServer $latencyToServer is negative" }
            require(!latencyToClient.isNegative) { "latencyToClient $latencyToClient is negative" }
        }

        override val name: String get() = "loopback"

        override suspend fun connect(
            remote: InetSocketAddress,
            serverName: String,
            applicationProtocols: List<String>,
            tls: ClientTlsConfig,
            config: TcpConfig,
        ): ByteConnection {
            require(!remote.isUnresolved) { "the address $remote is not resolved" }
            currentCoroutineContext().ensureActive()
            var link: LoopbackByteLink? = null
            var isOurs = false
            try {
                withTimeoutOrNull(config.handshakeTimeout().toKotlinDuration()) {
                    delay(toServer)
                    link = monitor.locked { shakeHands(remote, applicationProtocols, config) }
                    delay(toClient)
                    isOurs = true
                }
                if (!isOurs) throw failed(ByteCloseReason.TimedOut("no answer from $remote within ${config.handshakeTimeout()}"))
                return checkNotNull(link).client
            } finally {
                if (!isOurs) link?.client?.close()
            }
        }

        override suspend fun listen(
            local: InetSocketAddress,
            applicationProtocols: List<String>,
            tls: ServerTlsConfig,
            config: TcpConfig,
        ): ByteListener {
            require(!local.isUnresolved) { "the address $local is not resolved" }
            currentCoroutineContext().ensureActive()
            return monitor.locked {
                if (closed) throw IOException("the loopback transport is closed")
                val port = if (local.port == 0) pickPort() ?: throw BindException("no port is left") else local.port
                val bound = InetSocketAddress(local.address, port)
                if (listeners.any { it.clashesWith(bound) }) throw BindException("$bound is in use")
                LoopbackByteListener(bound, applicationProtocols.toList(), config, monitor, listeners::remove).also(listeners::add)
            }
        }

        override fun close() {
            monitor.locked {
                closed = true
                for (listener in listeners.toList()) listener.stop()
                val reason = ByteCloseReason.Internal("the loopback transport was closed")
                for (link in links.toList()) link.abandon(reason)
            }
        }

        override fun toString(): String = "loopback transport of bytes"

        // What follows runs under the lock.

        /** What happens at the server when a client comes. */
        private fun shakeHands(remote: InetSocketAddress, offered: List<String>, config: TcpConfig): LoopbackByteLink {
            if (closed) throw failed(ByteCloseReason.Internal("the loopback transport is closed"))
            val listener = listeners.firstOrNull { it.hears(remote) } ?: throw failed(ByteCloseReason.Refused("nothing listens on $remote"))
            //= rfc7301#3.2
            //# the server picks; without a protocol in common the handshake fails
            val agreed = listener.applicationProtocols.firstOrNull { it in offered }
            if (agreed == null && offered.isNotEmpty() && listener.applicationProtocols.isNotEmpty()) {
                throw failed(ByteCloseReason.Tls("$offered was offered, and the server speaks ${listener.applicationProtocols}", null))
            }
            val port = pickPort() ?: throw failed(ByteCloseReason.Internal("no port is left"))
            val local = InetSocketAddress(if (remote.address is Inet6Address) IPV6_LOOPBACK else IPV4_LOOPBACK, port)
            val link = LoopbackByteLink(
                monitor,
                agreed,
                local,
                remote,
                Wire(monitor, timers, toServer),
                Wire(monitor, timers, toClient),
                LoopbackByteBuffers(
                    config.sendBufferSize(),
                    config.receiveBufferSize(),
                    listener.config.sendBufferSize(),
                    listener.config.receiveBufferSize(),
                ),
                links::remove,
            )
            links.add(link)
            listener.offer(link)
            return link
        }

        private fun pickPort(): Int? {
            repeat(LAST_PORT - FIRST_PORT + 1) {
                lastPort = if (lastPort == LAST_PORT) FIRST_PORT else lastPort + 1
                val taken = listeners.any { it.localAddress.port == lastPort } || links.any { it.client.localAddress.port == lastPort }
                if (!taken) return lastPort
            }
            return null
        }

        private fun failed(reason: ByteCloseReason) = ByteConnectionException(reason)

        private companion object {
            // The dynamic ports of RFC 6335, section 6.
            const val FIRST_PORT = 49_152
            const val LAST_PORT = 65_535

            val IPV4_LOOPBACK: InetAddress = InetAddress.getByAddress(byteArrayOf(127, 0, 0, 1))
            val IPV6_LOOPBACK: InetAddress = InetAddress.getByAddress(ByteArray(16).also { it[15] = 1 })
        }
    }

/** One bound address of a [LoopbackByteTransport], under its lock. */
internal class LoopbackByteListener(
    override val localAddress: InetSocketAddress,
    val applicationProtocols: List<String>,
    val config: TcpConfig,
    private val monitor: Monitor,
    private val onStop: (LoopbackByteListener) -> Unit,
) : ByteListener {
    private val backlog = ArrayDeque<LoopbackByteLink>()
    private val arrival = Condition(monitor)
    private var isOpen = true

    override suspend fun accept(): ByteConnection? {
        val answer = monitor.await(arrival) {
            val link = backlog.removeFirstOrNull()
            if (link != null || !isOpen) Answer(link) else null
        }
        return answer.value?.server
    }

    override suspend fun close() {
        monitor.locked { stop() }
    }

    override fun toString(): String = "loopback listener of bytes on $localAddress"

    // What follows runs under the lock.

    fun offer(link: LoopbackByteLink) {
        if (backlog.size < config.acceptBacklog()) {
            backlog.addLast(link)
            arrival.signal()
        } else {
            link.server.leave(ByteCloseReason.Local)
        }
    }

    fun stop() {
        isOpen = false
        arrival.signal()
        for (link in backlog) link.server.leave(ByteCloseReason.Local)
        backlog.clear()
        onStop(this)
    }

    fun hears(remote: InetSocketAddress): Boolean {
        return localAddress.port == remote.port && (localAddress.address.isAnyLocalAddress || localAddress.address == remote.address)
    }

    fun clashesWith(local: InetSocketAddress): Boolean {
        return hears(local) || (localAddress.port == local.port && local.address.isAnyLocalAddress)
    }
}
