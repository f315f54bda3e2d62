package dev.webtransport.client

import dev.webtransport.config.ClientConfig
import dev.webtransport.config.ServerConfig
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.server.WebTransportServer
import dev.webtransport.testkit.LoopbackTransport
import dev.webtransport.testkit.certificate.TestCertificates
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import java.net.InetSocketAddress
import java.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** The addresses of a server race (RFC 8305), under virtual time. */
class AddressRaceSpec :
    StringSpec({
        "a silent address does not hold up the next one for longer than the attempt delay" {
            race("fd00::1" to Fate.SILENT, "10.0.0.1" to Fate.REACHED) {
                connect()
                    .connection.remoteAddress.address.hostAddress shouldBe "10.0.0.1"
                hosts.tried shouldContainExactly listOf("fd00::1" to 0.milliseconds, "10.0.0.1" to 250.milliseconds)
                hosts.givenUp shouldContainExactly listOf("fd00::1")
            }
        }

        "the delay is the one of the settings" {
            race("fd00::1" to Fate.SILENT, "10.0.0.1" to Fate.REACHED, client = { connectionAttemptDelay(Duration.ofMillis(40)) }) {
                connect()
                hosts.tried.map { it.second } shouldContainExactly listOf(0.milliseconds, 40.milliseconds)
            }
        }

        "an address that refuses makes room for the next one at once" {
            race("fd00::1" to Fate.REFUSED, "10.0.0.1" to Fate.REACHED) {
                connect()
                hosts.tried.map { it.second } shouldContainExactly listOf(0.milliseconds, 0.milliseconds)
            }
        }

        "the first address that answers is the only one tried" {
            race("fd00::1" to Fate.REACHED, "10.0.0.1" to Fate.REACHED) {
                connect()
                    .connection.remoteAddress.address.hostAddress shouldBe "fd00:0:0:0:0:0:0:1"
                hosts.tried.map { it.first } shouldContainExactly listOf("fd00::1")
            }
        }

        "families take turns, the one of the best address first, and no address comes twice" {
            race(
                "10.0.0.1" to Fate.SILENT,
                "10.0.0.2" to Fate.SILENT,
                "10.0.0.1" to Fate.SILENT,
                "10.0.0.3" to Fate.REACHED,
                "fd00::1" to Fate.REFUSED,
                "fd00::2" to Fate.SILENT,
            ) {
                connect()
                hosts.tried shouldContainExactly listOf(
                    "10.0.0.1" to 0.milliseconds,
                    "fd00::1" to 250.milliseconds,
                    "10.0.0.2" to 250.milliseconds,
                    "fd00::2" to 500.milliseconds,
                    "10.0.0.3" to 750.milliseconds,
                )
                hosts.givenUp shouldContainExactlyInAnyOrder listOf("10.0.0.1", "10.0.0.2", "fd00::2")
            }
        }

        "when every address fails, one error names each and what became of it" {
            race("fd00::1" to Fate.REFUSED, "10.0.0.1" to Fate.REFUSED) {
                val failure = shouldThrow<TransportUnavailableException> { client.connect(URL) }
                failure.message shouldBe "no connection to server.test at any of 2 addresses: " +
                    "[fd00:0:0:0:0:0:0:1]:443 refused: nobody at fd00::1; 10.0.0.1:443 refused: nobody at 10.0.0.1"
                failure.suppressed.map { it.message } shouldContainExactly listOf(
                    "no connection to server.test at [fd00:0:0:0:0:0:0:1]:443: refused: nobody at fd00::1",
                    "no connection to server.test at 10.0.0.1:443: refused: nobody at 10.0.0.1",
                )
                currentTimeMillis() shouldBe 0
            }
        }

        "when the time is up, the error names what is still tried, and tells what had failed" {
            race("fd00::1" to Fate.SILENT, "10.0.0.1" to Fate.REFUSED, "10.0.0.2" to Fate.SILENT) {
                val failure = shouldThrow<TransportUnavailableException> { client.connect(URL) }
                failure.message shouldBe "no session with server.test within PT10S; reached: " +
                    "QUIC handshake with [fd00:0:0:0:0:0:0:1]:443 and 10.0.0.2:443"
                failure.suppressed
                    .single()
                    .message
                    .orEmpty() shouldContain "nobody at 10.0.0.1"
                hosts.givenUp shouldContainExactlyInAnyOrder listOf("fd00::1", "10.0.0.2")
            }
        }

        "a caller who gives up ends every attempt" {
            race("fd00::1" to Fate.SILENT, "10.0.0.1" to Fate.SILENT) {
                val connecting = launch { client.connect(URL) }
                advance(300)
                hosts.tried.size shouldBe 2
                connecting.cancelAndJoin()
                hosts.givenUp shouldContainExactlyInAnyOrder listOf("fd00::1", "10.0.0.1")
                client.connections.shouldBeEmpty()
            }
        }

        "a name with very many addresses costs at most 16 attempts" {
            val many = List(40) { "10.0.1.$it" to Fate.REFUSED }
            race(*many.toTypedArray()) {
                shouldThrow<TransportUnavailableException> { client.connect(URL) }.message.orEmpty() shouldContain "16 addresses"
                hosts.tried.map { it.first } shouldContainExactly many.take(16).map { it.first }
            }
        }
    })

private const val URL = "https://server.test/"

private class RaceRun(
    val test: TestScope,
    val client: WebTransportClient,
    val hosts: NamedHosts,
    private val server: WebTransportServer,
) {
    suspend fun connect() = client.connect(URL)

    fun launch(block: suspend () -> Unit) = test.launch { block() }

    fun currentTimeMillis() = test.currentTime

    fun advance(millis: Long) {
        test.testScheduler.advanceTimeBy(millis)
        test.runCurrent()
    }

    suspend fun close() {
        client.close()
        server.close()
    }
}

/** A client of a host with these addresses; afterwards no attempt and no connection is left. */
private fun race(
    vararg addresses: Pair<String, Fate>,
    client: ClientConfig.Builder.() -> Unit = {},
    test: suspend RaceRun.() -> Unit,
) = runTest {
    val network = LoopbackTransport(backgroundScope)
    val context = StandardTestDispatcher(testScheduler)
    val hosts = NamedHosts(network, testScheduler.timeSource, addresses.toList())
    val server = WebTransportServer.listen(
        ServerConfig
            .builder(TestCertificates.forLoopback().server())
            .bindAddresses(listOf(InetSocketAddress("0.0.0.0", 443)))
            .build(),
        network,
        context,
        testScheduler.timeSource,
    )
    val run =
        RaceRun(
            this,
            WebTransportClient(ClientConfig.builder().apply(client).build(), hosts, context, testScheduler.timeSource),
            hosts,
            server,
        )
    val serving = async { server.serve { it.accept() } }
    run.test()
    network.connectionCount shouldBe run.client.connections.size
    serving.cancelAndJoin()
    run.close()
    network.connectionCount shouldBe 0
}
