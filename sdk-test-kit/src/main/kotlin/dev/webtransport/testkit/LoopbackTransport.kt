package dev.webtransport.testkit

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.testkit.network.SimulatedNetwork
import dev.webtransport.testkit.quic.Direction
import dev.webtransport.testkit.quic.FrameListener
import dev.webtransport.testkit.quic.QuicEndpoint
import dev.webtransport.tls.TlsExporter
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportCapability
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.test.TestCoroutineScheduler
import kotlinx.coroutines.withTimeoutOrNull
import java.io.IOException
import java.net.BindException
import java.net.Inet6Address
import java.net.InetAddress
import java.net.InetSocketAddress
import java.util.function.LongFunction
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.TimeSource
import kotlin.time.toKotlinDuration

/**
 * QUIC in memory: streams, credit, datagrams and closes as the engines have them, without sockets, packets and TLS.
 *
 * One instance is one network: who connects reaches who listens on the same instance. It has no thread and no dispatcher of its
 * own. Unless the [network] is told otherwise, what one end sends is with the other at once, as far as its credit goes;
 * functions suspend in the caller's context. So everything above runs in `runTest` under virtual time, the same way each time.
 *
 * What it takes from [QuicConfig]: [maxData][QuicConfig.maxData] and [maxStreamData][QuicConfig.maxStreamData] (up to 64 KiB they
 * are exact: each byte that is read gives back one byte of credit at once; a stream holds at most 1 GiB), the limits of incoming
 * streams, [sendBufferSize][QuicConfig.sendBufferSize], [acceptBacklog][QuicConfig.acceptBacklog], the lengths of the queues of
 * datagrams, [handshakeTimeout][QuicConfig.handshakeTimeout], [idleTimeout][QuicConfig.idleTimeout] and
 * [keepAliveInterval][QuicConfig.keepAliveInterval].
 *
 * Keying material is exported as TLS would, from a secret of the simulation ([exporterSecret]).
 *
 * What it ignores: TLS settings of both ends (every certificate is fine, and there is no ALPN to miss), and what is about
 * packets, sockets ([QuicConfig.socket]), files and reading ahead.
 *
 * What arrived before the peer closed the connection, or before it timed out, is still read and accepted; what an end has not
 * taken when it closes the connection itself is gone.
 *
 * @param timers where timeouts and the network's delays are waited for, and nothing else: in `runTest` its `backgroundScope`.
 * Cancelling it stops them and leaves the connections as they are
 * @param timeSource what time it is there
 * @property network what carries the frames: perfect unless told otherwise, and under the test's control at any time
 * @param frameListeners gives each connection, by its number from 0, who sees every frame that arrives on it
 */
