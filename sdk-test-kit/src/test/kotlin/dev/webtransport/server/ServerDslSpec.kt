package dev.webtransport.server

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.Engine
import dev.webtransport.config.ServerConfig
import dev.webtransport.error.SessionRejectedException
import dev.webtransport.testkit.certificate.TestCertificates
import dev.webtransport.transport.QuicTransports
import dev.webtransport.transport.TransportSpi
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FreeSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import java.net.InetAddress
import java.net.InetSocketAddress
import java.time.Duration

/** A server that serves by itself, over real UDP. */
@OptIn(TransportSpi::class)
class ServerDslSpec :
    FreeSpec({
        val certificates = TestCertificates.forLoopback()

        fun config(engine: Engine): ServerConfig =
            ServerConfig
                .builder(certificates.server())
                .bindAddresses(listOf(InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0)))
                .engine(engine)
                .build()

        suspend fun <T> withClient(engine: Engine, test: suspend (WebTransportClient) -> T): T {
            val client = WebTransportClient(
                ClientConfig
                    .builder()
                    .tls(certificates.client())
                    .engine(engine)
                    .build(),
            )
            try {
                return withTimeout(TIME_LIMIT) { test(client) }
            } finally {
                client.close()
            }
        }

        for (engine in QuicTransports.engines()) {
            "by ${engine.label()}" - {
                "a server of the DSL serves until it is closed, and everybody who waits hears of it" {
                    val server = webTransportServer(config(engine)) {
                        route("/echo") { it.accept().awaitClosed() }
                    }
                    withClient(engine) { client ->
                        val waiting = async { server.awaitClosed() }
                        val session = client.connect("https://127.0.0.1:${server.port}/echo?a")
                        shouldThrow<SessionRejectedException> { client.connect("https://127.0.0.1:${server.port}/") }.status() shouldBe 405
                        yield()
                        waiting.isCompleted shouldBe false
                        server.shutdown(Duration.ofMillis(1))
                        session.awaitClosed()
                        waiting.await()
                        server.awaitClosed()
                    }
                }

                "a handler may close the server that it runs in" {
                    lateinit var server: WebTransportServer
                    server =
                        webTransportServer(config(engine)) {
                            route("/stay") {
                                it.accept()
                                awaitCancellation()
                            }
                            route("/stop") {
                                it.accept()
                                server.close()
                            }
                        }
                    withClient(engine) { client ->
                        val staying = client.connect("https://127.0.0.1:${server.port}/stay")
                        client.connect("https://127.0.0.1:${server.port}/stop").awaitClosed()
                        staying.awaitClosed()
                        server.awaitClosed()
                    }
                }
            }
        }
    })

private const val TIME_LIMIT = 20_000L
