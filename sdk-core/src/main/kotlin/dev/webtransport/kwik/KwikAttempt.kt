package dev.webtransport.kwik

import dev.webtransport.config.AddressReuse
import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.tls.KeyManagers
import dev.webtransport.tls.TrustManagers
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.TransportSpi
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asExecutor
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.isActive
import kotlinx.coroutines.suspendCancellableCoroutine
import tech.kwik.agent15.TlsConstants.CipherSuite
import tech.kwik.core.QuicClientConnection
import tech.kwik.core.impl.QuicClientConnectionImpl
import java.io.IOException
import java.net.Inet6Address
import java.net.InetAddress
import java.net.InetSocketAddress
import java.time.Clock
import java.util.concurrent.TimeUnit

/** The handshake of a client's connection. */
@OptIn(TransportSpi::class)
internal class KwikAttempt(
    private val remote: InetSocketAddress,
    serverName: String,
    tls: ClientTlsConfig,
    private val config: QuicConfig,
    clock: Clock,
    private val tickets: SessionTickets,
    newConnection: (local: InetSocketAddress, onEnded: (KwikConnection) -> Unit) -> KwikConnection,
) {
    private val trust = TrustManagers.of(tls.trust(), serverName, clock)
    private val judge = KwikTls.Judge(trust)
    private val ticketKey = SessionTickets.Key(tls, serverName, remote.port)

    /** Checked by a judge of its own: what is said of an earlier certificate says nothing of the one to come. */
    private val ticket = if (tickets.has(ticketKey)) {
        tickets.take(ticketKey, KwikTls.Judge(TrustManagers.of(tls.trust(), serverName, clock))).orElse(null)
    } else {
        null
    }
    private val guard = ArrivalGuard()
    private val socket = GuardedSocket.bind(wildcard(remote.address), guard, config.socket(), AddressReuse.NONE)
    private val hook = ClientHook()
    private val kwik: QuicClientConnectionImpl = try {
        socket.connect(remote)
        build(serverName, tls)
    } catch (unusable: IOException) {
        socket.close()
        throw unusable
    }
    private val connection = newConnection(socket.localSocketAddress as InetSocketAddress) { guard.forget(remote) }
    private val lock = Any()

    /** Under the lock. */
    private var connecting: Thread? = null

    @Volatile
    private var givenUp = false

    init {
        connection.kwik = kwik
        connection.packets.onProcessed = { guard.handleProcessed(remote, it) }
        connection.packets.onFirstData = ::handleEstablished
        kwik.setConnectionListener(connection.listener)
        kwik.setPeerInitiatedStreamCallback(connection::handleCreated)
        hook.show(connection.packets)
    }

    /** Completes the handshake. */
    suspend fun run(): KwikConnection {
        try {
            connect()
            handleEstablished()
            return connection
        } catch (failed: Exception) {
            val reason = reason(failed)
            // The thread that connects may see that the connection stood only after the server has closed it again.
            if (connection.isEstablished && reason is QuicCloseReason.Application) return connection
            connection.close(reason, Http3ErrorCode.H3_REQUEST_CANCELLED, "")
            if (!currentCoroutineContext().isActive) releaseWhenTold(System.nanoTime() + MAX_LINGER_NANOS)
            currentCoroutineContext().ensureActive()
            throw QuicConnectionException(reason, failed)
        }
    }

    /**
     * Kwik's connect blocks; interrupted, it falls silent, and the server keeps its half of the connection until that has been idle for too
     * long. So a caller that is cancelled goes at once, and the thread is interrupted when CONNECTION_CLOSE has left.
     */
    private suspend fun connect() = suspendCancellableCoroutine<Unit> { waiter ->
        Dispatchers.IO.asExecutor().execute { waiter.resumeWith(runCatching { connectHere() }) }
    }

    private fun connectHere() {
        synchronized(lock) {
            connecting = Thread.currentThread()
        }
        var connected = false
        try {
            if (givenUp) throw CancellationException("given up before it began")
            socket.start(Thread.currentThread())
            kwik.connect()
            connected = true
        } finally {
            synchronized(lock) {
                connecting = null
                // The thread belongs to others.
                if (givenUp) Thread.interrupted()
            }
            if (!connected) socket.close()
        }
    }

    private fun releaseWhenTold(deadline: Long) {
        val isOver = connection.packets.hasCloseLeft || System.nanoTime() >= deadline
        if (isOver || !connection.later(STEP_MILLIS) { releaseWhenTold(deadline) }) release()
    }

    private fun release() = synchronized(lock) {
        givenUp = true
        connecting?.interrupt()
    }

    private fun handleEstablished() {
        socket.establish()
        // In a resumed handshake the server shows no certificate.
        connection.isResumed = judge.chain() == null
        connection.handleEstablished(kwik.peerTransportParameters)
    }

    /** Keeps the tickets that have come so far. */
    fun keepTickets() {
        val chain = judge.chain() ?: ticket?.chain() ?: return
        tickets.keep(ticketKey, kwik, chain)
    }

    private suspend fun reason(failed: Exception): QuicCloseReason {
        val refusal = trust.refusal().orElse(null)
        val unreachable = socket.unreachable()
        return when {
            refusal != null -> QuicCloseReason.Tls(null, refusal.message ?: refusal.toString(), refusal)
            connection.hasEnded -> connection.awaitClosed()
            unreachable != null -> QuicCloseReason.Refused(unreachable.message ?: "nothing listens there")
            failed.message?.contains(TIMED_OUT) == true -> QuicCloseReason.TimedOut("no handshake within ${config.handshakeTimeout()}")
            else -> QuicCloseReason.Transport(null, failed.message ?: failed.toString())
        }
    }

    private fun build(serverName: String, tls: ClientTlsConfig): QuicClientConnectionImpl {
        val builder = QuicClientConnection
            .newBuilder()
            .applicationProtocol(KwikQuicTransport.ALPN_HTTP_3)
            // The name goes out (SNI), the address is where packets go.
            .host(serverName)
            .proxy(remote.address.hostAddress)
            .port(remote.port)
            .connectTimeout(config.handshakeTimeout())
            .maxIdleTimeout(maxOf(config.idleTimeout(), MIN_IDLE))
            // Sets the credit of the connection, too, to ten times as much.
            .defaultStreamReceiveBufferSize(maxOf(config.maxData() / CONNECTION_BY_STREAM, MIN_BUFFER))
            .maxOpenPeerInitiatedBidirectionalStreams(config.maxIncomingBidirectionalStreams())
            .maxOpenPeerInitiatedUnidirectionalStreams(config.maxIncomingUnidirectionalStreams())
            .cipherSuite(CipherSuite.TLS_AES_128_GCM_SHA256)
            .cipherSuite(CipherSuite.TLS_AES_256_GCM_SHA384)
            .socketFactory { socket }
            .enableDatagramExtension()
            .logger(hook)
        KwikNames.checkNone(builder)
        builder.customTrustManager(judge)
        tls.identity().ifPresent { builder.clientKeyManager(KeyManagers.of(it)) }
        config.keyLogFile().ifPresent { builder.secrets(it) }
        ticket?.let { builder.sessionTicket(it.ticket()) }
        val made = builder.build() as QuicClientConnectionImpl
        val streamData = minOf(maxOf(config.maxStreamData(), MIN_STREAM_BUFFER), maxOf(config.maxData(), MIN_BUFFER))
        made.setDefaultBidirectionalStreamReceiveBufferSize(streamData)
        made.setDefaultUnidirectionalStreamReceiveBufferSize(streamData)
        return made
    }

    private companion object {
        /** Kwik says so in no other way. */
        const val TIMED_OUT = "timed out"
        const val STEP_MILLIS = 10L
        val MAX_LINGER_NANOS = TimeUnit.SECONDS.toNanos(1)
        const val CONNECTION_BY_STREAM = 10
        const val MIN_BUFFER = 1_500L
        const val MIN_STREAM_BUFFER = 1_024L
        val MIN_IDLE = java.time.Duration.ofMillis(10)!!

        fun wildcard(peer: InetAddress) = InetSocketAddress(
            InetAddress.getByAddress(ByteArray(if (peer is Inet6Address) 16 else 4)),
            0,
        )
    }
}
