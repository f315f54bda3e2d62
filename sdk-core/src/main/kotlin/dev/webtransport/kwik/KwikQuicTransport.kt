package dev.webtransport.kwik

import dev.webtransport.config.AddressValidation
import dev.webtransport.config.ClientAuthentication
import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.SessionResumption
import dev.webtransport.config.SocketConfig
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportCapability
import dev.webtransport.transport.TransportSpi
import dev.webtransport.value.Perspective
import org.slf4j.LoggerFactory
import tech.kwik.core.server.ServerConnectionConfig
import tech.kwik.core.server.ServerConnector
import java.io.IOException
import java.net.BindException
import java.net.InetSocketAddress
import java.net.SocketException
import java.security.GeneralSecurityException
import java.time.Clock
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ScheduledThreadPoolExecutor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean

/**
 * QUIC by Kwik: Java alone, so it runs wherever a JVM does. Slower than native engines, and with threads of its own: five for each
 * connection of a client, four for each of a server; none for a stream.
 *
 * Datagrams are supported, and the codes of the peer's RESET_STREAM and STOP_SENDING are told. Keying material is not: Kwik's TLS keeps
 * its secrets to itself. The congestion controller is New Reno, whatever [QuicConfig.congestionControl] says; packets have at
 * most 1,252 bytes over IPv4 and 1,232 over IPv6, whatever [QuicConfig.maxUdpPayloadSize] says; connections do not migrate.
 * [QuicConfig.receiveBufferSize] has no meaning: nothing is taken out of Kwik ahead of the reader. Of the counters, Kwik tells no
 * congestion window and no smallest round-trip time.
 *
 * A client resumes TLS sessions by tickets, without 0-RTT; a server, too, and cannot be told not to. It cannot ask clients for
 * certificates either; both is refused when it should listen. Kwik would take 0-RTT data: a connection that brings some is closed.
 */
