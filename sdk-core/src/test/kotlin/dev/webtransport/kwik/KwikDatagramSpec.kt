package dev.webtransport.kwik

import dev.webtransport.config.QuicConfig
import dev.webtransport.netty.TestIdentity
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.TransportSpi
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.async
import kotlinx.coroutines.withTimeout
import java.nio.ByteBuffer
import kotlin.time.Duration.Companion.seconds

/** Datagrams over Kwik, through networks that Kwik alone loses or repeats them in. */
@OptIn(TransportSpi::class)
internal class KwikDatagramSpec : FunSpec() {
    private val transport by lazy { KwikQuicTransport() }
    private val tls by lazy { TestIdentity() }

    private class Ends(val client: QuicConnection, val server: QuicConnection, val relay: DroppingRelay)

    init {
        afterSpec { transport.close() }

        test("a datagram arrives once, though the client probes for the acknowledgement of its packet") {
            connected { ends ->
                // A probe repeats the oldest packet: there shall be none before the datagram.
                ends.client.openUnidirectionalStream().write(datagram(0))
                ends.client.awaitAcknowledged()
                ends.relay.toClient.passOnly(0)
                ends.relay.toServer.passOnly(PROBED)
                ends.client.sendDatagram(datagram(1))
                // The datagram, and what asks for its acknowledgement again and again.
                ends.relay.toServer.awaitLost(1)
                ends.relay.toClient.passAll()
                ends.relay.toServer.passAll()
                ends.client.sendDatagram(datagram(2))
                List(2) { ends.server.receiveDatagram().get() } shouldBe listOf<Byte>(1, 2)
            }
        }

        test("a datagram arrives behind a Handshake packet whose keys the server has discarded") {
            connected(change = { if (isShort(it)) handshakePacketTo(destination(it)) + it else it }) { ends ->
                for (i in 1..3) {
                    ends.client.sendDatagram(datagram(i))
                    ends.server.receiveDatagram().get() shouldBe i.toByte()
                }
            }
        }
    }

    private suspend fun connected(change: (ByteArray) -> ByteArray = { it }, test: suspend (Ends) -> Unit) = withTimeout(60.seconds) {
        transport.relayed(tls.server) { listener, relay ->
            relay.toServer.change = change
            val accepting = async { checkNotNull(listener.accept()) }
            val client = transport.connect(relay.address, "localhost", tls.client, QuicConfig.defaults())
            try {
                test(Ends(client, accepting.await(), relay))
            } finally {
                client.close(0, "")
            }
        }
    }

    private companion object {
        /** So many packets, at least one of which is a probe: beside it and the datagram there is no more than an acknowledgement. */
        const val PROBED = 3

        /** Kwik's own, unless it is told another. */
        const val ID_LENGTH = 8

        fun datagram(content: Int): ByteBuffer = ByteBuffer.wrap(byteArrayOf(content.toByte()))

        /** RFC 9000, section 17.3. */
        fun isShort(payload: ByteArray): Boolean = payload[0].toInt() and 0x80 == 0

        /** The destination connection id of a packet with a short header to a server over Kwik. */
        fun destination(payload: ByteArray): ByteArray = payload.copyOfRange(1, 1 + ID_LENGTH)

        /** RFC 9000, section 17.2.4: of version 1, without a source connection id, and with 20 bytes that nobody can decrypt. */
        fun handshakePacketTo(destination: ByteArray): ByteArray =
            byteArrayOf(0xe0.toByte(), 0, 0, 0, 1, destination.size.toByte()) + destination + byteArrayOf(0, 20) + ByteArray(20)
    }
}
