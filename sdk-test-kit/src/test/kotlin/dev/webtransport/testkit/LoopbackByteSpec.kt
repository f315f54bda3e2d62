package dev.webtransport.testkit

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.TcpConfig
import dev.webtransport.transport.ByteCloseReason
import dev.webtransport.transport.ByteConnection
import dev.webtransport.transport.ByteConnectionException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import java.nio.ByteBuffer
import java.time.Duration

/** What the loopback of bytes adds to the contract: exact times and exact room. */
class LoopbackByteSpec :
    StringSpec({
        suspend fun TestScope.pair(
            config: TcpConfig = TcpConfig.defaults(),
            toServer: Long = 0,
            toClient: Long = 0,
        ): Pair<ByteConnection, ByteConnection> {
            val transport = LoopbackByteTransport(backgroundScope, Duration.ofMillis(toServer), Duration.ofMillis(toClient))
            val listener = transport.listen(anyPort(), listOf("h2"), serverTls, config)
            val client = transport.connect(listener.localAddress, "localhost", listOf("h2"), ClientTlsConfig.defaults(), config)
            return client to checkNotNull(listener.accept())
        }

        "connecting takes one way and back, and everything sent one way" {
            runTest {
                val (client, server) = pair(toServer = 20, toClient = 30)
                currentTime shouldBe 50
                client.write(ByteBuffer.wrap(bytes(10)))
                currentTime shouldBe 50
                server.read(ByteBuffer.allocate(10)) shouldBe 10
                currentTime shouldBe 70
                server.finish()
                client.read(ByteBuffer.allocate(1)) shouldBe -1
                currentTime shouldBe 100
            }
        }

        "a reset takes its time, too, and comes after what was sent before it" {
            runTest {
                val (client, server) = pair(toServer = 20)
                client.write(ByteBuffer.wrap(bytes(10)))
                delay(1)
                client.close()
                server.read(ByteBuffer.allocate(4)) shouldBe 4
                currentTime shouldBe 40
                shouldThrow<ByteConnectionException> { while (true) server.read(ByteBuffer.allocate(4)) }
                    .reason
                    .shouldBeInstanceOf<ByteCloseReason.Reset>()
                currentTime shouldBe 41
            }
        }

        "a server that is too far away is given up after the handshake timeout" {
            runTest {
                val hasty = TcpConfig.builder().handshakeTimeout(Duration.ofMillis(49)).build()
                shouldThrow<ByteConnectionException> { pair(hasty, toServer = 20, toClient = 30) }
                    .reason
                    .shouldBeInstanceOf<ByteCloseReason.TimedOut>()
                currentTime shouldBe 49
            }
        }

        "between writer and reader there is room for both buffers, to the byte" {
            runTest {
                val config = TcpConfig
                    .builder()
                    .sendBufferSize(1024)
                    .receiveBufferSize(2048)
                    .build()
                val (client, server) = pair(config)
                client.write(ByteBuffer.allocate(1024 + 2048))
                val writer = launch { client.write(ByteBuffer.allocate(1)) }
                runCurrent()
                writer.isCompleted shouldBe false
                server.read(ByteBuffer.allocate(1)) shouldBe 1
                runCurrent()
                writer.isCompleted shouldBe true
            }
        }

        "the same bytes take the same time whatever the number of writes" {
            suspend fun TestScope.arrivals(writes: Int): Long {
                val (client, server) = pair(toServer = 7)
                repeat(writes) { client.write(ByteBuffer.allocate(1000 / writes)) }
                val got = ByteBuffer.allocate(1000)
                while (got.hasRemaining()) server.read(got)
                return currentTime
            }
            runTest { arrivals(1) shouldBe 14 }
            runTest { arrivals(1000) shouldBe 14 }
        }
    })
