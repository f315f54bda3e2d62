package dev.webtransport.testkit

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.testkit.certificate.TestCertificates
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicTransport
import kotlinx.coroutines.test.TestScope
import java.io.ByteArrayOutputStream
import java.net.InetAddress
import java.net.InetSocketAddress
import java.nio.ByteBuffer

/** A transport, a listener on a port it picked, and both ends of one connection. */
internal class QuicPair(
    val transport: QuicTransport,
    val listener: QuicListener,
    val client: QuicConnection,
    val server: QuicConnection,
)

internal suspend fun TestScope.quicPair(
    clientConfig: QuicConfig = QuicConfig.defaults(),
    serverConfig: QuicConfig = clientConfig,
): QuicPair {
    val transport = LoopbackTransport(backgroundScope)
    val listener = transport.listen(anyPort(), serverTls, serverConfig)
    val client = transport.connect(listener.localAddress, "localhost", ClientTlsConfig.defaults(), clientConfig)
    return QuicPair(transport, listener, client, checkNotNull(listener.accept()))
}

internal fun anyPort() = InetSocketAddress(InetAddress.getLoopbackAddress(), 0)

/** The loopback looks at no certificate, but the settings need one. */
internal val serverTls: ServerTlsConfig by lazy { TestCertificates.forLoopback().server() }

internal fun bytes(count: Int, seed: Int = 0) = ByteArray(count) { (it * 31 + seed).toByte() }

internal suspend fun QuicSendStream.write(data: ByteArray) = write(ByteBuffer.wrap(data))

internal suspend fun QuicSendStream.write(text: String) = write(text.encodeToByteArray())

/** Reads [count] bytes, in as many turns as it takes. */
internal suspend fun QuicReceiveStream.readBytes(count: Int): ByteArray {
    val buffer = ByteBuffer.allocate(count)
    while (buffer.hasRemaining()) check(read(buffer) > 0) { "the stream ended after ${buffer.position()} of $count bytes" }
    return buffer.array()
}

/** Reads up to FIN. */
internal suspend fun QuicReceiveStream.readAll(): ByteArray {
    val all = ByteArrayOutputStream()
    val chunk = ByteArray(1_000)
    while (true) {
        val count = read(ByteBuffer.wrap(chunk))
        if (count < 0) return all.toByteArray()
        all.write(chunk, 0, count)
    }
}

internal suspend fun QuicReceiveStream.readText(count: Int) = readBytes(count).decodeToString()

internal suspend fun QuicConnection.receiveText(): String {
    val datagram = receiveDatagram()
    return ByteArray(datagram.remaining()).also(datagram::get).decodeToString()
}

internal fun QuicConnection.sendText(text: String) = sendDatagram(ByteBuffer.wrap(text.encodeToByteArray()))