public class LoopbackTransport(
    timers: CoroutineScope,
    timeSource: TimeSource.WithComparableMarks,
    public val network: SimulatedNetwork = SimulatedNetwork(0),
    private val frameListeners: LongFunction<FrameListener> = NO_LISTENERS,
) : QuicTransport {
    private val clock = LoopbackClock(timers, timeSource.markNow())
    private val monitor = Monitor()
    private val listeners = LinkedHashSet<LoopbackListener>()
    private val links = LinkedHashMap<LoopbackLink, LoopbackListener>()

    @Volatile
    private var givenExporterSecret: ByteArray? = null

    /**
     * The secret that connections made from now on derive keying material from, 32 or 48 bytes, for tests with known answers; null
     * for one drawn from the network's seed, another for each connection. Default null.
     *
     * @throws IllegalArgumentException if it has another length
     */
    public var exporterSecret: ByteArray?
        get() = givenExporterSecret?.clone()
        set(value) {
            value?.let(TlsExporter::of)
            givenExporterSecret = value?.clone()
        }

    private var lastPort = FIRST_PORT - 1
    private var lastNumber = -1L
    private var closed = false

    /** The same on the clock of [timers]: virtual time if it is a test's scope, else the system's. */
    @JvmOverloads
    public constructor(
        timers: CoroutineScope,
        network: SimulatedNetwork = SimulatedNetwork(0),
        frameListeners: LongFunction<FrameListener> = NO_LISTENERS,
    ) : this(timers, timers.coroutineContext[TestCoroutineScheduler]?.timeSource ?: TimeSource.Monotonic, network, frameListeners)

    override val name: String get() = "loopback"

    override val capabilities: Set<TransportCapability> get() = CAPABILITIES

    /** Every name is here: it stands for 127.0.0.1. An IP literal stands for itself. */
    override suspend fun resolve(host: String): List<InetAddress> {
        val isLiteral = host.contains(':') || host.all { it.isDigit() || it == '.' }
        return listOf(if (isLiteral) InetAddress.getByName(host) else IPV4_LOOPBACK)
    }

    override suspend fun connect(
        remote: InetSocketAddress,
        serverName: String,
        tls: ClientTlsConfig,
        config: QuicConfig,
    ): QuicConnection {
        require(!remote.isUnresolved) { "the address $remote is not resolved" }
        currentCoroutineContext().ensureActive()
        handshake(config)
        var excessive = false
        val link = monitor.locked {
            if (closed) throw QuicConnectionException(QuicCloseReason.Internal("the loopback transport is closed"))
            val listener = listeners.firstOrNull { it.isOpen && it.hears(remote) } ?: throw refused("nothing listens on $remote")
            val port = pickPort() ?: throw QuicConnectionException(QuicCloseReason.Internal("no port is left"))
            val local = InetSocketAddress(if (remote.address is Inet6Address) IPV6_LOOPBACK else IPV4_LOOPBACK, port)
            excessive = listener.isFull
            LoopbackLink(
                local,
                remote,
                config,
                listener.config,
                network,
                ++lastNumber,
                frameListeners,
                exporterSecret,
                clock,
                ::forget,
            ).also {
                links[it] = listener
                if (!excessive) listener.offer(it)
            }
        }
        link.start()
        // The handshake is done by then, as it is over UDP.
        if (excessive) link.server.close(Http3ErrorCode.H3_EXCESSIVE_LOAD, "too many connections wait to be accepted")
        return link.client
    }

    /** A round trip, for which both directions must be there. */
    private suspend fun handshake(config: QuicConfig) {
        val trip = Direction.entries.sumOf { network.conditions(it).latencyNanos() }.nanoseconds
        if (trip == Duration.ZERO && network.isReachable) return
        withTimeoutOrNull(config.handshakeTimeout().toKotlinDuration()) {
            awaitReachable()
            delay(trip)
        } ?: throw QuicConnectionException(QuicCloseReason.TimedOut("the handshake took longer than ${config.handshakeTimeout()}"))
    }

    private suspend fun awaitReachable() {
        val changed = Channel<Unit>(Channel.CONFLATED)
        val observer = Runnable { changed.trySend(Unit) }
        network.addObserver(observer)
        try {
            while (!network.isReachable) changed.receive()
        } finally {
            network.removeObserver(observer)
        }
    }

    override suspend fun listen(local: InetSocketAddress, tls: ServerTlsConfig, config: QuicConfig): QuicListener {
        require(!local.isUnresolved) { "the address $local is not resolved" }
        currentCoroutineContext().ensureActive()
        return monitor.locked {
            if (closed) throw IOException("the loopback transport is closed")
            val port = if (local.port == 0) pickPort() ?: throw BindException("no port is left") else local.port
            val bound = InetSocketAddress(local.address, port)
            if (listeners.any { it.clashesWith(bound) }) throw BindException("$bound is in use")
            LoopbackListener(bound, config, monitor, ::stopped).also(listeners::add)
        }
    }

    override fun close() {
        val left = monitor.locked {
            closed = true
            for (listener in listeners) listener.stop()
            listeners.clear()
            links.keys.toList()
        }
        for (link in left) link.abandon()
    }

    /**
     * What has not ended on the connections that are open: each stream of which a half was neither finished, reset, stopped nor
     * read to its end, and datagrams nobody took; each line names the stream, the end and the bytes that wait.
     *
     * @param exceptStreams ids of streams that may stand, such as those of HTTP/3 itself
     */
    public fun leftovers(exceptStreams: Set<Long> = emptySet()): List<String> {
        return monitor.locked { links.keys.toList() }.flatMap { it.leftovers(exceptStreams) }
    }

    /** The connections that are open. */
    public val connectionCount: Int get() = monitor.locked { links.size }

    override fun toString(): String = "loopback transport"

    /** A connection has ended, and with it perhaps the last use of a port. */
    private fun forget(link: LoopbackLink) {
        monitor.locked {
            val listener = links.remove(link) ?: return
            if (!listener.isOpen) release(listener)
        }
    }

    /** A listener was closed under the lock: what it never accepted is closed, its port may be free. */
    private fun stopped(listener: LoopbackListener, unaccepted: List<LoopbackLink>) {
        release(listener)
        monitor.afterwards { for (link in unaccepted) link.server.close(Http3ErrorCode.H3_NO_ERROR, "the listener was closed") }
    }

    private fun release(listener: LoopbackListener) {
        if (links.values.none { it === listener }) listeners.remove(listener)
    }

    private fun pickPort(): Int? {
        repeat(LAST_PORT - FIRST_PORT + 1) {
            lastPort = if (lastPort == LAST_PORT) FIRST_PORT else lastPort + 1
            val taken = listeners.any { it.localAddress.port == lastPort } || links.keys.any { it.client.localAddress.port == lastPort }
            if (!taken) return lastPort
        }
        return null
    }

    private fun refused(reason: String) = QuicConnectionException(QuicCloseReason.Refused(reason))

    /** Numbers of this engine. */
    public companion object {
        /** The largest datagram, in bytes: about what fits a QUIC packet on every path. */
        public const val MAX_DATAGRAM_SIZE: Int = QuicEndpoint.MAX_DATAGRAM_SIZE

        // The dynamic ports of RFC 6335, section 6.
        private const val FIRST_PORT = 49_152
        private const val LAST_PORT = 65_535

        private val NO_LISTENERS = LongFunction { FrameListener { _, _, _ -> } }

        private val IPV4_LOOPBACK = InetAddress.getByAddress(byteArrayOf(127, 0, 0, 1))
        private val IPV6_LOOPBACK = InetAddress.getByAddress(ByteArray(16).also { it[15] = 1 })

        internal val CAPABILITIES: Set<TransportCapability> = setOf(
            TransportCapability.DATAGRAMS,
            TransportCapability.PEER_RESET_CODE,
            TransportCapability.PEER_STOP_CODE,
            TransportCapability.WIDE_STREAM_CODES,
            TransportCapability.KEEP_ALIVE,
            TransportCapability.KEYING_MATERIAL_EXPORTER,
            // There are no certificates here, so that none is the wrong one.
            TransportCapability.SERVER_NAME_IDENTITIES,
            TransportCapability.SHARED_THREADS,
        )
    }
}

