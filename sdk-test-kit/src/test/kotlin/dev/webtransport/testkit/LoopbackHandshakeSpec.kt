package dev.webtransport.testkit

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.TransportCapability
import dev.webtransport.value.Perspective
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeUnique
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.ints.shouldBeInRange
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import java.io.IOException
import java.net.BindException
import java.net.InetAddress
import java.net.InetSocketAddress

class LoopbackHandshakeSpec :
    StringSpec({
        val tls = ClientTlsConfig.defaults()
        val config = QuicConfig.defaults()

        "port 0 picks a free port, another one each time" {
            runTest {
                val transport = LoopbackTransport(backgroundScope)
                val ports = List(3) { transport.listen(anyPort(), serverTls, config).localAddress.port }
                ports.shouldBeUnique()
                for (port in ports) port shouldBeInRange 49_152..65_535
            }
        }

        "both ends know who they are and each other's address" {
            runTest {
                val pair = quicPair()
                pair.client.perspective shouldBe Perspective.CLIENT
                pair.server.perspective shouldBe Perspective.SERVER
                pair.client.remoteAddress shouldBe pair.listener.localAddress
                pair.server.localAddress shouldBe pair.client.remoteAddress
                pair.server.remoteAddress shouldBe pair.client.localAddress
            }
        }

        "a listener on the wildcard address is reached by any address and two connections come from different ports" {
            runTest {
                val transport = LoopbackTransport(backgroundScope)
                val listener = transport.listen(InetSocketAddress("0.0.0.0", 4433), serverTls, config)
                val one = transport.connect(InetSocketAddress("127.0.0.1", 4433), "localhost", tls, config)
                val other = transport.connect(InetSocketAddress("192.0.2.1", 4433), "localhost", tls, config)
                listener.accept()?.remoteAddress shouldBe one.localAddress
                listener.accept()?.remoteAddress shouldBe other.localAddress
                (one.localAddress == other.localAddress) shouldBe false
            }
        }

        "capabilities are all but those of certificates, tickets, sockets, qlog and reliable reset, for the transport and its connections" {
            runTest {
                val pair = quicPair()
                val missing = setOf(
                    TransportCapability.RELIABLE_RESET,
                    TransportCapability.SESSION_RESUMPTION,
                    TransportCapability.RESUMPTION_REFUSAL,
                    TransportCapability.CLIENT_CERTIFICATES,
                    TransportCapability.SOCKET_OPTIONS,
                    TransportCapability.QLOG,
                )
                val expected = TransportCapability.entries - missing
                pair.transport.capabilities shouldContainExactlyInAnyOrder expected
                pair.client.capabilities shouldBe pair.transport.capabilities
                pair.server.capabilities shouldBe pair.transport.capabilities
            }
        }

        "an address where nothing listens refuses the connection" {
            runTest {
                val transport = LoopbackTransport(backgroundScope)
                shouldThrow<QuicConnectionException> {
                    transport.connect(InetSocketAddress("127.0.0.1", 443), "localhost", tls, config)
                }.reason.shouldBeInstanceOf<QuicCloseReason.Refused>()
            }
        }

        "an address in use cannot be bound, and the wildcard clashes with each address of the port" {
            runTest {
                val transport = LoopbackTransport(backgroundScope)
                transport.listen(InetSocketAddress("127.0.0.1", 443), serverTls, config)
                shouldThrow<BindException> { transport.listen(InetSocketAddress("127.0.0.1", 443), serverTls, config) }
                shouldThrow<BindException> { transport.listen(InetSocketAddress("0.0.0.0", 443), serverTls, config) }
                transport.listen(InetSocketAddress("127.0.0.2", 443), serverTls, config).localAddress.port shouldBe 443
            }
        }

        "a connection beyond the backlog is closed with H3_EXCESSIVE_LOAD, until one is accepted" {
            runTest {
                val transport = LoopbackTransport(backgroundScope)
                val listener = transport.listen(anyPort(), serverTls, QuicConfig.builder().acceptBacklog(2).build())
                val clients = List(3) { transport.connect(listener.localAddress, "localhost", tls, config) }
                clients[2].awaitClosed().shouldBeInstanceOf<QuicCloseReason.Application>().errorCode shouldBe 0x107
                listener.accept()?.remoteAddress shouldBe clients[0].localAddress
                transport.connect(listener.localAddress, "localhost", tls, config)
                List(2) { listener.accept() }[0]?.remoteAddress shouldBe clients[1].localAddress
            }
        }

        "an IPv6 address is reached from one" {
            runTest {
                val transport = LoopbackTransport(backgroundScope)
                val listener = transport.listen(InetSocketAddress("::1", 0), serverTls, config)
                val client = transport.connect(listener.localAddress, "::1", tls, config)
                client.localAddress.address shouldBe InetAddress.getByName("::1")
                listener.accept()?.remoteAddress shouldBe client.localAddress
            }
        }

        "accept waits for a connection, and a cancelled accept loses none" {
            runTest {
                val transport = LoopbackTransport(backgroundScope)
                val listener = transport.listen(anyPort(), serverTls, config)
                val cancelled = launch { listener.accept() }
                val waiting = async { listener.accept() }
                runCurrent()
                val client = transport.connect(listener.localAddress, "localhost", tls, config)
                cancelled.cancelAndJoin()
                waiting.await()?.remoteAddress shouldBe client.localAddress
            }
        }

        "accept answers null once the listener is closed, to who waits and to who comes later" {
            runTest {
                val listener = LoopbackTransport(backgroundScope).listen(anyPort(), serverTls, config)
                val waiting = async { listener.accept() }
                runCurrent()
                listener.close()
                listener.close()
                waiting.await() shouldBe null
                listener.accept() shouldBe null
            }
        }

        "accepted connections outlive their listener and keep its port" {
            runTest {
                val pair = quicPair()
                pair.listener.close()
                pair.client.sendText("still here")
                pair.server.receiveText() shouldBe "still here"
                shouldThrow<BindException> { pair.transport.listen(pair.listener.localAddress, serverTls, config) }
                pair.client.close(0, "")
                pair.transport.listen(pair.listener.localAddress, serverTls, config).localAddress shouldBe pair.listener.localAddress
            }
        }

        "connections that were not accepted end with their listener" {
            runTest {
                val transport = LoopbackTransport(backgroundScope)
                val listener = transport.listen(anyPort(), serverTls, config)
                val client = transport.connect(listener.localAddress, "localhost", tls, config)
                listener.close()
                client.awaitClosed().shouldBeInstanceOf<QuicCloseReason.Application>().errorCode shouldBe 0x100
                shouldThrow<QuicConnectionException> { transport.connect(listener.localAddress, "localhost", tls, config) }
                transport.listen(listener.localAddress, serverTls, config)
            }
        }

        "closing the transport ends connections and listeners and refuses new ones" {
            runTest {
                val pair = quicPair()
                val accepting = async { pair.listener.accept() }
                runCurrent()
                pair.transport.close()
                pair.transport.close()
                pair.client.awaitClosed().shouldBeInstanceOf<QuicCloseReason.Internal>()
                pair.server.awaitClosed().shouldBeInstanceOf<QuicCloseReason.Internal>()
                accepting.await() shouldBe null
                shouldThrow<IOException> { pair.transport.listen(anyPort(), serverTls, config) }
                shouldThrow<QuicConnectionException> {
                    pair.transport.connect(pair.listener.localAddress, "localhost", tls, config)
                }.reason.shouldBeInstanceOf<QuicCloseReason.Internal>()
            }
        }

        "an idle connection times out after the smaller timeout of both ends, counted from the last sign of life" {
            runTest {
                val short = QuicConfig
                    .builder()
                    .keepAliveInterval(null)
                    .idleTimeout(java.time.Duration.ofSeconds(5))
                    .build()
                val long = QuicConfig
                    .builder()
                    .keepAliveInterval(null)
                    .idleTimeout(java.time.Duration.ofSeconds(50))
                    .build()
                val pair = quicPair(short, long)
                kotlinx.coroutines.delay(3_000)
                pair.server.sendText("alive")
                val reason = pair.client.awaitClosed()
                currentTime shouldBe 8_000
                reason.shouldBeInstanceOf<QuicCloseReason.TimedOut>()
                pair.server.awaitClosed().shouldBeInstanceOf<QuicCloseReason.TimedOut>()
                pair.client.receiveText() shouldBe "alive"
                shouldThrow<QuicConnectionException> { pair.client.receiveDatagram() }.reason shouldBeSameInstanceAs reason
            }
        }

        "a connection that either end keeps alive does not time out" {
            runTest {
                val silent = QuicConfig
                    .builder()
                    .keepAliveInterval(null)
                    .idleTimeout(java.time.Duration.ofSeconds(30))
                    .build()
                val pair = quicPair(silent, config)
                kotlinx.coroutines.delay(3_600_000)
                pair.client.sendText("alive")
                pair.server.receiveText() shouldBe "alive"
            }
        }

        "timeouts do not keep a test from its end" {
            runTest {
                quicPair(QuicConfig.builder().keepAliveInterval(null).build())
                testScheduler.advanceUntilIdle()
                currentTime shouldBe 0
            }
        }
    })
