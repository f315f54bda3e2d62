package dev.webtransport.testkit.contract

import dev.webtransport.config.Http3Config
import dev.webtransport.config.SessionFlowControlConfig
import dev.webtransport.config.SessionOptions
import dev.webtransport.config.SessionStart
import dev.webtransport.config.StreamOptions
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.error.RequirementsNotMetException
import dev.webtransport.error.SessionClosedException
import dev.webtransport.error.SessionRejectedException
import dev.webtransport.error.StreamLimitException
import dev.webtransport.error.StreamStoppedException
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.session.SendStream
import dev.webtransport.session.SessionEvent
import dev.webtransport.session.SessionState
import dev.webtransport.session.readAll
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportCapability
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Headers
import dev.webtransport.value.Initiator
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import java.nio.ByteBuffer
import java.time.Duration

/**
 * What every transport must give sessions that are used before their answer ([SessionStart.OPTIMISTIC]): what was sent arrives when
 * the server accepts, and nothing pretends to have arrived when it does not.
 *
 * ```
 * class MyOptimisticSpec : OptimisticContract(SocketWorld("my engine") { MyTransport() })
 * ```
 */
public abstract class OptimisticContract(world: ContractWorld<QuicTransport>) : SessionSuite(world) {
    init {
        peersContract("what was sent before the answer arrives when the server accepts") {
            val session = client.connect(url(), options { protocols(listOf("a", "b")) })
            session.state.value shouldBe SessionState.CONNECTING
            session.protocol.shouldBeNull()
            session.connection.sessions shouldBe emptyList()
            val stream = session.createBidirectionalStream()
            stream.send.write("early".encodeToByteArray())
            stream.send.finish()
            val request = server.acceptRequest().shouldNotBeNull()
            val accepted = request.accept("b", Headers.builder().add("x-room", "7").build())
            accepted.acceptBidirectionalStream().shouldNotBeNull().run {
                receive.readAll(10).decodeToString() shouldBe "early"
                send.write("answer".encodeToByteArray())
                send.finish()
            }
            stream.receive.readAll(10).decodeToString() shouldBe "answer"
            session.awaitReady()
            session.state.value shouldBe SessionState.CONNECTED
            session.protocol shouldBe "b"
            session.responseHeaders.first("x-room").get() shouldBe "7"
            session.connection.sessions shouldBe listOf(session)
            session.close(CloseInfo.of(4))
            accepted.awaitClosed() shouldBe CloseInfo.of(4)
            // It stood, and that stays so.
            session.awaitReady()
            val events = session.events.toList()
            events.first() shouldBe SessionEvent.Pending
            events[1].shouldBeInstanceOf<SessionEvent.StreamOpened>()
            events.contains(SessionEvent.Ready) shouldBe true
            events.last().shouldBeInstanceOf<SessionEvent.Closed>()
        }

        peersContract(
            "a datagram that was sent before the answer arrives when the server accepts",
            capable(TransportCapability.DATAGRAMS),
        ) {
            val session = client.connect(url(), options())
            val request = server.acceptRequest().shouldNotBeNull()
            session.datagrams.send(byteArrayOf(1))
            val sending = launch {
                // A datagram may be lost.
                while (true) {
                    delay(SOON)
                    session.datagrams.send(byteArrayOf(1))
                }
            }
            request.accept().datagrams.receive() shouldBe byteArrayOf(1)
            sending.cancel()
            session.awaitReady()
        }

        peersContract("a rejection fails everything that was begun before it, and ends the connection") {
            val session = client.connect(url(), options())
            val stream = session.createBidirectionalStream()
            stream.send.write(byteArrayOf(1))
            val oneWay = session.createUnidirectionalStream()
            val reading = async { shouldThrow<SessionRejectedException> { stream.receive.read(ByteBuffer.allocate(1)) } }
            val accepting = async { shouldThrow<SessionRejectedException> { session.acceptUnidirectionalStream() } }
            val waiting = async { shouldThrow<SessionRejectedException> { session.awaitReady() } }
            val stopping = async { shouldThrow<SessionRejectedException> { oneWay.awaitStopped() } }
            val headers = Headers.builder().add("content-type", "text/plain").build()
            server.acceptRequest().shouldNotBeNull().reject(403, headers, "members only".encodeToByteArray())
            for (failure in listOf(reading, accepting, waiting, stopping)) {
                failure.await().run {
                    status() shouldBe 403
                    headers() shouldBe headers
                    body().decodeToString() shouldBe "members only"
                }
            }
            shouldThrow<SessionRejectedException> { session.awaitClosed() }.status() shouldBe 403
            shouldThrow<SessionRejectedException> { session.awaitDraining() }
            shouldThrow<SessionRejectedException> { session.drain() }
            shouldThrow<SessionRejectedException> { session.createBidirectionalStream() }
            shouldThrow<SessionRejectedException> { session.createSendGroup() }
            shouldThrow<SessionRejectedException> { session.datagrams.send(byteArrayOf(1)) }
            shouldThrow<SessionRejectedException> { session.datagrams.receive() }
            shouldThrow<SessionRejectedException> { stream.send.write(byteArrayOf(1)) }
            shouldThrow<SessionRejectedException> { oneWay.finish() }
            session.closeGracefully(Duration.ofSeconds(40)) shouldBe false
            session.close()
            session.isClosed shouldBe true
            session.statistics().readyAt().isPresent shouldBe false
            val events = session.events.toList()
            events.first() shouldBe SessionEvent.Pending
            events.contains(SessionEvent.Ready) shouldBe false
            (events.last() as SessionEvent.Failed).exception.shouldBeInstanceOf<SessionRejectedException>()
            session.connection.awaitClosed()
            client.statistics().sessionsEstablished() shouldBe 0
        }

        peersContract("a stream that the peer ends before it rejects fails with the rejection") {
            val session = client.connect(url(), options())
            val streams = List(20) { session.createUnidirectionalStream().also { stream -> stream.write(byteArrayOf(1)) } }
            val writing = streams.map { async { shouldThrow<SessionRejectedException> { while (true) it.write(ByteArray(1000)) } } }
            server.acceptRequest().shouldNotBeNull().reject(429)
            writing.forEach { it.await().status() shouldBe 429 }
        }

        peersContract("a session that is closed before the answer withdraws the request") {
            val session = client.connect(url(), options())
            val stream = session.createBidirectionalStream()
            stream.send.write(byteArrayOf(1))
            val request = server.acceptRequest().shouldNotBeNull()
            session.close(CloseInfo.of(5, "never mind"))
            session.isClosed shouldBe true
            shouldThrow<SessionClosedException> { session.awaitReady() }.initiator() shouldBe Initiator.LOCAL
            session.awaitClosed() shouldBe CloseInfo.of(5, "never mind")
            shouldThrow<SessionClosedException> { stream.send.write(byteArrayOf(1)) }
            session.acceptBidirectionalStream().shouldBeNull()
            session.connection.awaitClosed()
            while (server.statistics().requestsWithdrawn() == 0L) delay(SOON)
            shouldThrow<TransportUnavailableException> { request.accept() }
        }

        contract("an answer that does not come in time fails the session") {
            peers(client = { connectTimeout(Duration.ofMillis(500)) }) {
                val session = client.connect(url(), options())
                session.createUnidirectionalStream().write(byteArrayOf(1))
                val failure = shouldThrow<TransportUnavailableException> { session.awaitReady() }
                failure.message shouldContain "waiting for the server's answer"
                shouldThrow<TransportUnavailableException> { session.awaitClosed() }
                shouldThrow<TransportUnavailableException> { session.createUnidirectionalStream() }
                session.connection.awaitClosed()
                // Counted by whoever waits for the answer, beside the session.
                while (client.statistics().connectsFailed() == 0L) delay(SOON)
            }
        }

        peersContract("a connection that ends before the answer fails the session") {
            val session = client.connect(url(), options())
            val reading =
                async { shouldThrow<TransportUnavailableException> { session.createBidirectionalStream().receive.read(bytes(1)) } }
            server.acceptRequest().shouldNotBeNull()
            session.connection.close(Http3ErrorCode.H3_INTERNAL_ERROR)
            reading.await()
            shouldThrow<TransportUnavailableException> { session.awaitReady() }
            session.events
                .toList()
                .last()
                .shouldBeInstanceOf<SessionEvent.Failed>()
        }

        peersContract("a graceful close waits for the answer, and loses nothing that was sent before it") {
            val session = client.connect(url(), options())
            session.createUnidirectionalStream().run {
                write("kept".encodeToByteArray())
                finish()
            }
            val closing = async { session.closeGracefully(Duration.ofSeconds(40), CloseInfo.of(6)) }
            val accepted = server.acceptRequest().shouldNotBeNull().accept()
            accepted
                .acceptUnidirectionalStream()
                .shouldNotBeNull()
                .readAll(10)
                .decodeToString() shouldBe "kept"
            closing.await() shouldBe true
            accepted.awaitClosed() shouldBe CloseInfo.of(6)
        }

        contract("a server keeps so many early streams and refuses the others, and the session stands nevertheless") {
            peers(server = { http3(Http3Config.builder().maxEarlyStreams(2).build()) }) {
                val session = client.connect(url(), options())
                val streams = List(5) { session.createUnidirectionalStream().also { stream -> stream.write(byteArrayOf(1)) } }
                val writing = streams.map { async { it.writeUntilStopped() } }
                val request = server.acceptRequest().shouldNotBeNull()
                // A stream that comes later than the answer is not early.
                while (streams.count { !it.isWritable } < 3) delay(SOON)
                val accepted = request.accept()
                session.awaitReady()
                val kept = List(2) { accepted.acceptUnidirectionalStream().shouldNotBeNull().id }.toSet()
                for ((stream, failure) in streams.zip(writing)) {
                    if (stream.id in kept) failure.cancel() else failure.await()
                }
                withTimeoutOrNull(SOON) { accepted.acceptUnidirectionalStream() }.shouldBeNull()
            }
        }

        contract("session flow control holds before the answer, and credit comes behind it") {
            val one = Http3Config
                .builder()
                .flowControl(SessionFlowControlConfig.builder().initialMaxStreamsUnidirectional(1).build())
                .build()
            peers(client = { http3(one) }, server = { http3(one) }) {
                val session = client.connect(url(), options())
                session.flowControl.isNegotiated shouldBe true
                session.createUnidirectionalStream().run {
                    write(byteArrayOf(1))
                    finish()
                }
                shouldThrow<StreamLimitException> { session.createUnidirectionalStream(StreamOptions.defaults().withoutWaiting()) }
                val second = async { session.createUnidirectionalStream() }
                val accepted = server.acceptRequest().shouldNotBeNull().accept()
                accepted.acceptUnidirectionalStream().shouldNotBeNull().readAll(10) shouldBe byteArrayOf(1)
                second.await().run {
                    write(byteArrayOf(2))
                    finish()
                }
                accepted.acceptUnidirectionalStream().shouldNotBeNull().readAll(10) shouldBe byteArrayOf(2)
            }
        }

        peersContract("without flow control a session that waits for its answer is the only one of its connection") {
            val connection = client.openConnection(url())
            val first = connection.createSession("/first", options())
            shouldThrow<RequirementsNotMetException> { connection.createSession("/second", options()) }
            server.acceptRequest().shouldNotBeNull().path shouldBe "/first"
            first.close()
            // Streams overtake each other: while the server has not seen the first go, it refuses the second.
            while (server.statistics().requestsWithdrawn() == 0L) delay(SOON)
            val second = connection.createSession("/second", options())
            server
                .acceptRequest()
                .shouldNotBeNull()
                .accept()
                .path shouldBe "/second"
            second.awaitReady()
            second.close()
            connection.close()
        }
    }

    private suspend fun SendStream.writeUntilStopped() {
        try {
            while (true) {
                write(byteArrayOf(1))
                delay(SOON)
            }
        } catch (_: StreamStoppedException) {
            // It was one too many.
        }
    }

    private fun options(more: SessionOptions.Builder.() -> Unit = {}): SessionOptions =
        SessionOptions
            .builder()
            .start(SessionStart.OPTIMISTIC)
            .apply(more)
            .build()

    private companion object {
        const val SOON = 10L
    }
}
