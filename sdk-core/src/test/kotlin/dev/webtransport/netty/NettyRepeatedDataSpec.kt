package dev.webtransport.netty

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.TransportSpi
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.withContext
import tech.kwik.core.QuicClientConnection
import tech.kwik.core.frame.StreamFrame
import tech.kwik.core.impl.QuicConnectionImpl
import tech.kwik.core.log.NullLogger
import java.net.InetSocketAddress
import java.nio.ByteBuffer

/** What QUIC says about data that comes twice, shown with a peer that is made to send it so. */
@OptIn(TransportSpi::class)
internal class NettyRepeatedDataSpec : NettyTests() {
    init {
        test("FIN that comes with bytes which were all read before ends the stream") {
            bounded {
                val listener = transport.listen(InetSocketAddress("127.0.0.1", 0), tls.server, QuicConfig.defaults())
                val accepting = async { listener.accept() }
                val peer = withContext(Dispatchers.IO) { connect(listener.localAddress) }
                val server = checkNotNull(accepting.await())
                for (id in 2..14 step 4) {
                    peer.send(id, DATA, fin = false)
                    val stream = server.acceptUnidirectionalStream()
                    stream.id shouldBe id
                    stream.readFully(DATA.size) shouldBe DATA
                    // As a peer does that takes the first packet for lost and has its FIN to send by now.
                    peer.send(id, DATA, fin = true)
                    stream.read(ByteBuffer.allocate(1)) shouldBe -1
                }
                server.close(0x100, "")
                peer.close()
                listener.close()
            }
        }
    }

    private suspend fun QuicReceiveStream.readFully(size: Int): ByteArray {
        val data = ByteBuffer.allocate(size)
        while (data.hasRemaining()) check(read(data) >= 0) { "the stream ended after ${data.position()} bytes" }
        return data.array()
    }

    private fun connect(server: InetSocketAddress): QuicClientConnection =
        QuicClientConnection
            .newBuilder()
            .host("localhost")
            .preferIPv4()
            .port(server.port)
            .applicationProtocol("h3")
            .noServerCertificateCheck()
            .logger(NullLogger())
            .build()
            .also { it.connect() }

    /** One STREAM frame from the beginning of the stream, whatever was sent of it before. */
    private fun QuicClientConnection.send(streamId: Int, data: ByteArray, fin: Boolean) {
        val frame = StreamFrame(streamId, 0L, data, fin)
        (this as QuicConnectionImpl).send(frame, { send(streamId, data, fin) }, true)
    }

    private companion object {
        val DATA = ByteArray(1000) { it.toByte() }
    }
}
