package dev.webtransport.client

import dev.webtransport.config.ClientConfig
import dev.webtransport.config.Engine
import dev.webtransport.config.ServerConfig
import dev.webtransport.server.WebTransportServer
import dev.webtransport.testkit.certificate.TestCertificates
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.QuicTransports
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import java.net.InetAddress
import java.net.InetSocketAddress
import kotlin.time.Duration.Companion.seconds

/** A name with addresses of both families, over UDP, where the server listens on one of them only. */
class LocalhostSpec :
    StringSpec({
        for (engine in QuicTransports.engines()) {
            for (only in listOf("::1", "127.0.0.1")) {
                "localhost is reached where the server listens on $only only, by ${engine.label()}" {
                    withTimeout(60.seconds) { withContext(Dispatchers.Default) { reach(only, engine) } }
                }
            }
        }
    })

private suspend fun reach(only: String, engine: Engine) = coroutineScope {
    val certificates = TestCertificates.forLoopback()
    val server = WebTransportServer.listen(
        ServerConfig.builder(certificates.server()).bindAddresses(listOf(InetSocketAddress(only, 0))).build(),
        QuicTransports.of(engine),
    )
    // What `localhost` stands for depends on the machine; here it is both, the other family first.
    val addresses = listOf("::1", "127.0.0.1").sortedBy { it == only }.map { InetAddress.getByName(it) }
    val transport = object : QuicTransport by QuicTransports.of(engine) {
        override suspend fun resolve(host: String): List<InetAddress> = addresses
    }
    val client = WebTransportClient(ClientConfig.builder().tls(certificates.client()).build(), transport)
    try {
        val accepting = async { server.acceptRequest()?.accept() }
        val session = client.connect("https://localhost:${server.port}/")
        session.connection.remoteAddress.address shouldBe InetAddress.getByName(only)
        accepting.await()
    } finally {
        client.close()
        server.close()
    }
}
