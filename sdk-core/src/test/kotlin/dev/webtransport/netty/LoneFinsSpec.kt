package dev.webtransport.netty

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.TransportSpi
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.launch
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch

/** FIN that no bytes go with reaches the peer: what RFC 9000, section 2.4, promises of it, and quiche does not keep by itself. */
@OptIn(TransportSpi::class)
internal class LoneFinsSpec : NettyTests() {
    /** So that the two ends have threads of their own, one of which can be held. */
    private val clients by lazy { NettyQuicTransport(NettyQuicOptions(1)) }

    init {
        afterSpec { clients.close() }

        test("the end of a stream arrives that was written while the congestion window was full, and its bytes were not acknowledged") {
            withFullWindow {
                val finishing = launch(start = CoroutineStart.UNDISPATCHED) { first.finish() }
                // Tasks of the event loop are run in order.
                client.statistics()
                resume.countDown()
                server.acceptUnidirectionalStream().countToEnd() shouldBe 1000
                server.acceptUnidirectionalStream().countToEnd() shouldBe MANY
                finishing.join()
                filling.join()
            }
        }

        test("the end of a stream arrives while the peer gives no more credit for the connection") {
            connected(QuicConfig.builder().maxData(50_000).build(), clients) { ends ->
                val client = ends.client
                val server = ends.server
                val first = client.openUnidirectionalStream()
                first.write(bytes(1000))
                val finished = server.acceptUnidirectionalStream()
                val second = client.openUnidirectionalStream()
                val filling = async { second.writeAndFinish(MANY) }
                client.awaitFull(second)
                first.finish()
                finished.countToEnd() shouldBe 1000
                // Only now the rest has room.
                server.acceptUnidirectionalStream().countToEnd() shouldBe MANY
                filling.await()
            }
        }

        test("a stream whose end waits for room can be reset instead, and leaves nothing behind") {
            withFullWindow {
                val finishing = launch(start = CoroutineStart.UNDISPATCHED) { runCatching { first.finish() } }
                first.reset(7)
                finishing.join()
                resume.countDown()
                val streams = List(2) { server.acceptUnidirectionalStream() }
                streams.first { it.id == second.id }.countToEnd() shouldBe MANY
                filling.join()
                streams.first { it.id == first.id }.readToEnd()
                client.awaitAcknowledged()
                (client as NettyConnection).heldStreams() shouldBe 0
            }
        }
    }

    /**
     * A [first] stream whose bytes have left and are not acknowledged, because the server is held until [resume], and a [second] one that fills
     * the congestion window.
     */
    private class FullWindow(
        val client: QuicConnection,
        val server: QuicConnection,
        val resume: CountDownLatch,
        val first: QuicSendStream,
        val second: QuicSendStream,
        val filling: Job,
        scope: CoroutineScope,
    ) : CoroutineScope by scope

    private suspend fun withFullWindow(test: suspend FullWindow.() -> Unit) =
        connected(clients = clients) { ends ->
            val resume = ends.server.hold()
            val first = ends.client.openUnidirectionalStream()
            first.write(bytes(1000))
            val second = ends.client.openUnidirectionalStream()
            val filling = launch { second.writeAndFinish(MANY) }
            ends.client.awaitFull(second)
            FullWindow(ends.client, ends.server, resume, first, second, filling, this).test()
        }

    private suspend fun QuicSendStream.writeAndFinish(count: Int) {
        write(bytes(count))
        finish()
    }

    /** Waits until quiche has taken as much of [stream] as it takes. */
    private suspend fun QuicConnection.awaitFull(stream: QuicSendStream) {
        do {
            val left = CompletableDeferred<Int>()
            (this as NettyConnection).execute { left.complete((stream as NettySendStream).unansweredBytes) }
        } while (left.await() == 0)
    }

    private suspend fun QuicReceiveStream.countToEnd(): Int {
        val buffer = ByteBuffer.allocate(64 shl 10)
        var count = 0
        while (true) {
            buffer.clear()
            val read = read(buffer)
            if (read < 0) return count
            count += read
        }
    }

    private companion object {
        const val MANY = 400_000
    }
}
