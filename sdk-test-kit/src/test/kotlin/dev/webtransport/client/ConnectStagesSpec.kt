package dev.webtransport.client

import dev.webtransport.config.ClientConfig
import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.testkit.LoopbackTransport
import dev.webtransport.testkit.certificate.TestCertificates
import dev.webtransport.testkit.loopback
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicTransport
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.UnknownHostException
import java.time.Duration

/** The connect timeout bounds the whole, and the error names the stage that was reached. Under virtual time. */
class ConnectStagesSpec :
    StringSpec({
        "a name that never resolves" {
            runTest {
                val mute = object : QuicTransport by LoopbackTransport(backgroundScope) {
                    override suspend fun resolve(host: String): List<InetAddress> = awaitCancellation()
                }
                stageReached(mute) shouldContain "reached: resolving the name"
            }
        }

        "a name that does not exist is told at once" {
            runTest {
                val unknown = object : QuicTransport by LoopbackTransport(backgroundScope) {
                    override suspend fun resolve(host: String): List<InetAddress> = throw UnknownHostException(host)
                }
                val client = client(unknown)
                shouldThrow<TransportUnavailableException> { client.connect(URL) }.message.orEmpty() shouldContain
                    "server.test does not resolve"
                currentTime shouldBe 0
                client.close()
            }
        }

        "a handshake that gets no answer" {
            runTest {
                val network = LoopbackTransport(backgroundScope)
                network.network.cut()
                stageReached(network) shouldContain "reached: QUIC handshake with 127.0.0.1:443"
            }
        }

        "a handshake that takes longer than QUIC's own limit is told before the time is up" {
            runTest {
                val network = LoopbackTransport(backgroundScope)
                network.network.cut()
                val hasty = QuicConfig.builder().handshakeTimeout(Duration.ofMillis(700)).build()
                val client = client(network) { quic(hasty) }
                shouldThrow<TransportUnavailableException> { client.connect(URL) }.message.orEmpty() shouldContain "PT0.7S"
                currentTime shouldBe 700
                client.close()
            }
        }

        "a server that lets no control stream be opened is told when the time for settings is up" {
            runTest {
                val network = LoopbackTransport(backgroundScope)
                val listener = network.listen(
                    InetSocketAddress("0.0.0.0", 443),
                    TestCertificates.forLoopback().server(),
                    QuicConfig.defaults(),
                )
                val client = client(WithoutStreams(network)) { connectTimeout(Duration.ofSeconds(30)) }
                val limit = client.config.http3().settingsTimeout()
                shouldThrow<TransportUnavailableException> { client.connect(URL) }.message.orEmpty() shouldContain
                    "the peer let no control stream be opened within $limit"
                currentTime shouldBe limit.toMillis()
                runCurrent()
                network.connectionCount shouldBe 0
                client.close()
                listener.close()
            }
        }

        "a server that never sends its settings" {
            runTest {
                val network = LoopbackTransport(backgroundScope)
                val silent = network.listen(
                    InetSocketAddress("0.0.0.0", 443),
                    TestCertificates.forLoopback().server(),
                    QuicConfig.defaults(),
                )
                stageReached(network) shouldContain "reached: waiting for the server's settings"
                network.connectionCount shouldBe 0
                silent.close()
            }
        }

        "a server that never answers the session request" {
            runTest {
                val loopback = loopback { client { connectTimeout(Duration.ofSeconds(2)) } }
                val failure = shouldThrow<TransportUnavailableException> { loopback.client.connect(loopback.url()) }
                failure.message.orEmpty() shouldContain "reached: waiting for the server's answer to the session request"
                currentTime shouldBe 2_000
                runCurrent()
                loopback.client.connections.shouldBeEmpty()
            }
        }
    })

/** Peers of this transport give no credit for unidirectional streams. */
private class WithoutStreams(private val inner: QuicTransport) : QuicTransport by inner {
    override suspend fun connect(
        remote: InetSocketAddress,
        serverName: String,
        tls: ClientTlsConfig,
        config: QuicConfig,
    ): QuicConnection {
        val connection = inner.connect(remote, serverName, tls, config)
        return object : QuicConnection by connection {
            override suspend fun openUnidirectionalStream(): QuicSendStream = awaitCancellation()
        }
    }
}

private const val URL = "https://server.test/"

private fun TestScope.client(transport: QuicTransport, configure: ClientConfig.Builder.() -> Unit = {}) = WebTransportClient(
    ClientConfig
        .builder()
        .connectTimeout(Duration.ofSeconds(2))
        .apply(configure)
        .build(),
    transport,
    StandardTestDispatcher(testScheduler),
    testScheduler.timeSource,
)

/** Connects in vain for exactly as long as the timeout says, and leaves nothing open. */
private suspend fun TestScope.stageReached(transport: QuicTransport): String {
    val client = client(transport)
    val failure = shouldThrow<TransportUnavailableException> { client.connect(URL) }
    currentTime shouldBe 2_000
    // What was cancelled runs to its end.
    runCurrent()
    client.connections.shouldBeEmpty()
    client.close()
    return failure.message.orEmpty()
}
