package dev.webtransport.netty

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.transport.QuicStreamStoppedException
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportSpi
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch
import kotlin.time.Duration.Companion.seconds

/** Connections of one Netty engine over 127.0.0.1, bounded in time. */
@OptIn(TransportSpi::class)
internal abstract class NettyTests : FunSpec() {
    protected val tls = TestIdentity()
    protected val transport by lazy { NettyQuicTransport(NettyQuicOptions(2)) }

    /** The two ends of a connection. */
    protected class Ends(val client: QuicConnection, val server: QuicConnection)

    init {
        afterSpec { transport.close() }
    }

    protected suspend fun bounded(test: suspend CoroutineScope.() -> Unit) {
        withTimeout(60.seconds) { withContext(Dispatchers.Default, test) }
    }

    /** Runs [test] with both ends of a connection, one of [clients], and ends them. */
    protected suspend fun connected(
        config: QuicConfig = QuicConfig.defaults(),
        clients: QuicTransport = transport,
        test: suspend CoroutineScope.(Ends) -> Unit,
    ) = bounded {
        val listener = transport.listen(InetSocketAddress("127.0.0.1", 0), tls.server, config)
        val accepting = async { listener.accept() }
        val client = clients.connect(listener.localAddress, "localhost", tls.client, config)
        val ends = Ends(client, checkNotNull(accepting.await()))
        try {
            test(ends)
        } finally {
            ends.client.close(0x100, "")
            ends.server.close(0x100, "")
            listener.close()
        }
    }

    /** A stream of which both ends hold a half each way; one byte has gone to the server. */
    protected suspend fun stream(ends: Ends): Pair<QuicBidirectionalStream, QuicBidirectionalStream> {
        val mine = ends.client.openBidirectionalStream()
        mine.send.write(bytes(1))
        val theirs = ends.server.acceptBidirectionalStream()
        theirs.receive.read(ByteBuffer.allocate(1))
        return mine to theirs
    }

    /** Stops this end from taking and acknowledging packets, until the latch is counted down. */
    protected fun QuicConnection.hold(): CountDownLatch =
        CountDownLatch(1).also { latch -> (this as NettyConnection).execute { latch.await() } }

    protected fun bytes(size: Int): ByteBuffer = ByteBuffer.wrap(ByteArray(size) { it.toByte() })

    /** To FIN or RESET_STREAM. */
    protected suspend fun QuicReceiveStream.readToEnd() {
        runCatching {
            do {
                val count = read(ByteBuffer.allocate(1000))
            } while (count >= 0)
        }.exceptionOrNull()?.shouldBeInstanceOf<QuicStreamResetException>()
    }

    /** FIN, unless the peer stopped the stream. */
    protected suspend fun QuicSendStream.finishLoosely() {
        runCatching { finish() }.exceptionOrNull()?.shouldBeInstanceOf<QuicStreamStoppedException>()
    }

    protected suspend fun QuicSendStream.writeLoosely(data: ByteBuffer) {
        runCatching { write(data) }.exceptionOrNull()?.shouldBeInstanceOf<QuicStreamStoppedException>()
    }
}
