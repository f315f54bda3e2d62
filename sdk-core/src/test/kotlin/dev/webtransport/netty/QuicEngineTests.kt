package dev.webtransport.netty

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.transport.QuicStreamStoppedException
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportSpi
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import kotlin.time.Duration.Companion.seconds

/** What tests of a QUIC engine share: engine, connections over the loopback interface, bounds in time. */
@OptIn(TransportSpi::class)
internal abstract class QuicEngineTests(newTransport: () -> QuicTransport) : FunSpec() {
    protected val tls = TestIdentity()
    protected val transport: QuicTransport by lazy(newTransport)

    /** The two ends of a connection. */
    protected class Ends(val client: QuicConnection, val server: QuicConnection, val listener: QuicListener)

    protected suspend fun listen(config: QuicConfig = QuicConfig.defaults(), on: QuicTransport = transport): QuicListener =
        on.listen(InetSocketAddress("127.0.0.1", 0), tls.server, config)

    protected suspend fun connect(
        listener: QuicListener,
        config: QuicConfig = QuicConfig.defaults(),
        trust: ClientTlsConfig = tls.client,
        on: QuicTransport = transport,
    ): QuicConnection = on.connect(listener.localAddress, "localhost", trust, config)

    /** Runs [test] with both ends of a connection and ends them. */
    protected suspend fun connected(
        serverConfig: QuicConfig = QuicConfig.defaults(),
        clientConfig: QuicConfig = QuicConfig.defaults(),
        on: QuicTransport = transport,
        test: suspend CoroutineScope.(Ends) -> Unit,
    ) = bounded {
        val listener = listen(serverConfig, on)
        val accepting = async { listener.accept() }
        val client = connect(listener, clientConfig, on = on)
        val ends = Ends(client, checkNotNull(accepting.await()), listener)
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
        theirs.id shouldBe mine.id
        theirs.receive.read(ByteBuffer.allocate(1)) shouldBe 1
        return mine to theirs
    }

    init {
        afterSpec { transport.close() }
    }

    protected companion object {
        const val WIDE_CODE = 0x52e4a40fb9faL
        const val MAX_CODE = (1L shl 62) - 1
        const val STREAMS = 2000
        const val SEED = 20_261_120L

        suspend fun bounded(test: suspend CoroutineScope.() -> Unit) = withTimeout(60.seconds) { withContext(Dispatchers.Default, test) }

        fun smallBuffers(): QuicConfig = QuicConfig
            .builder()
            .sendBufferSize(4096)
            .receiveBufferSize(4096)
            .build()

        fun bytes(size: Int): ByteBuffer = ByteBuffer.wrap(ByteArray(size) { it.toByte() })

        fun threads(): Int = Thread.getAllStackTraces().keys.count { it.name.startsWith("webtransport") }

        suspend fun QuicSendStream.sendAll(data: ByteBuffer) {
            write(data)
            finish()
        }

        suspend fun QuicReceiveStream.readAll(): ByteArray {
            val all = java.io.ByteArrayOutputStream()
            val part = ByteBuffer.allocate(20_000)
            while (read(part.also { it.clear() }) >= 0) all.write(part.array(), 0, part.position())
            return all.toByteArray()
        }

        /** To FIN or RESET_STREAM. */
        suspend fun QuicReceiveStream.readToEnd() {
            runCatching { readAll() }.exceptionOrNull()?.shouldBeInstanceOf<QuicStreamResetException>()
        }

        /** FIN, unless the peer stopped the stream. */
        suspend fun QuicSendStream.finishLoosely() {
            runCatching { finish() }.exceptionOrNull()?.shouldBeInstanceOf<QuicStreamStoppedException>()
        }

        suspend fun QuicSendStream.writeLoosely(data: ByteBuffer) {
            runCatching { write(data) }.exceptionOrNull()?.shouldBeInstanceOf<QuicStreamStoppedException>()
        }
    }
}