@OptIn(TransportSpi::class)
public class KwikQuicTransport
    private constructor(
        private val options: KwikQuicOptions,
        private val clock: Clock,
    ) : QuicTransport {
        /** An engine of its own. */
        @JvmOverloads
        public constructor(options: KwikQuicOptions = KwikQuicOptions()) : this(options, Clock.systemUTC())

        /** The same with another clock for the certificates of servers. */
        internal constructor(clock: Clock) : this(KwikQuicOptions(), clock)

        private val closed = AtomicBoolean()
        private val tickets = SessionTickets()
        private val attempts = ConcurrentHashMap.newKeySet<KwikAttempt>()
        private val connections = ConcurrentHashMap.newKeySet<KwikConnection>()
        private val listeners = ConcurrentHashMap.newKeySet<KwikListener>()
        private val timers = ScheduledThreadPoolExecutor(1) { task -> daemon(task, "webtransport-kwik-timers") }.apply {
            removeOnCancelPolicy = true
            setKeepAliveTime(1, TimeUnit.SECONDS)
            allowCoreThreadTimeOut(true)
        }

        override val name: String get() = NAME

        override val capabilities: Set<TransportCapability> = setOf(
            TransportCapability.DATAGRAMS,
            TransportCapability.PEER_RESET_CODE,
            TransportCapability.PEER_STOP_CODE,
            TransportCapability.WIDE_STREAM_CODES,
            TransportCapability.KEEP_ALIVE,
            TransportCapability.SESSION_RESUMPTION,
            TransportCapability.SOCKET_OPTIONS,
        )

        override suspend fun connect(
            remote: InetSocketAddress,
            serverName: String,
            tls: ClientTlsConfig,
            config: QuicConfig,
        ): QuicConnection {
            require(!remote.isUnresolved) { "$remote is not resolved; an engine connects to addresses, not to names" }
            if (closed.get()) throw failed(QuicCloseReason.Internal(CLOSED), null)
            // The connections before may have got tickets for this one.
            attempts.forEach { it.keepTickets() }
            val attempt = try {
                KwikAttempt(remote, serverName, tls, config, clock, tickets) { local, listener ->
                    newConnection(Perspective.CLIENT, config, local, remote, listener)
                }
            } catch (unreadable: GeneralSecurityException) {
                throw failed(QuicCloseReason.Tls(null, "whom to trust cannot be read: ${unreadable.message}", unreadable), unreadable)
            } catch (unbound: SocketException) {
                throw failed(QuicCloseReason.Refused("no UDP socket: ${unbound.message}"), unbound)
            }
            val connection = attempt.run()
            attempts.add(attempt)
            connection.onClosed {
                // In this order, so that who connects next finds the tickets there or here.
                attempt.keepTickets()
                attempts.remove(attempt)
            }
            return connection
        }

        override suspend fun listen(local: InetSocketAddress, tls: ServerTlsConfig, config: QuicConfig): QuicListener {
            if (closed.get()) throw failed(QuicCloseReason.Internal(CLOSED), null)
            if (tls.clientAuthentication() != ClientAuthentication.NONE) {
                throw IOException("Kwik cannot ask clients for certificates; the engine Netty can")
            }
            if (tls.sessionResumption() == SessionResumption.NEVER) {
                throw IOException("Kwik's server cannot be told to resume no TLS sessions; the engine Netty can")
            }
            if (config.keyLogFile().isPresent) LOG.warn("Kwik's server writes no key log: keyLogFile is not followed")
            val guard = ArrivalGuard()
            val hook = ServerHook()
            val socket = bind(local, guard, config.socket())
            socket.serve()
            val listener = KwikListener(
                config,
                socket,
                guard,
                hook,
                options.maxServerConnections,
                {
                    remote,
                    onEnded,
                    ->
                    newConnection(Perspective.SERVER, config, socket.localSocketAddress as InetSocketAddress, remote, onEnded)
                },
                ::release,
            )
            try {
                val connector = ServerConnector
                    .builder()
                    .withSocket(socket)
                    .withKeyStore(KwikTls.keyStore(tls.identity()), KwikTls.ALIAS, KwikTls.password(), KwikTls.curve(tls.identity()))
                    .withConfiguration(serverConfig(config))
                    .withLogger(hook)
                    .build()
                SessionRegistryAccess.bound(connector)
                connector.registerApplicationProtocol(ALPN_HTTP_3, listener)
                listener.start(connector)
            } catch (unusable: GeneralSecurityException) {
                socket.close()
                throw IOException("the identity of the server cannot be loaded: ${unusable.message}", unusable)
            }
            listeners.add(listener)
            return listener
        }

        override fun close() {
            if (!closed.compareAndSet(false, true)) return
            listeners.forEach { it.stop() }
            val open = connections.toList()
            open.forEach { it.close(QuicCloseReason.Internal(CLOSED), Http3ErrorCode.H3_NO_ERROR, CLOSED) }
            val deadline = System.nanoTime() + CLOSE_TIMEOUT_NANOS
            open.forEach { it.packets.awaitCloseLeft(deadline - System.nanoTime()) }
            tickets.clear()
            timers.shutdown()
        }

        private fun newConnection(
            perspective: Perspective,
            config: QuicConfig,
            local: InetSocketAddress,
            remote: InetSocketAddress,
            onEnded: (KwikConnection) -> Unit,
        ): KwikConnection {
            val connection = KwikConnection(perspective, config, capabilities, local, remote, timers) {
                connections.remove(it)
                onEnded(it)
            }
            connections.add(connection)
            return connection
        }

        /** Kwik waits for the last connections to die: on a thread that may. */
        private fun release(listener: KwikListener) {
            listeners.remove(listener)
            daemon(listener::release, "webtransport-kwik-release").start()
        }

        private fun bind(local: InetSocketAddress, guard: ArrivalGuard, config: SocketConfig): GuardedSocket = try {
            GuardedSocket.bind(local, guard, config, config.addressReuse())
        } catch (unbound: IOException) {
            throw BindException("cannot bind UDP $local: ${unbound.message}").initCause(unbound)
        }

        private fun serverConfig(config: QuicConfig): ServerConnectionConfig = ServerConnectionConfig
            .builder()
            .maxIdleTimeout(config.idleTimeout().toMillis().toInt())
            .maxConnectionBufferSize(config.maxData())
            .maxUnidirectionalStreamBufferSize(minOf(config.maxStreamData(), config.maxData()))
            .maxBidirectionalStreamBufferSize(minOf(config.maxStreamData(), config.maxData()))
            .maxOpenPeerInitiatedUnidirectionalStreams(config.maxIncomingUnidirectionalStreams())
            .maxOpenPeerInitiatedBidirectionalStreams(config.maxIncomingBidirectionalStreams())
            .maxTotalPeerInitiatedUnidirectionalStreams(Long.MAX_VALUE)
            .maxTotalPeerInitiatedBidirectionalStreams(Long.MAX_VALUE)
            .retryRequired(config.addressValidation() == AddressValidation.RETRY)
            .connectionIdLength(CONNECTION_ID_LENGTH)
            .build()

        internal companion object {
            private val LOG = LoggerFactory.getLogger(KwikQuicTransport::class.java)!!
            const val NAME = "kwik"
            const val ALPN_HTTP_3 = "h3"
            private const val CLOSED = "the engine was closed"
            private const val CONNECTION_ID_LENGTH = 8
            private val CLOSE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(1)

            fun failed(reason: QuicCloseReason, cause: Throwable?) = QuicConnectionException(reason, cause)

            private fun daemon(task: Runnable, name: String) = Thread(task, name).apply { isDaemon = true }
        }
    }
