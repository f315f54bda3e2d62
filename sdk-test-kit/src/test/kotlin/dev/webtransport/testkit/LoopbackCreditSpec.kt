package dev.webtransport.testkit

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicReceiveStream
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import java.nio.ByteBuffer

class LoopbackCreditSpec :
    StringSpec({
        fun config(
            sendBuffer: Int = 1_024,
            stream: Long = 1L shl 20,
            connection: Long = 1L shl 20,
        ) = QuicConfig
            .builder()
            .sendBufferSize(sendBuffer)
            .maxStreamData(stream)
            .maxData(connection)
            .build()

        "a writer waits when the credit of the stream and the send buffer are used up, and goes on as the reader reads" {
            runTest {
                val pair = quicPair(config(sendBuffer = 1_024, stream = 100))
                val stream = pair.client.openUnidirectionalStream()
                val data = ByteBuffer.wrap(bytes(5_000))
                val writing = launch { stream.write(data) }
                runCurrent()
                data.position() shouldBe 1_124
                val received = pair.server.acceptUnidirectionalStream()
                received.readBytes(50)
                runCurrent()
                data.position() shouldBe 1_174
                writing.isCompleted shouldBe false
                received.readBytes(4_950) shouldBe bytes(5_000).copyOfRange(50, 5_000)
                runCurrent()
                writing.isCompleted shouldBe true
            }
        }

        "a cancelled write has given what is before the buffer's position and nothing else" {
            runTest {
                val pair = quicPair(config(sendBuffer = 1_024, stream = 100))
                val stream = pair.client.openUnidirectionalStream()
                val data = ByteBuffer.wrap(bytes(5_000))
                val writing = launch { stream.write(data) }
                runCurrent()
                val received = pair.server.acceptUnidirectionalStream()
                received.readBytes(10)
                // The room wakes the writer, and before it runs it is cancelled.
                writing.cancelAndJoin()
                data.position() shouldBe 1_124
                stream.finish()
                received.readAll() shouldBe bytes(5_000).copyOfRange(10, 1_124)
            }
        }

        "finish does not wait for credit, and FIN follows the last byte" {
            runTest {
                val pair = quicPair(config(sendBuffer = 1_024, stream = 10))
                val stream = pair.client.openUnidirectionalStream()
                stream.write(bytes(1_000))
                stream.finish()
                pair.server.acceptUnidirectionalStream().readAll() shouldBe bytes(1_000)
            }
        }

        "the credit of the connection is shared by its streams and goes to those who wait in turn" {
            runTest {
                val pair = quicPair(config(connection = 100))
                val first = pair.client.openUnidirectionalStream()
                first.write(bytes(150, seed = 1))
                val second = pair.client.openUnidirectionalStream()
                second.write(bytes(20, seed = 2))
                val receivedFirst = pair.server.acceptUnidirectionalStream()
                // The first stream took all credit: the second one shows itself, but has no byte to read.
                val receivedSecond = pair.server.acceptUnidirectionalStream()
                val reading = async { receivedSecond.readBytes(20) }
                runCurrent()
                reading.isCompleted shouldBe false
                receivedFirst.readBytes(70)
                reading.await() shouldBe bytes(20, seed = 2)
                receivedFirst.readBytes(80) shouldBe bytes(150, seed = 1).copyOfRange(70, 150)
            }
        }

        "each direction has credit of its own" {
            runTest {
                val pair = quicPair(config(connection = 10), config(connection = 20))
                val stream = pair.client.openBidirectionalStream()
                stream.send.write(bytes(100))
                val accepted = pair.server.acceptBidirectionalStream()
                accepted.send.write(bytes(100))
                available(accepted.receive) shouldBe 20
                available(stream.receive) shouldBe 10
            }
        }

        "bytes dropped by a reset give back the connection's credit" {
            runTest {
                val pair = quicPair(config(connection = 100))
                val first = pair.client.openUnidirectionalStream()
                first.write(bytes(500))
                val second = pair.client.openUnidirectionalStream()
                second.write(bytes(90))
                first.reset(1)
                pair.server.acceptUnidirectionalStream()
                pair.server.acceptUnidirectionalStream().readBytes(90) shouldBe bytes(90)
            }
        }

        "bytes dropped by stopSending give back the connection's credit" {
            runTest {
                val pair = quicPair(config(connection = 100))
                val first = pair.client.openUnidirectionalStream()
                first.write(bytes(500))
                val second = pair.client.openUnidirectionalStream()
                second.write(bytes(90))
                pair.server.acceptUnidirectionalStream().stopSending(1)
                pair.server.acceptUnidirectionalStream().readBytes(90) shouldBe bytes(90)
            }
        }

        "no stream beyond the limit is opened, and an end of both halves gives credit for one more" {
            runTest {
                val pair = quicPair(QuicConfig.builder().maxIncomingBidirectionalStreams(2).build())
                val first = pair.client.openBidirectionalStream()
                pair.client.tryOpenBidirectionalStream().shouldNotBeNull()
                pair.client.tryOpenBidirectionalStream().shouldBeNull()
                val opening = async { pair.client.openBidirectionalStream().id }
                runCurrent()
                first.send.write("x")
                first.send.finish()
                val accepted = pair.server.acceptBidirectionalStream()
                accepted.receive.readAll()
                runCurrent()
                opening.isCompleted shouldBe false
                accepted.send.finish()
                opening.await() shouldBe 8L
                pair.client.tryOpenBidirectionalStream().shouldBeNull()
            }
        }

        "a unidirectional stream gives back credit when its last byte was read, and not while bytes are unread" {
            runTest {
                val pair = quicPair(QuicConfig.builder().maxIncomingUnidirectionalStreams(3).build())
                val stream = pair.client.openUnidirectionalStream()
                repeat(2) { pair.client.openUnidirectionalStream() }
                stream.write("ab")
                stream.finish()
                val received = pair.server.acceptUnidirectionalStream()
                received.readText(1)
                pair.client.tryOpenUnidirectionalStream().shouldBeNull()
                received.readText(1)
                pair.client.tryOpenUnidirectionalStream()?.id shouldBe 14L
            }
        }

        "streams that were reset give back credit only once they are accepted: so their queue is bounded" {
            runTest {
                val pair = quicPair(QuicConfig.builder().maxIncomingUnidirectionalStreams(3).build())
                repeat(3) { pair.client.openUnidirectionalStream().reset(1) }
                pair.client.tryOpenUnidirectionalStream().shouldBeNull()
                pair.server.acceptUnidirectionalStream()
                pair.client.tryOpenUnidirectionalStream().shouldNotBeNull()
            }
        }

        "the limits of both types and of both ends are apart" {
            runTest {
                val pair = quicPair(
                    QuicConfig.builder().maxIncomingBidirectionalStreams(1).build(),
                    QuicConfig.builder().maxIncomingBidirectionalStreams(2).build(),
                )
                repeat(2) { pair.client.tryOpenBidirectionalStream().shouldNotBeNull() }
                pair.client.tryOpenBidirectionalStream().shouldBeNull()
                pair.client.tryOpenUnidirectionalStream().shouldNotBeNull()
                pair.server.tryOpenBidirectionalStream().shouldNotBeNull()
                pair.server.tryOpenBidirectionalStream().shouldBeNull()
            }
        }

        "a cancelled open takes no credit" {
            runTest {
                val pair = quicPair(QuicConfig.builder().maxIncomingBidirectionalStreams(1).build())
                val first = pair.client.openBidirectionalStream()
                val opening = launch { pair.client.openBidirectionalStream() }
                runCurrent()
                first.send.reset(1)
                first.receive.stopSending(1)
                // The accept gives the credit that wakes the opener, and before it runs it is cancelled.
                pair.server.acceptBidirectionalStream()
                opening.cancelAndJoin()
                pair.client.tryOpenBidirectionalStream()?.id shouldBe 4L
            }
        }

        "credit goes to those who wait for it in their order, and nobody overtakes them" {
            runTest {
                val pair = quicPair(QuicConfig.builder().maxIncomingUnidirectionalStreams(3).build())
                val first = List(3) { pair.client.openUnidirectionalStream() }
                val opening = List(3) { async { pair.client.openUnidirectionalStream().id } }
                runCurrent()
                opening[0].cancelAndJoin()
                for (stream in first.take(2)) {
                    stream.finish()
                    pair.server.acceptUnidirectionalStream()
                }
                pair.client.tryOpenUnidirectionalStream().shouldBeNull()
                opening[1].await() shouldBe 14L
                opening[2].await() shouldBe 18L
            }
        }

        "credit grows without end: many more streams than the limit go through, one after the other" {
            runTest {
                val pair = quicPair(QuicConfig.builder().maxIncomingUnidirectionalStreams(3).build())
                val sending = launch {
                    repeat(1_000) {
                        val stream = pair.client.openUnidirectionalStream()
                        stream.write("$it")
                        stream.finish()
                    }
                }
                repeat(1_000) {
                    pair.server
                        .acceptUnidirectionalStream()
                        .readAll()
                        .decodeToString() shouldBe "$it"
                }
                sending.join()
            }
        }
    })

/** How many bytes can be read in one go. */
private suspend fun available(stream: QuicReceiveStream): Int = stream.read(ByteBuffer.allocate(1_000))
