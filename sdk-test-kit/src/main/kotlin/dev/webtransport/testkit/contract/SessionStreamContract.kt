package dev.webtransport.testkit.contract

import dev.webtransport.config.DatagramConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.StreamOptions
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.error.StreamLimitException
import dev.webtransport.error.StreamResetException
import dev.webtransport.error.StreamStoppedException
import dev.webtransport.error.WebTransportException
import dev.webtransport.session.BidirectionalStream
import dev.webtransport.session.readAll
import dev.webtransport.session.readExactly
import dev.webtransport.session.readLine
import dev.webtransport.session.readUntil
import dev.webtransport.session.use
import dev.webtransport.session.writeAll
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportCapability
import dev.webtransport.value.DatagramStatus
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import java.io.EOFException
import java.nio.ByteBuffer
import java.util.Random
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds

/**
 * What the streams and datagrams of a session promise, whatever the transport.
 *
 * ```
 * class MySessionStreamSpec : SessionStreamContract(SocketWorld("my engine") { MyTransport() })
 * ```
 */
public abstract class SessionStreamContract(world: ContractWorld<QuicTransport>) : SessionSuite(world) {
    init {

        peersContract("a bidirectional stream carries bytes both ways, and each half ends by itself") {
            val (client, server) = sessions()
            val stream = client.createBidirectionalStream()
            stream.send.write("hello".encodeToByteArray())
            stream.send.finish()
            val accepted = server.acceptBidirectionalStream().shouldNotBeNull()
            text(accepted.receive.readAll(100)) shouldBe "hello"
            accepted.send.write("and back".encodeToByteArray())
            accepted.send.finish()
            text(stream.receive.readAll(100)) shouldBe "and back"
            accepted.id shouldBe stream.id
        }

        peersContract("a unidirectional stream of either end arrives at the other") {
            val (client, server) = sessions()
            client.createUnidirectionalStream().run {
                write("up".encodeToByteArray())
                finish()
            }
            text(server.acceptUnidirectionalStream().shouldNotBeNull().readAll(10)) shouldBe "up"
            server.createUnidirectionalStream().run {
                write("down".encodeToByteArray())
                finish()
            }
            text(client.acceptUnidirectionalStream().shouldNotBeNull().readAll(10)) shouldBe "down"
        }

        peersContract("a server opens a bidirectional stream, and the client answers on it") {
            val (client, server) = sessions()
            val pushed = server.createBidirectionalStream()
            pushed.send.write("ping".encodeToByteArray())
            pushed.send.finish()
            val seen = client.acceptBidirectionalStream().shouldNotBeNull()
            text(seen.receive.readAll(10)) shouldBe "ping"
            seen.send.write("pong".encodeToByteArray())
            seen.send.finish()
            text(pushed.receive.readAll(10)) shouldBe "pong"
        }

        peersContract("an empty stream arrives as an empty stream") {
            val (client, server) = sessions()
            client.createUnidirectionalStream().finish()
            server
                .acceptUnidirectionalStream()
                .shouldNotBeNull()
                .readAll(10)
                .size shouldBe 0
        }

        peersContract("the end of a stream is told again and again") {
            val (client, server) = sessions()
            client.createUnidirectionalStream().finish()
            val stream = server.acceptUnidirectionalStream().shouldNotBeNull()
            repeat(3) { stream.read(ByteBuffer.allocate(8)) shouldBe -1 }
        }

        listOf(0L, 1L, 29L, 30L, 255L, 0xffff_ffffL).forEach { code ->
            peersContract("a reset with code $code reaches the reader with that code, and the session lives") {
                val (client, server) = sessions()
                val stream = client.createBidirectionalStream()
                stream.send.write(byteArrayOf(1))
                val accepted = server.acceptBidirectionalStream().shouldNotBeNull()
                accepted.receive.read(ByteBuffer.allocate(1)) shouldBe 1
                stream.send.reset(code)
                val failure = shouldThrow<StreamResetException> { accepted.receive.read(ByteBuffer.allocate(1)) }
                failure.errorCode shouldBe code
                failure.sessionGone() shouldBe false
                accepted.send.write(byteArrayOf(2))
                stream.receive.read(ByteBuffer.allocate(1)) shouldBe 1
            }
        }

        peersContract("leaving a stream without finish resets it, so that cut data never looks whole") {
            val (client, server) = sessions()
            val stream = client.createUnidirectionalStream()
            val accepted =
                stream.use(errorCode = 7) {
                    it.write(ByteArray(10))
                    // Without RESET_STREAM_AT a reset may overtake the preamble, and the stream then never shows.
                    server.acceptUnidirectionalStream().shouldNotBeNull()
                }
            val failure = shouldThrow<StreamResetException> { accepted.readAll(100) }
            failure.errorCode shouldBe 7
        }

        peersContract("STOP_SENDING fails the writer with its code where the engine can tell it, else with none") {
            val (client, server) = sessions()
            val stream = client.createBidirectionalStream()
            stream.send.write(byteArrayOf(1))
            val accepted = server.acceptBidirectionalStream().shouldNotBeNull()
            accepted.receive.stopSending(52)
            val failure =
                shouldThrow<StreamStoppedException> {
                    while (true) {
                        stream.send.write(ByteArray(1000))
                        yield()
                    }
                }
            failure.errorCode shouldBe if (TransportCapability.PEER_STOP_CODE in capabilities) 52L else null
        }

        contract("streams that are over before anybody accepts them are all there, however few may be open at once") {
            peers(server = {
                quic(
                    QuicConfig
                        .builder()
                        .maxIncomingUnidirectionalStreams(16)
                        .maxIncomingBidirectionalStreams(16)
                        .build(),
                )
            }) {
                val (client, server) = sessions()
                val writing = List(200) {
                    async {
                        val sending = if (it % 2 == 0) client.createUnidirectionalStream() else client.createBidirectionalStream().send
                        sending.write(byteArrayOf(it.toByte()))
                        sending.finish()
                    }
                }
                // As many as come through while nobody accepts.
                withTimeoutOrNull(AT_FIRST) { writing.awaitAll() }
                val oneWay = async {
                    List(100) {
                        server
                            .acceptUnidirectionalStream()
                            .shouldNotBeNull()
                            .readAll(2)
                            .single()
                    }
                }
                val bothWays = List(100) {
                    val accepted = server.acceptBidirectionalStream().shouldNotBeNull()
                    // Whole only then, so that another may be opened.
                    accepted.send.finish()
                    accepted.receive.readAll(2).single()
                }
                (oneWay.await() + bothWays).sorted() shouldBe List(200) { it.toByte() }.sorted()
                writing.awaitAll()
            }
        }

        contract("who accepts none of the streams that are over already hears of the end of their connection nevertheless") {
            peers(server = { quic(QuicConfig.builder().maxIncomingUnidirectionalStreams(4).build()) }) {
                val (client, server) = sessions()
                val writing = List(100) {
                    launch {
                        runCatching {
                            val sending = client.createUnidirectionalStream()
                            sending.write(byteArrayOf(1))
                            sending.finish()
                        }
                    }
                }
                withTimeoutOrNull(AT_FIRST) { writing.joinAll() }
                // Says nothing about sessions: only the connection tells.
                client.connection.close(Http3ErrorCode.H3_INTERNAL_ERROR, "it broke")
                shouldThrow<WebTransportException> { server.awaitClosed() }
                server.connection.awaitClosed()
                writing.joinAll()
            }
        }

        contract("STOP_SENDING wakes a writer that is suspended for lack of credit") {
            peers(server = {
                quic(
                    QuicConfig
                        .builder()
                        .maxStreamData(2000)
                        .maxData(100_000)
                        .build(),
                )
            }) {
                val (client, server) = sessions()
                val stream = client.createUnidirectionalStream()
                val writing = async { runCatching { stream.write(ByteArray(10_000_000)) } }
                server.acceptUnidirectionalStream().shouldNotBeNull().stopSending(9)
                (writing.await().exceptionOrNull() is StreamStoppedException) shouldBe true
            }
        }

        peersContract("the peer's wish to stop can be waited for without writing") {
            val (client, server) = sessions()
            val stream = client.createUnidirectionalStream()
            stream.write(byteArrayOf(1))
            val stopped = async { stream.awaitStopped() }
            server.acceptUnidirectionalStream().shouldNotBeNull().stopSending(11)
            stopped.await() shouldBe if (TransportCapability.PEER_STOP_CODE in capabilities) 11L else null
        }

        contract("a reader who stops makes the writer suspend, and everything arrives after it wakes") {
            val size = 1 shl 20
            peers(
                server = {
                    quic(
                        QuicConfig
                            .builder()
                            .maxData(64 shl 10)
                            .maxStreamData(32 shl 10)
                            .receiveBufferSize(4096)
                            .build(),
                    )
                },
                client = { quic(QuicConfig.builder().sendBufferSize(8192).build()) },
            ) {
                val data = ByteArray(size).also { Random(4).nextBytes(it) }
                val (client, server) = sessions()
                val stream = client.createUnidirectionalStream()
                val written = AtomicInteger()
                val writing =
                    launch {
                        while (written.get() < size) {
                            val count = minOf(1000, size - written.get())
                            stream.write(ByteBuffer.wrap(data, written.get(), count))
                            written.addAndGet(count)
                        }
                        stream.finish()
                    }
                val accepted = server.acceptUnidirectionalStream().shouldNotBeNull()
                // Another stream goes on meanwhile: the whole way there and back many times.
                repeat(50) {
                    val other = client.createBidirectionalStream()
                    other.send.write(byteArrayOf(it.toByte()))
                    val seen = server.acceptBidirectionalStream().shouldNotBeNull()
                    seen.receive.read(ByteBuffer.allocate(1)) shouldBe 1
                    seen.use { }
                    other.use { }
                }
                writing.isActive shouldBe true
                written.get() shouldBeLessThan 200_000
                accepted.readAll(size) shouldBe data
                writing.join()
            }
        }

        peersContract("a cancelled read loses no byte, and a cancelled accept no stream") {
            val (client, server) = sessions()
            val accepted = mutableListOf<BidirectionalStream>()
            val streams = List(50) { i ->
                // Cancelled before, while or after the stream arrives.
                val accepting = launch(start = CoroutineStart.UNDISPATCHED) { accepted += checkNotNull(server.acceptBidirectionalStream()) }
                val stream = client.createBidirectionalStream()
                stream.send.write(byteArrayOf(1))
                repeat(i % 8) { yield() }
                accepting.cancelAndJoin()
                stream
            }
            while (accepted.size < 50) accepted += server.acceptBidirectionalStream().shouldNotBeNull()
            val stream = streams.first()
            val seen = accepted.single { it.id == stream.id }
            val got = ByteBuffer.allocate(101)
            repeat(100) { i ->
                val reading = launch(start = CoroutineStart.UNDISPATCHED) { seen.receive.read(got) }
                stream.send.write(byteArrayOf(i.toByte()))
                repeat(i % 8) { yield() }
                reading.cancelAndJoin()
            }
            while (got.hasRemaining()) seen.receive.read(got)
            got.array() shouldBe byteArrayOf(1) + ByteArray(100) { it.toByte() }
        }

        contract("a finish that is cancelled finishes the stream nevertheless") {
            val size = 200_000
            peers(
                server = {
                    quic(
                        QuicConfig
                            .builder()
                            .maxData(16_384)
                            .receiveBufferSize(4096)
                            .build(),
                    )
                },
            ) {
                val (client, server) = sessions()
                val stream = client.createUnidirectionalStream()
                val data = ByteArray(size).also { Random(6).nextBytes(it) }
                stream.write(data)
                // Nobody reads yet, so that there is something to wait for.
                val finishing = launch(start = CoroutineStart.UNDISPATCHED) { stream.finish() }
                finishing.cancelAndJoin()
                shouldThrow<IllegalStateException> { stream.write(byteArrayOf(1)) }
                server.acceptUnidirectionalStream().shouldNotBeNull().readAll(size) shouldBe data
                stream.finish()
                while (client.statistics().streamsClosed() == 0L) delay(10)
            }
        }

        peersContract("whole pieces are read however the network cuts them, and each read goes on where the one before stopped") {
            val (client, server) = sessions()
            val stream = client.createUnidirectionalStream()
            val data = ByteArray(100_000).also { Random(5).nextBytes(it) }
            val writing =
                launch {
                    stream.write("one\r\ntwo;;".encodeToByteArray())
                    stream.writeAll(data, chunkSize = 999)
                    stream.writeAll(flowOf("last ".encodeToByteArray(), "line".encodeToByteArray()))
                    stream.finish()
                }
            val accepted = server.acceptUnidirectionalStream().shouldNotBeNull()
            accepted.readLine(100) shouldBe "one"
            text(accepted.readUntil(";;".encodeToByteArray(), 100).shouldNotBeNull()) shouldBe "two;;"
            accepted.readExactly(data.size) shouldBe data
            accepted.readLine(100) shouldBe "last line"
            accepted.readLine(100) shouldBe null
            writing.join()
        }

        peersContract("a limit, an early end and a cancellation leave every byte for the next read") {
            val (client, server) = sessions()
            val stream = client.createBidirectionalStream()
            stream.send.write("01234".encodeToByteArray())
            val accepted = server.acceptBidirectionalStream().shouldNotBeNull().receive
            shouldThrow<IllegalStateException> { accepted.readUntil("|".encodeToByteArray(), 5) }
            val reading = launch(start = CoroutineStart.UNDISPATCHED) { accepted.readExactly(6) }
            reading.cancel()
            reading.join()
            stream.send.write("56789".encodeToByteArray())
            stream.send.finish()
            shouldThrow<IllegalStateException> { accepted.readAll(9) }
            shouldThrow<EOFException> { accepted.readExactly(11) }
            text(accepted.readAll(10)) shouldBe "0123456789"
        }

        peersContract("a reader who looks for a separator that never comes holds little, and makes the writer suspend") {
            val (client, server) = sessions()
            val stream = client.createUnidirectionalStream()
            val size = 4 shl 20
            val writing =
                launch {
                    stream.writeAll(ByteArray(size))
                    stream.finish()
                }
            val accepted = server.acceptUnidirectionalStream().shouldNotBeNull()
            shouldThrow<IllegalStateException> { accepted.readUntil(byteArrayOf(1), 1024) }
            accepted.peek(0).remaining() shouldBeLessThan 1025 + (16 shl 10)
            accepted.readAll(size).size shouldBe size
            writing.join()
        }

        contract("no credit for a stream: who does not wait gets an error, who waits gets a stream later") {
            peers(server = { quic(QuicConfig.builder().maxIncomingUnidirectionalStreams(4).build()) }) {
                val (client, server) = sessions()
                // HTTP/3's control stream is one of the four.
                val streams = List(3) { client.createUnidirectionalStream().also { it.write(byteArrayOf(1)) } }
                shouldThrow<StreamLimitException> { client.createUnidirectionalStream(StreamOptions.defaults().withoutWaiting()) }
                val waiting = async { client.createUnidirectionalStream() }
                val given = launch(start = CoroutineStart.UNDISPATCHED) { client.createUnidirectionalStream() }
                given.cancel()
                given.join()
                // Streams come in the order in which their preambles do: which is the first is told by its id.
                val accepted = List(3) { server.acceptUnidirectionalStream().shouldNotBeNull() }
                streams.first().finish()
                accepted
                    .single { it.id == streams.first().id }
                    .readAll(10)
                    .size shouldBe 1
                waiting.await().run {
                    write("late".encodeToByteArray())
                    finish()
                }
            }
        }

        peersContract("thousands of streams one after another leave nothing behind") {
            val (client, server) = sessions()
            val echo =
                launch {
                    server.incomingBidirectionalStreams.collect { stream ->
                        val data = stream.receive.readAll(100)
                        stream.send.write(data)
                        stream.send.finish()
                    }
                }
            repeat(5_000) {
                val stream = client.createBidirectionalStream()
                stream.send.write(ByteArray(64) { i -> (it + i).toByte() })
                stream.send.finish()
                stream.receive.readAll(64) shouldBe ByteArray(64) { i -> (it + i).toByte() }
            }
            client.close()
            echo.join()
        }

        peersContract("a datagram of either end arrives, the empty one too", capable(TransportCapability.DATAGRAMS)) {
            val (client, server) = sessions()
            client.datagrams.send("up".encodeToByteArray()) shouldBe DatagramStatus.SENT
            text(server.datagrams.receive().shouldNotBeNull()) shouldBe "up"
            server.datagrams.send(ByteArray(0)) shouldBe DatagramStatus.SENT
            client.datagrams.incoming
                .first()
                .size shouldBe 0
        }

        peersContract("the largest datagram arrives, a larger one is refused", capable(TransportCapability.DATAGRAMS)) {
            val (client, server) = sessions()
            val max = client.datagrams.maxDatagramSize
            client.datagrams.send(ByteArray(max + 1)) shouldBe DatagramStatus.TOO_LARGE
            client.datagrams.send(ByteArray(max)) shouldBe DatagramStatus.SENT
            server.datagrams
                .receive()
                .shouldNotBeNull()
                .size shouldBe max
        }

        contract("datagrams nobody reads stay within their bound, and streams go on", capable(TransportCapability.DATAGRAMS)) {
            peers(
                server = {
                    quic(QuicConfig.builder().datagrams(DatagramConfig.builder().incomingMaxBufferedDatagrams(4).build()).build())
                },
            ) {
                val (client, server) = sessions()
                repeat(100) { client.datagrams.send(byteArrayOf(it.toByte())) }
                val stream = client.createUnidirectionalStream()
                stream.finish()
                server.acceptUnidirectionalStream().shouldNotBeNull().readAll(1)
                server.datagrams.receive().shouldNotBeNull()
            }
        }
    }

    private fun text(bytes: ByteArray) = bytes.decodeToString()

    private companion object {
        val AT_FIRST = 200.milliseconds
    }
}