/** One bound address of a [LoopbackTransport], under its lock. */
internal class LoopbackListener(
    override val localAddress: InetSocketAddress,
    val config: QuicConfig,
    private val monitor: Monitor,
    private val onStop: (LoopbackListener, List<LoopbackLink>) -> Unit,
) : QuicListener {
    private val backlog = ArrayDeque<LoopbackLink>()
    private val arrival = Condition(monitor)

    var isOpen = true
        private set

    val isFull: Boolean get() = backlog.size >= config.acceptBacklog()

    override suspend fun accept(): QuicConnection? {
        val answer = monitor.await(arrival) {
            val link = backlog.removeFirstOrNull()
            if (link != null || !isOpen) Answer(link) else null
        }
        return answer.value?.server
    }

    override suspend fun close() {
        monitor.locked {
            if (isOpen) onStop(this, stop())
        }
    }

    override fun toString(): String = "loopback listener on $localAddress"

    // What follows runs under the lock.

    fun offer(link: LoopbackLink) {
        backlog.addLast(link)
        arrival.signal()
    }

    /** Accepts no more; answers who was waiting. */
    fun stop(): List<LoopbackLink> {
        isOpen = false
        arrival.signal()
        return backlog.toList().also { backlog.clear() }
    }

    fun hears(remote: InetSocketAddress): Boolean {
        return localAddress.port == remote.port && (localAddress.address.isAnyLocalAddress || localAddress.address == remote.address)
    }

    fun clashesWith(local: InetSocketAddress): Boolean {
        return hears(local) || (localAddress.port == local.port && local.address.isAnyLocalAddress)
    }
}
