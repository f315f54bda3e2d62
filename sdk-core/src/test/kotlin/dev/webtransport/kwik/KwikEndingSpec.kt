package dev.webtransport.kwik

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.value.Perspective
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import tech.kwik.core.QuicClientConnection
import tech.kwik.core.frame.StreamFrame
import tech.kwik.core.impl.QuicClientConnectionImpl
import tech.kwik.core.impl.TransportParameters
import tech.kwik.core.impl.Version
import tech.kwik.core.packet.ShortHeaderPacket
import java.net.InetSocketAddress
import java.time.Duration
import java.time.Instant
import java.util.concurrent.RunnableScheduledFuture
import java.util.concurrent.ScheduledThreadPoolExecutor

/** What comes at a connection over Kwik while it ends in another thread. */
internal class KwikEndingSpec :
    FunSpec({
        val timers = ScheduledThreadPoolExecutor(1)
        afterSpec { timers.shutdownNow() }

        /** A connection that has reached nobody. */
        fun connection(config: QuicConfig = QuicConfig.defaults()): KwikConnection {
            val address = InetSocketAddress("127.0.0.1", 1)
            val connection = KwikConnection(Perspective.CLIENT, config, emptySet(), address, address, timers) {}
            connection.kwik =
                QuicClientConnection
                    .newBuilder()
                    .applicationProtocol(KwikQuicTransport.ALPN_HTTP_3)
                    .host(address.hostString)
                    .port(address.port)
                    .build() as QuicClientConnectionImpl
            return connection
        }

        test("a frame for which Kwik has no thread any more is no failure of this engine") {
            val connection = connection()
            connection.kwik.abortConnection(IllegalStateException("on purpose"))
            // A new stream of the server.
            connection.packets.handleReceived(Instant.now(), Packet(StreamFrame(3, 0, ByteArray(1), false)))
            connection.hasEnded shouldBe false
        }

        test("a handshake that is complete after the end keeps nothing alive") {
            val connection = connection(QuicConfig.builder().keepAliveInterval(Duration.ofHours(1)).build())
            connection.close(QuicCloseReason.Local(0, "given up"), 0, "")
            connection.handleEstablished(TransportParameters())
            timers.queue.filter { (it as RunnableScheduledFuture<*>).isPeriodic } shouldBe emptyList()
        }
    })

/** As if it had been read from a socket. */
private class Packet(frame: StreamFrame) : ShortHeaderPacket(Version.getDefault(), ByteArray(8), frame) {
    override fun getPacketNumber(): Long = 0

    override fun getSize(): Int = 100
}
