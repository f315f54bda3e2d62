package dev.webtransport.testkit

import dev.webtransport.error.SessionTimedOutException
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.testkit.quic.Direction
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.DatagramStatus
import dev.webtransport.value.Perspective
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeSorted
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withTimeoutOrNull
import java.time.Duration

class LoopbackNetworkSpec :
    StringSpec({
        "a round trip takes the latency of both directions" {
            runTest {
                val (client, server) = loopbackPair {
                    network(Direction.CLIENT_TO_SERVER) { latency(Duration.ofMillis(30)) }
                    network(Direction.SERVER_TO_CLIENT) { latency(Duration.ofMillis(70)) }
                }
                val echo = launch { server.echoOne() }
                val began = currentTime
                client.ask("ping") shouldBe "ping"
                currentTime - began shouldBe 100
                echo.join()
            }
        }

        "a session takes the handshake, the way of the server's settings, and the round trip of its request" {
            runTest {
                loopbackPair { network { latency(Duration.ofMillis(50)) } }
                currentTime shouldBe 100 + 50 + 100
            }
        }

        "what exceeds the bandwidth waits with its sender, whose writes suspend" {
            runTest {
                val (client, server) = loopbackPair {
                    network { bandwidth(10_000) }
                    quic { sendBufferSize(2_000) }
                }
                val began = currentTime
                val stream = client.createUnidirectionalStream()
                val writing = launch {
                    stream.write(ByteArray(20_000))
                    stream.finish()
                }
                val accepted = server.acceptUnidirectionalStream().shouldNotBeNull()
                writing.isActive shouldBe true
                accepted.readAll(20_000).size shouldBe 20_000
                // Two seconds of bytes, and what frames add to them.
                (currentTime - began) shouldBeGreaterThan 1_999
                (currentTime - began) shouldBeLessThan 2_200
            }
        }

        "lost datagrams are lost, repeated ones come twice, late ones are overtaken, and streams notice nothing" {
            runTest {
                val pair = loopbackPair {
                    seed = 7
                    leakCheck = LeakCheck.COROUTINES
                    network(Direction.CLIENT_TO_SERVER) {
                        latency(Duration.ofMillis(10))
                        datagramLoss(0.2)
                        datagramDuplication(0.2)
                        datagramReordering(0.2)
                    }
                }
                val (client, server) = pair
                repeat(200) {
                    client.datagrams.send(byteArrayOf(it.toByte())) shouldBe DatagramStatus.SENT
                    delay(1)
                }
                delay(100)
                val received = server.received()
                val distinct = received.distinct()
                distinct.size shouldBeLessThan 190
                distinct.size shouldBeGreaterThan 130
                received.size shouldBeGreaterThan distinct.size
                received shouldNotBe received.sorted()
                val stream = client.createUnidirectionalStream()
                stream.write(ByteArray(50_000) { it.toByte() })
                stream.finish()
                server.acceptUnidirectionalStream().shouldNotBeNull().readAll(50_000) shouldBe ByteArray(50_000) { it.toByte() }
            }
        }

        "jitter lets streams overtake each other and keeps the order within each" {
            runTest {
                val (client, server) = loopbackPair {
                    seed = 3
                    network { jitter(Duration.ofMillis(500)) }
                }
                repeat(20) { number ->
                    val stream = client.createUnidirectionalStream()
                    repeat(5) { stream.write(byteArrayOf(number.toByte(), it.toByte())) }
                    stream.finish()
                }
                val order = List(20) {
                    val bytes = server.acceptUnidirectionalStream().shouldNotBeNull().readAll(10)
                    bytes.filterIndexed { i, _ -> i % 2 == 1 }.shouldBeSorted()
                    bytes.first().toInt()
                }
                order shouldNotBe order.sorted()
            }
        }

        "during a cut streams wait and datagrams are lost; after it the streams go on" {
            runTest {
                val pair = loopbackPair { network { latency(Duration.ofMillis(10)) } }
                val (client, server) = pair
                pair.network.cut()
                val stream = client.createUnidirectionalStream()
                stream.write("through the cut".encodeToByteArray())
                stream.finish()
                client.datagrams.send("lost".encodeToByteArray())
                val accepting = async {
                    server
                        .acceptUnidirectionalStream()
                        .shouldNotBeNull()
                        .readAll(100)
                        .decodeToString()
                }
                delay(5_000)
                accepting.isActive shouldBe true
                pair.network.heal()
                accepting.await() shouldBe "through the cut"
                client.datagrams.send("arrives".encodeToByteArray())
                server.datagrams.receive()?.decodeToString() shouldBe "arrives"
            }
        }

        "a cut of one direction leaves the other alone" {
            runTest {
                val pair = loopbackPair()
                val (client, server) = pair
                pair.network.cut(Direction.CLIENT_TO_SERVER)
                client.datagrams.send("lost".encodeToByteArray())
                server.datagrams.send("down".encodeToByteArray())
                client.datagrams.receive()?.decodeToString() shouldBe "down"
                pair.network.heal()
            }
        }

        "a cut that lasts longer than the idle timeout is the end, at both ends" {
            runTest {
                val pair = loopbackPair { quic { idleTimeout(Duration.ofSeconds(5)).keepAliveInterval(Duration.ofSeconds(1)) } }
                pair.network.cut()
                shouldThrow<SessionTimedOutException> { pair.client.awaitClosed() }
                shouldThrow<SessionTimedOutException> { pair.server.awaitClosed() }
                pair.network.heal()
            }
        }

        "a stall delays everything and loses nothing" {
            runTest {
                val pair = loopbackPair()
                val (client, server) = pair
                pair.network.stall(Direction.CLIENT_TO_SERVER)
                repeat(3) { client.datagrams.send(byteArrayOf(it.toByte())) }
                withTimeoutOrNull(5_000) { server.datagrams.receive() }.shouldBeNull()
                pair.network.resume()
                List(3) {
                    server.datagrams
                        .receive()!!
                        .single()
                        .toInt()
                } shouldBe listOf(0, 1, 2)
            }
        }

        "a death is silent: the dead end is gone at once, the other learns of it by its idle timeout" {
            runTest {
                val pair = loopbackPair { quic { idleTimeout(Duration.ofSeconds(20)).keepAliveInterval(Duration.ofSeconds(5)) } }
                val began = currentTime
                pair.network.kill(Perspective.CLIENT)
                val failure = runCatching { pair.client.awaitClosed() }.exceptionOrNull().shouldNotBeNull()
                failure.toString() shouldContain "killed"
                currentTime shouldBe began
                shouldThrow<SessionTimedOutException> { pair.server.awaitClosed() }
                (currentTime - began) shouldBeGreaterThan 19_999
            }
        }

        "after a death a new connection comes to be" {
            runTest {
                val pair = loopbackPair()
                pair.network.kill(Perspective.SERVER)
                val (client, server) = pair.loopback.sessions("/again")
                client.close(CloseInfo.of(1, "bye"))
                server.awaitClosed() shouldBe CloseInfo.of(1, "bye")
            }
        }

        "a handshake waits for a cut to heal, and not longer than its timeout" {
            runTest {
                val loopback = loopback { client { connectTimeout(Duration.ofSeconds(30)) } }
                loopback.network.cut()
                val healing = launch {
                    delay(3_000)
                    loopback.network.heal()
                }
                loopback.sessions()
                currentTime shouldBe 3_000
                healing.join()
                loopback.network.stall(Direction.SERVER_TO_CLIENT)
                shouldThrow<TransportUnavailableException> { loopback.client.connect(loopback.url()) }
                currentTime shouldBe 13_000
            }
        }

        "tiny windows: everything that can wait for credit does, and all of it arrives" {
            runTest {
                val (client, server) = loopbackPair { tinyWindows() }
                val data = ByteArray(5_000) { it.toByte() }
                val sending = List(4) {
                    launch {
                        val stream = client.createUnidirectionalStream()
                        stream.write(data)
                        stream.finish()
                    }
                }
                val received = List(4) { async { server.acceptUnidirectionalStream().shouldNotBeNull().readAll(5_000) } }
                for (one in received) one.await() shouldBe data
                sending shouldHaveSize 4
            }
        }

        "the same seed gives the same losses, another seed others" {
            val runs = listOf(1L, 1L, 2L).map { seed -> losses(seed) }
            runs[0] shouldBe runs[1]
            runs[0] shouldNotBe runs[2]
        }
    })

/** Which of a hundred datagrams arrive. */
private fun losses(seed: Long): List<Int> {
    lateinit var arrived: List<Int>
    runTest {
        val (client, server) = loopbackPair {
            this.seed = seed
            network { datagramLoss(0.5) }
        }
        repeat(100) { client.datagrams.send(byteArrayOf(it.toByte())) }
        arrived = server.received()
    }
    return arrived
}

/** The first byte of each datagram that is there. */
private suspend fun WebTransportSession.received(): List<Int> {
    val all = mutableListOf<Int>()
    while (true) all += withTimeoutOrNull(1) { datagrams.receive() }?.first()?.toInt() ?: return all
}

private suspend fun WebTransportSession.echoOne() {
    val stream = acceptBidirectionalStream().shouldNotBeNull()
    stream.send.write(stream.receive.readAll(1_000))
    stream.send.finish()
}

private suspend fun WebTransportSession.ask(text: String): String {
    val stream = createBidirectionalStream()
    stream.send.write(text.encodeToByteArray())
    stream.send.finish()
    return stream.receive.readAll(1_000).decodeToString()
}
