package dev.webtransport.session

import dev.webtransport.config.DatagramConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.StreamOptions
import dev.webtransport.error.StreamLimitException
import dev.webtransport.error.StreamResetException
import dev.webtransport.error.StreamStoppedException
import dev.webtransport.value.DatagramStatus
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import java.nio.ByteBuffer
import java.util.Random

/** What the streams and datagrams of a session promise, whatever the transport. */
abstract class SessionStreamContract(world: SessionWorld) : FunSpec({

    fun text(bytes: ByteArray) = bytes.decodeToString()

    context("streams over ${world.name}") {
        test("a bidirectional stream carries bytes both ways, and each half ends by itself") {
            world.run {
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
        }

        test("a unidirectional stream of either end arrives at the other") {
            world.run {
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
        }

        test("a server opens a bidirectional stream, and the client answers on it") {
            world.run {
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
        }

        test("an empty stream arrives as an empty stream") {
            world.run {
                val (client, server) = sessions()
                client.createUnidirectionalStream().finish()
                server
                    .acceptUnidirectionalStream()
                    .shouldNotBeNull()
                    .readAll(10)
                    .size shouldBe 0
            }
        }

        test("the end of a stream is told again and again") {
            world.run {
                val (client, server) = sessions()
                client.createUnidirectionalStream().finish()
                val stream = server.acceptUnidirectionalStream().shouldNotBeNull()
                repeat(3) { stream.read(ByteBuffer.allocate(8)) shouldBe -1 }
            }
        }

        listOf(0L, 1L, 29L, 30L, 255L, 0xffff_ffffL).forEach { code ->
            test("a reset with code $code reaches the reader with that code, and the session lives") {
                world.run {
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
        }

        test("leaving a stream without finish resets it, so that cut data never looks whole") {
            world.run {
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
        }

        test("STOP_SENDING fails the writer with its code where the engine can tell it, else with none") {
            world.run {
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
                failure.errorCode shouldBe if (world.tellsStopCodes) 52L else null
            }
        }

        test("STOP_SENDING wakes a writer that is suspended for lack of credit") {
            world.run(server = {
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

        test("the peer's wish to stop can be waited for without writing") {
            world.run {
                val (client, server) = sessions()
                val stream = client.createUnidirectionalStream()
                stream.write(byteArrayOf(1))
                val stopped = async { stream.awaitStopped() }
                server.acceptUnidirectionalStream().shouldNotBeNull().stopSending(11)
                stopped.await() shouldBe if (world.tellsStopCodes) 11L else null
            }
        }

        test("a reader who stops makes the writer suspend, and everything arrives after it wakes") {
            val size = 1 shl 20
            world.run(
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
                val source = ByteBuffer.wrap(data)
                val writing =
                    launch {
                        while (source.hasRemaining()) {
                            stream.write(source.slice(source.position(), minOf(1000, source.remaining())))
                            source.position(source.position() + minOf(1000, source.remaining()))
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
                (source.position() < 200_000) shouldBe true
                accepted.readAll(size) shouldBe data
                writing.join()
            }
        }

        test("a cancelled read loses no byte, and a cancelled accept no stream") {
            world.run {
                val (client, server) = sessions()
                val accepting = launch(start = CoroutineStart.UNDISPATCHED) { server.acceptBidirectionalStream() }
                accepting.cancel()
                accepting.join()
                val stream = client.createBidirectionalStream()
                stream.send.write(byteArrayOf(1))
                val accepted = server.acceptBidirectionalStream().shouldNotBeNull()
                accepted.receive.read(ByteBuffer.allocate(8)) shouldBe 1
                val reading = launch(start = CoroutineStart.UNDISPATCHED) { accepted.receive.read(ByteBuffer.allocate(8)) }
                reading.cancel()
                reading.join()
                stream.send.write(byteArrayOf(2, 3))
                stream.send.finish()
                accepted.receive.readAll(8) shouldBe byteArrayOf(2, 3)
            }
        }

        test("no credit for a stream: who does not wait gets an error, who waits gets a stream later") {
            world.run(server = { quic(QuicConfig.builder().maxIncomingUnidirectionalStreams(4).build()) }) {
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

        test("ten thousand streams one after another leave nothing behind") {
            world.run {
                val (client, server) = sessions()
                val echo =
                    launch {
                        server.incomingBidirectionalStreams.collect { stream ->
                            val data = stream.receive.readAll(100)
                            stream.send.write(data)
                            stream.send.finish()
                        }
                    }
                repeat(if (world.name == "loopback") 2_000 else 10_000) {
                    val stream = client.createBidirectionalStream()
                    stream.send.write(ByteArray(64) { i -> (it + i).toByte() })
                    stream.send.finish()
                    stream.receive.readAll(64) shouldBe ByteArray(64) { i -> (it + i).toByte() }
                }
                client.close()
                echo.join()
            }
        }
    }

    context("datagrams over ${world.name}") {
        test("a datagram of either end arrives, the empty one too") {
            world.run {
                val (client, server) = sessions()
                client.datagrams.send("up".encodeToByteArray()) shouldBe DatagramStatus.SENT
                text(server.datagrams.receive().shouldNotBeNull()) shouldBe "up"
                server.datagrams.send(ByteArray(0)) shouldBe DatagramStatus.SENT
                client.datagrams.incoming
                    .first()
                    .size shouldBe 0
            }
        }

        test("the largest datagram arrives, a larger one is refused") {
            world.run {
                val (client, server) = sessions()
                val max = client.datagrams.maxDatagramSize
                client.datagrams.send(ByteArray(max + 1)) shouldBe DatagramStatus.TOO_LARGE
                client.datagrams.send(ByteArray(max)) shouldBe DatagramStatus.SENT
                server.datagrams
                    .receive()
                    .shouldNotBeNull()
                    .size shouldBe max
            }
        }

        test("datagrams nobody reads stay within their bound, and streams go on") {
            world.run(
                server = {
                    quic(QuicConfig.builder().datagrams(DatagramConfig.builder().incomingQueueLength(4).build()).build())
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
})
