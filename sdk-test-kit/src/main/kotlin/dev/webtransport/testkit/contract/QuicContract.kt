package dev.webtransport.testkit.contract

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.testkit.certificate.TestCertificates
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.transport.QuicStreamStoppedException
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportCapability
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.async
import java.io.ByteArrayOutputStream
import java.net.InetSocketAddress
import java.nio.ByteBuffer

/** What the contracts of QUIC share: connections on the loopback address, and what streams carry. Not for extension. */
public sealed class QuicContract(world: ContractWorld<QuicTransport>) : ContractSuite<QuicTransport>(world) {
    internal val tls by lazy { TestCertificates.forLoopback() }
    internal val capabilities by lazy { world.ask { it.capabilities } }

    /** A test of what not every engine can do. */
    internal fun capable(capability: TransportCapability): Need<QuicTransport> =
        Need { if (capability in capabilities) null else "${it.name} does not say that it has $capability" }

    /** A test of what engines say that cannot do something. */
    internal fun lacking(capability: TransportCapability): Need<QuicTransport> =
        Need { if (capability in capabilities) "${it.name} has $capability" else null }

    /** The two ends of a connection. */
    internal class Ends(val client: QuicConnection, val server: QuicConnection, val listener: QuicListener)

    internal suspend fun ContractRun<QuicTransport>.listen(
        config: QuicConfig = QuicConfig.defaults(),
        on: QuicTransport = transport,
    ): QuicListener = on.listen(InetSocketAddress("127.0.0.1", 0), tls.server(), config)

    internal suspend fun ContractRun<QuicTransport>.connect(
        listener: QuicListener,
        config: QuicConfig = QuicConfig.defaults(),
        trust: ClientTlsConfig = tls.client(),
        on: QuicTransport = transport,
    ): QuicConnection = on.connect(listener.localAddress, "localhost", trust, config)

    /** Runs [test] with both ends of a connection and ends them. */
    internal suspend fun ContractRun<QuicTransport>.connected(
        serverConfig: QuicConfig = QuicConfig.defaults(),
        clientConfig: QuicConfig = QuicConfig.defaults(),
        test: suspend (Ends) -> Unit,
    ) {
        val listener = listen(serverConfig)
        val accepting = async { listener.accept() }
        val client = connect(listener, clientConfig)
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
    internal suspend fun stream(ends: Ends): Pair<QuicBidirectionalStream, QuicBidirectionalStream> {
        val mine = ends.client.openBidirectionalStream()
        mine.send.write(bytes(1))
        val theirs = ends.server.acceptBidirectionalStream()
        theirs.id shouldBe mine.id
        theirs.receive.read(ByteBuffer.allocate(1)) shouldBe 1
        return mine to theirs
    }
}

/** More than fits 32 bits: the HTTP/3 code of the application's code 0xffffffff, about. */
internal const val WIDE_CODE = 0x52e4a40fb9faL

/** Much more than any buffer or window that the contracts ask for. */
internal const val FLOOD = 64 shl 20

internal fun smallBuffers(): QuicConfig = QuicConfig
    .builder()
    .sendBufferSize(4096)
    .receiveBufferSize(4096)
    .build()

internal suspend fun QuicSendStream.sendAll(data: ByteBuffer) {
    write(data)
    finish()
}

internal suspend fun QuicReceiveStream.readAll(): ByteArray {
    val all = ByteArrayOutputStream()
    val part = ByteBuffer.allocate(20_000)
    while (read(part.cleared()) >= 0) all.write(part.array(), 0, part.position())
    return all.toByteArray()
}

/** To FIN or RESET_STREAM. */
internal suspend fun QuicReceiveStream.readToEnd() {
    runCatching { readAll() }.exceptionOrNull()?.shouldBeInstanceOf<QuicStreamResetException>()
}

/** FIN, unless the peer stopped the stream. */
internal suspend fun QuicSendStream.finishLoosely() {
    runCatching { finish() }.exceptionOrNull()?.shouldBeInstanceOf<QuicStreamStoppedException>()
}

internal suspend fun QuicSendStream.writeLoosely(data: ByteBuffer) {
    runCatching { write(data) }.exceptionOrNull()?.shouldBeInstanceOf<QuicStreamStoppedException>()
}
