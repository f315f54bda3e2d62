package dev.webtransport.testkit

import dev.webtransport.config.QuicConfig
import dev.webtransport.testkit.network.QuicLink
import dev.webtransport.testkit.network.SimulatedNetwork
import dev.webtransport.testkit.quic.Direction
import dev.webtransport.testkit.quic.FrameListener
import dev.webtransport.testkit.quic.QuicEvent
import dev.webtransport.tls.TlsExporter
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicStatistics
import dev.webtransport.value.Perspective
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import java.net.InetSocketAddress
import java.util.function.LongFunction
import kotlin.random.Random
import kotlin.time.Duration.Companion.nanoseconds

/** What a [LoopbackTransport] gives each of its connections: where time is waited for, what time it is, and the network. */
internal class LoopbackClock(
    val timers: CoroutineScope,
    private val origin: kotlin.time.TimeMark,
) {
    fun now(): Long = origin.elapsedNow().inWholeNanoseconds
}

/** Both ends of one connection and the lock around them: gives the machine below the time, and wakes who waits. */
internal class LoopbackLink(
    clientAddress: InetSocketAddress,
    serverAddress: InetSocketAddress,
    clientConfig: QuicConfig,
    serverConfig: QuicConfig,
    private val network: SimulatedNetwork,
    number: Long,
    frameListeners: LongFunction<FrameListener>,
    exporterSecret: ByteArray?,
    private val clock: LoopbackClock,
    private val onEnd: (LoopbackLink) -> Unit,
) {
    val monitor = Monitor()
    private val quic = QuicLink(clientConfig, serverConfig, network, number, frameListeners.apply(number), clock.now())
    val client = LoopbackConnection(this, quic.end(Perspective.CLIENT), clientAddress, serverAddress)
    val server = LoopbackConnection(this, quic.end(Perspective.SERVER), serverAddress, clientAddress)

    /** What both ends derive keying material from. There is no TLS here, so the secret is given, or drawn from the seed. */
    val exporter: TlsExporter = TlsExporter.of(exporterSecret ?: Random(network.seed() xor number).nextBytes(SECRET_BYTES))

    private val networkObserver = Runnable { monitor.locked { settleAfter { quic.handleNetworkChange(clock.now()) } } }
    private var timer: Job? = null
    private var armedFor = Long.MAX_VALUE
    private var over = false

    fun start() {
        network.addObserver(networkObserver)
        monitor.locked { settle() }
    }

    /** The streams whose FIN has left [sender] but not arrived. Under the lock. */
    fun finsUnderWay(sender: Perspective): Set<Long> = quic.finsUnderWay(sender)

    /** The engine goes away under the connection. */
    fun abandon() {
        monitor.locked { settleAfter { quic.abandon(QuicCloseReason.Internal("the loopback transport was closed")) } }
    }

    /** What has not ended at either end, each with its name; empty when the connection is over. */
    fun leftovers(exceptStreams: Set<Long>): List<String> {
        return monitor.locked { if (over) emptyList() else client.leftovers(exceptStreams) + server.leftovers(exceptStreams) }
    }

    // What follows runs under the lock.

    /** Something was done at an end: carries it as far as it goes, and wakes who waited for it. */
    fun settle() = settleAfter { quic.drive(clock.now()) }

    /** What is known where there are no packets: see [dev.webtransport.testkit.network.Traffic]. */
    fun statistics(end: Perspective): QuicStatistics {
        val traffic = quic.traffic(end)
        val sending = network.conditions(Direction.entries.first { it.sender() == end })
        return QuicStatistics(
            packetsSent = traffic.packetsSent(),
            packetsReceived = traffic.packetsReceived(),
            packetsLost = traffic.datagramsLost(),
            bytesSent = traffic.bytesSent(),
            bytesReceived = traffic.bytesReceived(),
            bytesLost = traffic.bytesLost(),
            smoothedRttNanos = Direction.entries.sumOf { network.conditions(it).latencyNanos() },
            deliveryRateBytesPerSecond = sending.bytesPerSecond().takeIf { it != Long.MAX_VALUE },
            datagramsSent = traffic.datagramsSent(),
            datagramsReceived = traffic.datagramsReceived(),
            datagramsLost = traffic.datagramsLost(),
        )
    }

    private inline fun settleAfter(step: () -> Unit) {
        step()
        while (tell(client) or tell(server)) {
            // Again: who was told may have had something to say, such as a reset that waits to be sent.
            quic.drive(clock.now())
        }
        client.handleDelivery()
        server.handleDelivery()
        if (over) return
        if (quic.isOver) {
            over = true
            timer?.cancel()
            network.removeObserver(networkObserver)
            monitor.afterwards { onEnd(this) }
        } else {
            armTimer()
        }
    }

    private fun tell(connection: LoopbackConnection): Boolean {
        var told = false
        while (true) {
            val event: QuicEvent = connection.endpoint.pollEvent() ?: return told
            connection.handleEvent(event)
            told = true
        }
    }

    /** A timer that is due too early is left alone: when it fires there is nothing to do, and the next one is armed. */
    private fun armTimer() {
        val now = clock.now()
        val deadline = quic.pollTimeoutNanos(now)
        if (deadline >= armedFor) return
        timer?.cancel()
        armedFor = deadline
        // Undispatched, so that the time counts from now and not from when the dispatcher gets to it.
        timer = clock.timers.launch(start = CoroutineStart.UNDISPATCHED) {
            delay((deadline - now).coerceAtLeast(0).nanoseconds)
            monitor.locked {
                armedFor = Long.MAX_VALUE
                if (!over) settleAfter { quic.handleTimeout(clock.now()) }
            }
        }
    }

    private companion object {
        /** As long as SHA-256, the hash of most cipher suites. */
        const val SECRET_BYTES = 32
    }
}
