package dev.webtransport.testkit

import dev.webtransport.error.ApplicationErrorCode
import dev.webtransport.error.ConnectionLostException
import dev.webtransport.error.SessionException
import dev.webtransport.error.StreamResetException
import dev.webtransport.session.readAll
import dev.webtransport.testkit.fault.Fault
import dev.webtransport.testkit.quic.Direction
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Perspective
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withTimeoutOrNull
import java.nio.ByteBuffer

class LoopbackFaultSpec :
    StringSpec({
        "the second datagram is dropped, and no other" {
            runTest {
                val (client, server) = loopbackPair { fault(Fault.dropDatagram(Direction.CLIENT_TO_SERVER, 2)) }
                repeat(4) { client.datagrams.send(byteArrayOf(it.toByte())) }
                List(3) {
                    server.datagrams
                        .receive()!!
                        .single()
                        .toInt()
                } shouldBe listOf(0, 2, 3)
            }
        }

        "the first datagram comes twice" {
            runTest {
                val (client, server) = loopbackPair { fault(Fault.duplicateDatagram(Direction.SERVER_TO_CLIENT, 1)) }
                repeat(2) { server.datagrams.send(byteArrayOf(it.toByte())) }
                List(3) {
                    client.datagrams
                        .receive()!!
                        .single()
                        .toInt()
                } shouldBe listOf(0, 0, 1)
            }
        }

        "a stream is reset behind its tenth byte, and the reader sees the code" {
            runTest {
                val code = ApplicationErrorCode.toHttp3(77)
                // The preamble of the stream has three bytes.
                val (client, server) = loopbackPair { fault(Fault.resetStream(Direction.CLIENT_TO_SERVER, 6, 3 + 10, code)) }
                val stream = client.createUnidirectionalStream()
                stream.write(ByteArray(100))
                val received = server.acceptUnidirectionalStream().shouldNotBeNull()
                val buffer = ByteBuffer.allocate(100)
                shouldThrow<StreamResetException> { while (true) received.read(buffer) }.errorCode().asLong shouldBe 77
                buffer.position() shouldBe 10
                shouldThrow<IllegalStateException> { stream.write(ByteArray(1)) }
            }
        }

        "a stream that was finished can still be reset by its engine" {
            runTest {
                val (client, server) = loopbackPair {
                    fault(Fault.resetStream(Direction.CLIENT_TO_SERVER, 6, 5, ApplicationErrorCode.toHttp3(1)))
                }
                val stream = client.createUnidirectionalStream()
                stream.write(ByteArray(1))
                stream.finish()
                shouldThrow<StreamResetException> { server.acceptUnidirectionalStream().shouldNotBeNull().readAll(100) }
            }
        }

        "an end that reads no more makes the other's writes suspend, until the fault is lifted" {
            runTest {
                val stop = Fault.stopReading(Perspective.SERVER, 6)
                val pair = loopbackPair {
                    quic { maxStreamData(2_000).sendBufferSize(1_024) }
                    fault(stop)
                }
                val stream = pair.client.createUnidirectionalStream()
                val writing = launch {
                    stream.write(ByteArray(10_000))
                    stream.finish()
                }
                val reading = async {
                    pair.server
                        .acceptUnidirectionalStream()
                        .shouldNotBeNull()
                        .readAll(10_000)
                        .size
                }
                delay(60_000)
                writing.isActive shouldBe true
                reading.isActive shouldBe true
                pair.network.lift(stop) shouldBe true
                reading.await() shouldBe 10_000
            }
        }

        "credit that is withheld stops the writer, and goes on when the fault is lifted" {
            runTest {
                val withheld = Fault.withholdCredit(Direction.SERVER_TO_CLIENT)
                val pair = loopbackPair { quic { maxStreamData(2_000).sendBufferSize(1_024) } }
                pair.network.inject(withheld)
                val stream = pair.client.createUnidirectionalStream()
                val writing = launch {
                    stream.write(ByteArray(10_000))
                    stream.finish()
                }
                val received = pair.server.acceptUnidirectionalStream().shouldNotBeNull()
                val buffer = ByteBuffer.allocate(10_000)
                while (withTimeoutOrNull(1_000) { received.read(buffer) } != null) {
                    // All that the credit allowed, and no more.
                }
                buffer.position() shouldBe 2_000 - 3
                writing.isActive shouldBe true
                pair.network.lift(withheld)
                received.readAll(10_000).size shouldBe 10_000 - buffer.position()
            }
        }

        "the connection is closed by the server in the moment in which a byte arrives" {
            runTest {
                val pair = loopbackPair()
                val arrived = 200L
                pair.network.inject(Fault.closeAtByte(Direction.CLIENT_TO_SERVER, arrived, Perspective.SERVER, 0x10c, "enough"))
                pair.client.createUnidirectionalStream().write(ByteArray(1_000))
                val failure = shouldThrow<SessionException> { pair.client.awaitClosed() }
                failure.shouldBeInstanceOf<ConnectionLostException>()
                failure.toString() shouldContain "enough"
                val bytes = pair.trace.lines().filter { it.toString().startsWith(">> s6 STREAM") }
                bytes.single().toString() shouldContain Regex("STREAM \\d{1,3}$")
            }
        }

        "the connection is closed after a number of frames" {
            runTest {
                val loopback = loopback { fault(Fault.closeAtFrame(Direction.SERVER_TO_CLIENT, 1, Perspective.CLIENT, 0x100, "")) }
                runCatching { loopback.client.connect(loopback.url()) }.isFailure shouldBe true
            }
        }

        "bytes that come one at a time change nothing, in either direction" {
            runTest {
                val (client, server) = loopbackPair {
                    fault(Fault.oneByteAtATime(Direction.CLIENT_TO_SERVER))
                    fault(Fault.oneByteAtATime(Direction.SERVER_TO_CLIENT))
                }
                val stream = client.createBidirectionalStream()
                stream.send.write("one by one".encodeToByteArray())
                stream.send.finish()
                val accepted = server.acceptBidirectionalStream().shouldNotBeNull()
                val buffer = ByteBuffer.allocate(100)
                accepted.receive.read(buffer) shouldBe 1
                accepted.receive.readAll(100).decodeToString() shouldBe "ne by one"
                accepted.send.finish()
                stream.receive.readAll(1)
                client.close(CloseInfo.of(9, "é"))
                server.awaitClosed() shouldBe CloseInfo.of(9, "é")
            }
        }

        "the server's bytes may come before the client's, and the other way round" {
            for (direction in Direction.entries) {
                runTest {
                    val pair = loopbackPair { fault(Fault.deliverFirst(direction)) }
                    val sign = if (direction == Direction.CLIENT_TO_SERVER) ">>" else "<<"
                    pair.trace
                        .lines()
                        .first()
                        .toString() shouldContain sign
                }
            }
        }

        "a stream that overtakes the answer to its session's request waits for it" {
            runTest {
                // Stream 7 is the first unidirectional one of the server's session; the answer is on stream 0.
                val overtaking = Fault.deliverStreamFirst(Direction.SERVER_TO_CLIENT, 7)
                val loopback = loopback()
                val accepting = async {
                    val request = loopback.server.acceptRequest()!!
                    loopback.network.inject(overtaking)
                    request.accept().also { session ->
                        val stream = session.createUnidirectionalStream()
                        stream.write("early".encodeToByteArray())
                        stream.finish()
                    }
                }
                val client = loopback.client.connect(loopback.url())
                client
                    .acceptUnidirectionalStream()
                    .shouldNotBeNull()
                    .readAll(10)
                    .decodeToString() shouldBe "early"
                accepting.await()
                val lines = loopback.trace.lines().map { it.toString() }
                (lines.indexOfFirst { it.startsWith("<< s7") } < lines.indexOfFirst { it.startsWith("<< s0 HEADERS") }) shouldBe true
            }
        }

        "a fault that cannot be is refused" {
            shouldThrow<IllegalArgumentException> { Fault.dropDatagram(Direction.CLIENT_TO_SERVER, 0) }
                .message shouldContain "number is 0"
            shouldThrow<IllegalArgumentException> { Fault.resetStream(Direction.CLIENT_TO_SERVER, -4, 0, 0) }
            shouldThrow<IllegalArgumentException> { Fault.closeAtFrame(Direction.CLIENT_TO_SERVER, 0, Perspective.CLIENT, 0, "") }
        }
    })
