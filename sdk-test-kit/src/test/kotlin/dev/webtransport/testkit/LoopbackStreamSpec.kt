package dev.webtransport.testkit

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.transport.QuicStreamStoppedException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.supervisorScope
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import java.nio.ByteBuffer

class LoopbackStreamSpec :
    StringSpec({
        val largestCode = (1L shl 62) - 1

        "stream ids tell the opener and the type" {
            runTest {
                val pair = quicPair()
                List(3) { pair.client.openBidirectionalStream().id } shouldBe listOf(0L, 4L, 8L)
                List(3) { pair.client.openUnidirectionalStream().id } shouldBe listOf(2L, 6L, 10L)
                List(3) { pair.server.openBidirectionalStream().id } shouldBe listOf(1L, 5L, 9L)
                List(3) { pair.server.openUnidirectionalStream().id } shouldBe listOf(3L, 7L, 11L)
            }
        }

        "both ends see the same id on the stream and on its halves" {
            runTest {
                val pair = quicPair()
                val opened = pair.server.openBidirectionalStream()
                opened.send.write("x")
                val accepted = pair.client.acceptBidirectionalStream()
                setOf(opened.id, opened.send.id, opened.receive.id, accepted.id, accepted.send.id, accepted.receive.id) shouldBe setOf(1L)
            }
        }

        "the halves of a bidirectional stream end independently" {
            runTest {
                val pair = quicPair()
                val opened = pair.client.openBidirectionalStream()
                opened.send.write("question")
                opened.send.finish()
                val accepted = pair.server.acceptBidirectionalStream()
                accepted.receive.readAll().decodeToString() shouldBe "question"
                accepted.send.write("answer")
                opened.receive.readText(6) shouldBe "answer"
                accepted.send.finish()
                opened.receive.read(ByteBuffer.allocate(1)) shouldBe -1
                opened.receive.read(ByteBuffer.allocate(1)) shouldBe -1
            }
        }

        "the peer learns of a stream with its first bytes, not when it is opened" {
            runTest {
                val pair = quicPair()
                val first = pair.client.openUnidirectionalStream()
                val second = pair.client.openUnidirectionalStream()
                val accepting = async { pair.server.acceptUnidirectionalStream().id }
                runCurrent()
                first.write(ByteArray(0))
                runCurrent()
                accepting.isCompleted shouldBe false
                second.write("x")
                accepting.await() shouldBe second.id
                first.finish()
                val empty = pair.server.acceptUnidirectionalStream()
                empty.id shouldBe first.id
                empty.read(ByteBuffer.allocate(1)) shouldBe -1
            }
        }

        "a reset carries a code of 62 bits, overtakes unread bytes and announces the stream" {
            runTest {
                val pair = quicPair()
                val stream = pair.client.openUnidirectionalStream()
                stream.write("gone")
                stream.reset(largestCode)
                val received = pair.server.acceptUnidirectionalStream()
                repeat(2) {
                    shouldThrow<QuicStreamResetException> { received.read(ByteBuffer.allocate(9)) }.errorCode shouldBe largestCode
                }
                pair.client.openUnidirectionalStream().reset(0)
                shouldThrow<QuicStreamResetException> {
                    pair.server.acceptUnidirectionalStream().read(ByteBuffer.allocate(9))
                }.errorCode shouldBe 0
            }
        }

        "a reset wakes the reader" {
            runTest {
                val pair = quicPair()
                val stream = pair.client.openUnidirectionalStream()
                stream.write("x")
                val received = pair.server.acceptUnidirectionalStream()
                received.readText(1)
                supervisorScope {
                    val reading = async { received.read(ByteBuffer.allocate(9)) }
                    runCurrent()
                    stream.reset(7)
                    shouldThrow<QuicStreamResetException> { reading.await() }.errorCode shouldBe 7
                }
            }
        }

        "stopSending carries a code of 62 bits to the writer and ends both halves" {
            runTest {
                val pair = quicPair()
                val stream = pair.client.openUnidirectionalStream()
                stream.write("unread")
                val received = pair.server.acceptUnidirectionalStream()
                val watching = async { stream.awaitStopped() }
                runCurrent()
                received.stopSending(largestCode)
                watching.await()?.errorCode shouldBe largestCode
                stream.awaitStopped()?.errorCode shouldBe largestCode
                shouldThrow<QuicStreamStoppedException> { stream.write("more") }.errorCode shouldBe largestCode
                shouldThrow<QuicStreamStoppedException> { stream.finish() }.errorCode shouldBe largestCode
                shouldThrow<IllegalStateException> { received.read(ByteBuffer.allocate(1)) }
                stream.reset(1)
                shouldThrow<QuicStreamStoppedException> { stream.write("more") }.errorCode shouldBe largestCode
            }
        }

        "stopSending wakes the writer that waits and the reader that waits" {
            val config = QuicConfig
                .builder()
                .sendBufferSize(1024)
                .maxStreamData(1)
                .build()
            runTest {
                val pair = quicPair(config)
                val stream = pair.client.openBidirectionalStream()
                stream.send.write("x")
                val accepted = pair.server.acceptBidirectionalStream()
                supervisorScope {
                    val writing = async { stream.send.write(bytes(4_000)) }
                    val reading = async { stream.receive.read(ByteBuffer.allocate(1)) }
                    runCurrent()
                    accepted.receive.stopSending(5)
                    stream.receive.stopSending(6)
                    shouldThrow<QuicStreamStoppedException> { writing.await() }.errorCode shouldBe 5
                    shouldThrow<IllegalStateException> { reading.await() }
                }
                accepted.send.awaitStopped()?.errorCode shouldBe 6
            }
        }

        "awaitStopped answers null after finish and after reset" {
            runTest {
                val pair = quicPair()
                val finished = pair.client.openUnidirectionalStream()
                val watching = async { finished.awaitStopped() }
                runCurrent()
                finished.finish()
                watching.await() shouldBe null
                pair.server.acceptUnidirectionalStream().stopSending(1)
                finished.awaitStopped() shouldBe null
                val reset = pair.client.openUnidirectionalStream()
                reset.reset(1)
                reset.awaitStopped() shouldBe null
            }
        }

        "writing after finish or reset is a mistake of the caller, finishing twice is none" {
            runTest {
                val pair = quicPair()
                val finished = pair.client.openUnidirectionalStream()
                finished.finish()
                finished.finish()
                shouldThrow<IllegalStateException> { finished.write("x") }
                val reset = pair.client.openUnidirectionalStream()
                reset.reset(1)
                shouldThrow<IllegalStateException> { reset.write("x") }
                shouldThrow<IllegalStateException> { reset.finish() }
            }
        }

        "a reset fails the write that waits" {
            val config = QuicConfig
                .builder()
                .sendBufferSize(1024)
                .maxStreamData(1)
                .build()
            runTest {
                val stream = quicPair(config).client.openUnidirectionalStream()
                supervisorScope {
                    val writing = async { stream.write(bytes(4_000)) }
                    runCurrent()
                    stream.reset(1)
                    shouldThrow<IllegalStateException> { writing.await() }
                }
            }
        }

        "a reset after everything has arrived changes nothing" {
            runTest {
                val pair = quicPair()
                val stream = pair.client.openUnidirectionalStream()
                stream.write("whole")
                stream.finish()
                stream.reset(1)
                pair.server
                    .acceptUnidirectionalStream()
                    .readAll()
                    .decodeToString() shouldBe "whole"
            }
        }

        "a reset of a finished stream whose bytes still wait for credit is a reset" {
            val config = QuicConfig.builder().maxStreamData(4).build()
            runTest {
                val pair = quicPair(config)
                val stream = pair.client.openUnidirectionalStream()
                stream.write("truncated")
                stream.finish()
                stream.reset(1)
                shouldThrow<QuicStreamResetException> {
                    pair.server.acceptUnidirectionalStream().read(ByteBuffer.allocate(9))
                }.errorCode shouldBe 1
            }
        }

        "stopSending after FIN was read, or after a reset, changes nothing" {
            runTest {
                val pair = quicPair()
                val finished = pair.client.openUnidirectionalStream()
                finished.finish()
                val atEnd = pair.server.acceptUnidirectionalStream()
                atEnd.stopSending(1)
                atEnd.read(ByteBuffer.allocate(1)) shouldBe -1
                pair.client.openUnidirectionalStream().reset(2)
                val reset = pair.server.acceptUnidirectionalStream()
                reset.stopSending(1)
                shouldThrow<QuicStreamResetException> { reset.read(ByteBuffer.allocate(1)) }.errorCode shouldBe 2
            }
        }

        "error codes beyond 62 bits and buffers without room are refused" {
            runTest {
                val stream = quicPair().client.openBidirectionalStream()
                shouldThrow<IllegalArgumentException> { stream.send.reset(largestCode + 1) }
                shouldThrow<IllegalArgumentException> { stream.send.reset(-1) }
                shouldThrow<IllegalArgumentException> { stream.receive.stopSending(largestCode + 1) }
                shouldThrow<IllegalArgumentException> { stream.receive.read(ByteBuffer.allocate(0)) }
            }
        }

        "a cancelled read loses no byte" {
            runTest {
                val pair = quicPair()
                val stream = pair.client.openUnidirectionalStream()
                stream.write("a")
                val received = pair.server.acceptUnidirectionalStream()
                received.readText(1)
                val reading = launch { received.read(ByteBuffer.allocate(9)) }
                runCurrent()
                // The bytes wake the reader, and before it runs it is cancelled.
                stream.write("bcd")
                reading.cancelAndJoin()
                received.readText(3) shouldBe "bcd"
            }
        }

        "a cancelled accept loses no stream" {
            runTest {
                val pair = quicPair()
                val accepting = launch { pair.server.acceptUnidirectionalStream() }
                runCurrent()
                pair.client.openUnidirectionalStream().write("x")
                accepting.cancelAndJoin()
                pair.server.acceptUnidirectionalStream().readText(1) shouldBe "x"
            }
        }

        "each of several accepts gets a stream of its own, in their order" {
            runTest {
                val pair = quicPair()
                val accepting = List(3) { async { pair.server.acceptUnidirectionalStream().id } }
                runCurrent()
                repeat(3) { pair.client.openUnidirectionalStream().write("x") }
                accepting.map { it.await() } shouldBe listOf(2L, 6L, 10L)
            }
        }

        "a write of any size arrives in order, cut where the reader's buffers end" {
            runTest {
                val config = QuicConfig
                    .builder()
                    .sendBufferSize(1_500)
                    .maxStreamData(700)
                    .build()
                val pair = quicPair(config)
                val data = bytes(100_000)
                val stream = pair.client.openUnidirectionalStream()
                launch {
                    stream.write(data)
                    stream.finish()
                }
                pair.server
                    .acceptUnidirectionalStream()
                    .readAll()
                    .contentEquals(data) shouldBe true
            }
        }

        "what a stream takes from a buffer is the buffer's again on return" {
            runTest {
                val pair = quicPair()
                val stream = pair.client.openUnidirectionalStream()
                val data = "abc".encodeToByteArray()
                stream.write(data)
                data.fill('x'.code.toByte())
                pair.server.acceptUnidirectionalStream().readText(3) shouldBe "abc"
            }
        }
    })
