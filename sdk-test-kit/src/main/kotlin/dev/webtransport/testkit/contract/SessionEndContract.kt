package dev.webtransport.testkit.contract

import dev.webtransport.config.Http3Config
import dev.webtransport.config.SessionOptions
import dev.webtransport.error.ConnectionLostException
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.error.SessionRejectedException
import dev.webtransport.server.SessionRequest
import dev.webtransport.session.ConnectionEnd
import dev.webtransport.session.ConnectionState
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.SessionEvent
import dev.webtransport.session.SessionState
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.transport.QuicTransport
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Headers
import dev.webtransport.value.Initiator
import dev.webtransport.value.StreamType
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import java.time.Duration
import java.util.Random

/**
 * What sessions and connections promise about their ends, and what they tell on the way there, whatever the transport.
 *
 * ```
 * class MySessionEndSpec : SessionEndContract(SocketWorld("my engine") { MyTransport() })
 * ```
 */
public abstract class SessionEndContract(world: ContractWorld<QuicTransport>) : SessionSuite(world) {
    init {
        peersContract("a graceful close lets a slow peer read all that was finished, and then tells code and reason") {
            val (client, server) = sessions()
            val sent = List(4) { ByteArray(1 shl 20).also { bytes -> Random(it.toLong()).nextBytes(bytes) } }
            val reading =
                async {
                    List(sent.size) {
                        val stream = server.acceptUnidirectionalStream().shouldNotBeNull()
                        async { readSlowly(stream) }
                    }.awaitAll()
                }
            sent.map { bytes -> launch { client.send(bytes) } }.joinAll()
            client.closeGracefully(LONG, CloseInfo.of(8, "all said")) shouldBe true
            server.awaitClosed() shouldBe CloseInfo.of(8, "all said")
            // Not element by element: a megabyte each.
            (reading.await().map { ByteBuffer.wrap(it) }.toSet() == sent.map { ByteBuffer.wrap(it) }.toSet()) shouldBe true
        }

        peersContract("a graceful close of the server waits, too, for bidirectional streams that the client reads late") {
            val (client, server) = sessions()
            val answering =
                async {
                    val stream = server.acceptBidirectionalStream().shouldNotBeNull()
                    stream.receive.readAll(10)
                    stream.send.write(ByteArray(200_000))
                    stream.send.finish()
                    server.closeGracefully(LONG, CloseInfo.of(1))
                }
            val stream = client.createBidirectionalStream()
            stream.send.write(byteArrayOf(1))
            stream.send.finish()
            delay(100)
            stream.receive.readAll(200_000).size shouldBe 200_000
            answering.await() shouldBe true
            client.awaitClosed() shouldBe CloseInfo.of(1)
        }

        peersContract("a graceful close after hints to drain in both directions takes none of them for the answer") {
            val (client, server) = sessions()
            client.drain()
            server.drain()
            client.awaitDraining()
            server.awaitDraining()
            val reading = async { readSlowly(server.acceptUnidirectionalStream().shouldNotBeNull()) }
            client.send(ByteArray(300_000))
            client.closeGracefully(LONG) shouldBe true
            reading.await().size shouldBe 300_000
            server.awaitClosed() shouldBe CloseInfo.NORMAL
        }

        peersContract("a graceful close gives up after its timeout, and closes with its code") {
            val (client, server) = sessions()
            client.send(byteArrayOf(1))
            client.closeGracefully(Duration.ofMillis(200), CloseInfo.of(2, "enough")) shouldBe false
            server.awaitClosed() shouldBe CloseInfo.of(2, "enough")
        }

        peersContract("a graceful close without anything to wait for is over at once") {
            val (client, server) = sessions()
            client.closeGracefully(LONG, CloseInfo.of(3)) shouldBe true
            server.awaitClosed() shouldBe CloseInfo.of(3)
            shouldThrow<IllegalArgumentException> { client.closeGracefully(Duration.ofMillis(-1)) }
        }

        peersContract("a graceful close waits for streams that are still written, and lets no new ones begin") {
            val (client, server) = sessions()
            val stream = client.createUnidirectionalStream()
            stream.write("one ".encodeToByteArray())
            val closing = async(start = CoroutineStart.UNDISPATCHED) { client.closeGracefully(LONG) }
            shouldThrow<IllegalStateException> { client.createBidirectionalStream() }
            shouldThrow<IllegalStateException> { client.createUnidirectionalStream() }
            val arrived = server.acceptUnidirectionalStream().shouldNotBeNull()
            closing.isActive shouldBe true
            stream.write("two".encodeToByteArray())
            stream.finish()
            arrived.readAll(100).decodeToString() shouldBe "one two"
            closing.await() shouldBe true
        }

        peersContract("a close of the peer ends a graceful close, and so does cancellation, which closes at once") {
            val (client, server) = sessions()
            client.send(byteArrayOf(1))
            val closing = async(start = CoroutineStart.UNDISPATCHED) { client.closeGracefully(LONG, CloseInfo.of(1)) }
            server.close(CloseInfo.of(4))
            closing.await() shouldBe false
            client.awaitClosed() shouldBe CloseInfo.of(4)

            val (second, other) = sessions()
            second.send(byteArrayOf(1))
            launch(start = CoroutineStart.UNDISPATCHED) { second.closeGracefully(LONG, CloseInfo.of(5)) }.cancelAndJoin()
            other.awaitClosed() shouldBe CloseInfo.of(5)
        }

        peersContract("events tell a session's life in order, to who collects from the beginning and to who comes late") {
            val (client, server) = sessions()
            val live = async(start = CoroutineStart.UNDISPATCHED) { client.events.toList() }
            client.state.value shouldBe SessionState.CONNECTED
            val stream = client.createUnidirectionalStream()
            stream.finish()
            server.acceptUnidirectionalStream().shouldNotBeNull().readAll(1)
            server.drain()
            server.state.value shouldBe SessionState.DRAINING
            client.awaitDraining()
            client.close(CloseInfo.of(3, "done"))
            val told =
                listOf(
                    "Ready",
                    "StreamOpened(${stream.id}, UNIDIRECTIONAL, by LOCAL)",
                    "StreamEnded(${stream.id})",
                    "Draining(by REMOTE)",
                    "Closed(code 3 \"done\", by LOCAL)",
                )
            live.await().map { "$it" } shouldContainExactly told
            client.events.toList().map { "$it" } shouldContainExactly told
            server.awaitClosed()
            // The client may have answered the hint with one of its own.
            server.events.toList().map { "$it" } - "Draining(by REMOTE)" shouldContainExactly
                listOf(
                    "Ready",
                    "StreamOpened(${stream.id}, UNIDIRECTIONAL, by REMOTE)",
                    "StreamEnded(${stream.id})",
                    "Draining(by LOCAL)",
                    "Closed(code 3 \"done\", by REMOTE)",
                )
        }

        contract("a late collector of events is told how many are gone") {
            peers(client = { http3(Http3Config.builder().eventsKept(2).build()) }) {
                val (client, _) = sessions()
                val ids = List(3) { client.createUnidirectionalStream().also { it.finish() }.id }
                val events = client.events.take(4).toList()
                events.map { "$it" } shouldContainExactly
                    listOf("Ready", "Skipped(4)", "StreamOpened(${ids[2]}, UNIDIRECTIONAL, by LOCAL)", "StreamEnded(${ids[2]})")
                (events[2] as SessionEvent.StreamOpened).type shouldBe StreamType.UNIDIRECTIONAL
            }
        }

        peersContract("any number may wait for the drain and for the end of a session, before and after") {
            val (client, server) = sessions()
            val draining = List(50) { async(start = CoroutineStart.UNDISPATCHED) { client.awaitDraining() } }
            val closed = List(50) { async(start = CoroutineStart.UNDISPATCHED) { client.awaitClosed() } }
            server.drain()
            draining.awaitAll()
            client.awaitDraining()
            server.close(CloseInfo.of(6))
            closed.awaitAll().distinct() shouldContainExactly listOf(CloseInfo.of(6))
            client.awaitClosed() shouldBe CloseInfo.of(6)
            client.close()
            client.isClosed shouldBe true
        }

        peersContract("a session tells what was asked for, and its addresses even after the end") {
            val options = SessionOptions
                .builder()
                .protocols(listOf("b", "a"))
                .origin("https://127.0.0.1")
                .build()
            val accepting = async { checkNotNull(server.acceptRequest()).also { it.query shouldBe "x=1?&y" }.accept("a") }
            val client = this.client.connect(url("/room/7?x=1?&y"), options)
            val server = accepting.await()
            listOf(client, server).forEach { session ->
                session.path shouldBe "/room/7?x=1?&y"
                session.pathWithoutQuery shouldBe "/room/7"
                session.query shouldBe "x=1?&y"
                session.origin shouldBe "https://127.0.0.1"
                session.offeredProtocols shouldContainExactly listOf("b", "a")
                session.protocol shouldBe "a"
            }
            val addresses = client.localAddress to client.remoteAddress
            (server.remoteAddress to server.localAddress) shouldBe addresses
            client.close()
            client.connection.close()
            (client.localAddress to client.remoteAddress) shouldBe addresses
            val (plain, _) = sessions("/plain")
            plain.query.shouldBeNull()
            plain.origin.shouldBeNull()
            plain.pathWithoutQuery shouldBe "/plain"
            plain.connection.id shouldNotBe client.connection.id
        }

        peersContract("a connection that is closed with a code tells it to the other end, whose sessions are lost with it") {
            val (client, server) = sessions()
            shouldThrow<IllegalArgumentException> { client.connection.close(-1) }
            client.connection.close(Http3ErrorCode.H3_INTERNAL_ERROR, "it broke")
            val here = client.connection.awaitClosed()
            here.kind shouldBe ConnectionEnd.Kind.CLOSED
            here.initiator shouldBe Initiator.LOCAL
            client.connection.state.value shouldBe ConnectionState.CLOSED
            val there = server.connection.awaitClosed()
            there.kind shouldBe ConnectionEnd.Kind.CLOSED
            there.code shouldBe Http3ErrorCode.H3_INTERNAL_ERROR
            there.reason shouldBe "it broke"
            there.initiator shouldBe Initiator.REMOTE
            shouldThrow<ConnectionLostException> { server.awaitClosed() }.wireCode() shouldBe Http3ErrorCode.H3_INTERNAL_ERROR
            shouldThrow<ConnectionLostException> { client.awaitClosed() }.initiator() shouldBe Initiator.LOCAL
            val end = server.events.toList().last() as SessionEvent.Closed
            end.info.shouldBeNull()
            end.initiator shouldBe Initiator.REMOTE
            // The first close wins.
            client.connection.close(Http3ErrorCode.H3_NO_ERROR, "again")
            client.connection.awaitClosed().code shouldBe Http3ErrorCode.H3_INTERNAL_ERROR
        }

        peersContract("shutdown tells what it cut off, and how many streams that had") {
            val (client, server) = sessions("/room?x=1")
            client.createBidirectionalStream().send.write(byteArrayOf(1))
            client.createUnidirectionalStream().write(byteArrayOf(1))
            server.acceptBidirectionalStream().shouldNotBeNull()
            server.acceptUnidirectionalStream().shouldNotBeNull()
            val report = this.server.shutdown(Duration.ofMillis(100))
            report.isClean shouldBe false
            val cut = report.cutOff.single()
            cut.path shouldBe "/room?x=1"
            cut.sessionId shouldBe server.id
            cut.connectionId shouldBe server.connection.id
            cut.openStreams shouldBe 2
            client.awaitClosed() shouldBe CloseInfo.NORMAL
        }

        peersContract("shutdown of a client waits for its sessions with their streams, and lets it ask for nothing more") {
            val (client, server) = sessions()
            val stopping = async { this@peersContract.client.shutdown(LONG) }
            server.awaitDraining()
            client.state.value shouldBe SessionState.DRAINING
            server.createUnidirectionalStream().run {
                write("the last".encodeToByteArray())
                finish()
            }
            client
                .acceptUnidirectionalStream()
                .shouldNotBeNull()
                .readAll(10)
                .decodeToString() shouldBe "the last"
            stopping.isActive shouldBe true
            server.close(CloseInfo.of(1))
            stopping.await().isClean shouldBe true
            shouldThrow<IllegalStateException> { this@peersContract.client.connect(url()) }
        }

        peersContract("shutdown waits for a request that is being answered, and for the session that comes of it") {
            val opening = async { client.connect(url("/late")) }
            val request = server.acceptRequest().shouldNotBeNull()
            val stopping = async(start = CoroutineStart.UNDISPATCHED) { server.shutdown(LONG) }
            delay(50)
            val accepted = request.accept()
            val session = opening.await()
            session.awaitDraining()
            stopping.isActive shouldBe true
            session.close(CloseInfo.of(2))
            stopping.await().isClean shouldBe true
            accepted.awaitClosed() shouldBe CloseInfo.of(2)
        }

        peersContract("the content of a rejection arrives, all that is allowed of it, and more is refused") {
            val page = ByteArray(SessionRequest.MAX_BODY_BYTES) { (it % 251).toByte() }
            val rejecting =
                async {
                    val type = Headers.builder().add("content-type", "text/plain").build()
                    val request = server.acceptRequest().shouldNotBeNull()
                    shouldThrow<IllegalArgumentException> { request.reject(404, type, ByteArray(page.size + 1)) }
                    shouldThrow<IllegalArgumentException> { request.reject(304, Headers.EMPTY, byteArrayOf(1)) }
                    request.reject(404, type, "no such room".encodeToByteArray())
                    server.acceptRequest().shouldNotBeNull().reject(503, Headers.EMPTY, page)
                    server.acceptRequest().shouldNotBeNull().reject(403)
                }
            val first = shouldThrow<SessionRejectedException> { client.connect(url()) }
            first.status() shouldBe 404
            first.headers().first("content-type").get() shouldBe "text/plain"
            first.body().decodeToString() shouldBe "no such room"
            val second = shouldThrow<SessionRejectedException> { client.connect(url()) }
            second.status() shouldBe 503
            second.body() shouldBe page
            shouldThrow<SessionRejectedException> { client.connect(url()) }.body().toList() shouldHaveSize 0
            rejecting.await()
        }
    }

    private suspend fun WebTransportSession.send(bytes: ByteArray) {
        createUnidirectionalStream().run {
            write(bytes)
            finish()
        }
    }

    /** At a pace at which the other end has long finished. */
    private suspend fun readSlowly(stream: ReceiveStream): ByteArray {
        val all = ByteArrayOutputStream()
        val buffer = ByteBuffer.allocate(64 shl 10)
        while (stream.read(buffer.cleared()) >= 0) {
            all.write(buffer.array(), 0, buffer.position())
            delay(5)
        }
        return all.toByteArray()
    }

    private companion object {
        /** Longer than anything takes here that ends. */
        val LONG: Duration = Duration.ofSeconds(40)
    }
}
