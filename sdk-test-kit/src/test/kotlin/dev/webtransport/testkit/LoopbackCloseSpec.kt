package dev.webtransport.testkit

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.value.DatagramStatus
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeUnique
import io.kotest.matchers.ints.shouldBeInRange
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldStartWith
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.launch
import kotlinx.coroutines.supervisorScope
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import java.nio.ByteBuffer

class LoopbackCloseSpec :
    StringSpec({
        val largestCode = (1L shl 62) - 1

        "a close tells both ends its code and reason, whichever end closes" {
            runTest {
                for (closer in listOf(true, false)) {
                    val pair = quicPair()
                    val (closing, other) = if (closer) pair.client to pair.server else pair.server to pair.client
                    val waiting = async { other.awaitClosed() }
                    runCurrent()
                    closing.close(largestCode, "done ✓")
                    val local = closing.awaitClosed().shouldBeInstanceOf<QuicCloseReason.Local>()
                    local.errorCode shouldBe largestCode
                    local.reason shouldBe "done ✓"
                    val remote = waiting.await().shouldBeInstanceOf<QuicCloseReason.Application>()
                    remote.errorCode shouldBe largestCode
                    remote.reason shouldBe "done ✓"
                    other.awaitClosed() shouldBe remote
                }
            }
        }

        "the first close wins" {
            runTest {
                val pair = quicPair()
                pair.client.close(1, "first")
                pair.client.close(2, "second")
                pair.server.close(3, "third")
                pair.client
                    .awaitClosed()
                    .shouldBeInstanceOf<QuicCloseReason.Local>()
                    .errorCode shouldBe 1
                pair.server
                    .awaitClosed()
                    .shouldBeInstanceOf<QuicCloseReason.Application>()
                    .errorCode shouldBe 1
            }
        }

        "a long reason is cut to what fits a packet, at the end of a character" {
            runTest {
                val pair = quicPair()
                val reason = "€".repeat(2_000)
                pair.client.close(0, reason)
                pair.client
                    .awaitClosed()
                    .shouldBeInstanceOf<QuicCloseReason.Local>()
                    .reason shouldBe reason
                val arrived = pair.server
                    .awaitClosed()
                    .shouldBeInstanceOf<QuicCloseReason.Application>()
                    .reason
                reason shouldStartWith arrived
                arrived.length shouldBeInRange 300..400
            }
        }

        "bytes, FIN, streams and datagrams that arrived before the peer's close are delivered before the exception" {
            runTest {
                val pair = quicPair()
                val whole = pair.client.openUnidirectionalStream()
                whole.write("whole")
                whole.finish()
                val part = pair.client.openBidirectionalStream()
                part.send.write("part")
                pair.client.sendText("datagram")
                pair.client.close(7, "bye")

                pair.server
                    .acceptUnidirectionalStream()
                    .readAll()
                    .decodeToString() shouldBe "whole"
                val accepted = pair.server.acceptBidirectionalStream()
                accepted.receive.readText(4) shouldBe "part"
                pair.server.receiveText() shouldBe "datagram"
                val attempts = listOf<suspend () -> Any?>(
                    { accepted.receive.read(ByteBuffer.allocate(1)) },
                    { accepted.send.write("x") },
                    { accepted.send.finish() },
                    { accepted.send.awaitStopped() },
                    { pair.server.acceptUnidirectionalStream() },
                    { pair.server.acceptBidirectionalStream() },
                    { pair.server.openBidirectionalStream() },
                    { pair.server.openUnidirectionalStream() },
                    { pair.server.receiveDatagram() },
                )
                val failures = attempts.map { shouldThrow<QuicConnectionException> { it() } }
                for (failure in failures) failure.reason.shouldBeInstanceOf<QuicCloseReason.Application>().errorCode shouldBe 7
                failures.map { System.identityHashCode(it) }.shouldBeUnique()
                pair.server.tryOpenBidirectionalStream().shouldBeNull()
                pair.server.tryOpenUnidirectionalStream().shouldBeNull()
                pair.server.sendText("late") shouldBe DatagramStatus.BLOCKED
            }
        }

        "bytes that waited for credit do not arrive after a close, and the reader does not take the rest for the whole" {
            runTest {
                val pair = quicPair(QuicConfig.builder().maxStreamData(4).build())
                val stream = pair.client.openUnidirectionalStream()
                stream.write("truncated")
                stream.finish()
                pair.client.close(0, "")
                val received = pair.server.acceptUnidirectionalStream()
                received.readText(4) shouldBe "trun"
                shouldThrow<QuicConnectionException> { received.read(ByteBuffer.allocate(9)) }
            }
        }

        "the end that closes reads no more, not even a FIN that was there" {
            runTest {
                val pair = quicPair()
                val stream = pair.client.openUnidirectionalStream()
                stream.write("unread")
                stream.finish()
                val received = pair.server.acceptUnidirectionalStream()
                received.readText(2)
                pair.client.sendText("unread")
                pair.client.openUnidirectionalStream().write("unaccepted")
                pair.server.close(0, "")
                shouldThrow<QuicConnectionException> { received.read(ByteBuffer.allocate(9)) }
                    .reason
                    .shouldBeInstanceOf<QuicCloseReason.Local>()
                shouldThrow<QuicConnectionException> { pair.server.receiveDatagram() }
                shouldThrow<QuicConnectionException> { pair.server.acceptUnidirectionalStream() }
            }
        }

        "a close wakes everyone who waits, at both ends" {
            val config = QuicConfig
                .builder()
                .sendBufferSize(1_024)
                .maxStreamData(1)
                .maxIncomingBidirectionalStreams(1)
                .maxIncomingUnidirectionalStreams(3)
                .build()
            runTest {
                val pair = quicPair(config)
                supervisorScope {
                    val waiting = listOf(pair.client, pair.server).flatMap { end ->
                        val stream = end.openBidirectionalStream()
                        repeat(3) { end.openUnidirectionalStream() }
                        waiters(
                            { stream.send.write(bytes(4_000)) },
                            { stream.send.awaitStopped() },
                            { stream.receive.read(ByteBuffer.allocate(1)) },
                            { end.openBidirectionalStream() },
                            { end.openUnidirectionalStream() },
                            { end.acceptUnidirectionalStream() },
                            { end.receiveDatagram() },
                        )
                    }
                    runCurrent()
                    waiting.count { it.isCompleted } shouldBe 0
                    pair.client.close(0, "")
                    for (waiter in waiting) shouldThrow<QuicConnectionException> { waiter.await() }
                }
            }
        }

        "after the end reset, stopSending and close do nothing" {
            runTest {
                val pair = quicPair()
                val stream = pair.client.openBidirectionalStream()
                stream.send.write("x")
                pair.client.close(0, "")
                stream.send.reset(1)
                stream.receive.stopSending(1)
                pair.server
                    .acceptBidirectionalStream()
                    .receive
                    .readText(1) shouldBe "x"
            }
        }

        "who resumes in place finds the connection whole" {
            runTest {
                val pair = quicPair()
                val stream = pair.client.openUnidirectionalStream()
                stream.write("a")
                val received = pair.server.acceptUnidirectionalStream()
                val reading = async(Dispatchers.Unconfined) { received.readAll().decodeToString() }
                stream.write("b")
                stream.finish()
                reading.await() shouldBe "ab"
            }
        }

        "it works between threads as well" {
            withContext(Dispatchers.Default) {
                val timers = CoroutineScope(coroutineContext)
                val transport = LoopbackTransport(timers)
                val config = QuicConfig
                    .builder()
                    .maxStreamData(5_000)
                    .maxIncomingUnidirectionalStreams(3)
                    .build()
                val listener = transport.listen(anyPort(), serverTls, config)
                val tls = dev.webtransport.config.ClientTlsConfig
                    .defaults()
                val client = transport.connect(listener.localAddress, "localhost", tls, config)
                val server = checkNotNull(listener.accept())
                val data = bytes(20_000)
                repeat(20) {
                    launch {
                        val stream = client.openUnidirectionalStream()
                        stream.write(data)
                        stream.finish()
                    }
                }
                List(20) { async { server.acceptUnidirectionalStream().readAll() } }.forEach { it.await() shouldBe data }
                transport.close()
            }
        }
    })

private fun CoroutineScope.waiters(vararg attempts: suspend () -> Any?): List<Deferred<Any?>> {
    return attempts.map { async { it() } }
}
