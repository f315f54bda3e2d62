package dev.webtransport.netty

import dev.webtransport.kwik.KwikConnection
import dev.webtransport.kwik.KwikQuicTransport
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.TransportSpi
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.yield
import tech.kwik.core.frame.StreamFrame
import java.nio.ByteBuffer

/** What packets bring that wait together at a socket, shown with a peer that sends each frame in a packet of its own. */
@OptIn(TransportSpi::class)
internal class NettyPacketRowsSpec : NettyTests() {
    private val peers by lazy { KwikQuicTransport() }

    init {
        afterSpec { peers.close() }

        test("nothing of a row of packets is lost, and each byte comes in its place") {
            withPeer { peer, server ->
                server.hold {
                    for (i in 0 until PACKETS) peer.send(STREAM, i * DATA.size, fin = i == PACKETS - 1)
                }
                val stream = server.acceptUnidirectionalStream()
                val all = ByteBuffer.allocate(PACKETS * DATA.size)
                while (all.hasRemaining()) stream.read(all) shouldBeGreaterThan 0
                all.array() shouldBe ByteArray(PACKETS * DATA.size) { DATA[it % DATA.size] }
                stream.read(ByteBuffer.allocate(1)) shouldBe -1
            }
        }

        for ((place, before, behind) in listOf(Triple("first", 0, 2), Triple("second", 1, 1), Triple("last", 2, 0))) {
            test("a peer's mistake in the $place packet of a row ends the connection as one that comes alone does") {
                val alone = reasonAfter(0, 0).shouldBeInstanceOf<QuicCloseReason.Transport>()
                reasonAfter(before, behind).shouldBeInstanceOf<QuicCloseReason.Transport>().errorCode shouldBe alone.errorCode
            }
        }
    }

    /** How a server ends a connection when bytes come on a stream that only it may send on, behind and before other packets. */
    private suspend fun reasonAfter(before: Int, behind: Int): QuicCloseReason {
        lateinit var reason: QuicCloseReason
        withPeer { peer, server ->
            server.hold {
                repeat(before) { peer.send(STREAM, it * DATA.size) }
                peer.send(STREAM_OF_SERVER, 0)
                repeat(behind) { peer.send(STREAM, (before + it) * DATA.size) }
            }
            reason = server.awaitClosed()
        }
        return reason
    }

    /**
     * Runs [test] with a peer and a server that have done with the handshake: a packet of it that quiche has no keys for any more takes
     * what is behind it in the UDP payload with it, and nothing is repeated here. The first answer may come with HANDSHAKE_DONE, the second
     * comes behind it.
     */
    private suspend fun withPeer(
        test: suspend CoroutineScope.(KwikConnection, QuicConnection) -> Unit,
    ) = connected(clients = peers) { ends ->
        repeat(2) {
            val (asked, question) = stream(ends)
            asked.send.finish()
            question.receive.readToEnd()
            question.send.write(bytes(1))
            question.send.finish()
            asked.receive.readToEnd()
        }
        test(ends.client as KwikConnection, ends.server)
    }

    /** Lets packets pile up at the socket of this end while [action] runs. */
    private suspend fun QuicConnection.hold(action: suspend () -> Unit) {
        val resume = hold()
        try {
            action()
        } finally {
            resume.countDown()
        }
    }

    /** Sends a packet with bytes of a stream; returns when it has left. */
    private suspend fun KwikConnection.send(streamId: Int, offset: Int, fin: Boolean = false) {
        val before = kwik.stats.packetsSent()
        kwik.send(StreamFrame(streamId, offset.toLong(), DATA, fin), {}, true)
        while (kwik.stats.packetsSent() == before) yield()
    }

    private companion object {
        const val STREAM = 2
        const val STREAM_OF_SERVER = 3

        /** Several rows, and together less than the smallest congestion window (RFC 9002, section 7.2): nobody acknowledges them. */
        const val PACKETS = 30
        val DATA = ByteArray(20) { it.toByte() }
    }
}
