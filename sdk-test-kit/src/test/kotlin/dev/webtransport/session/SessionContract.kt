package dev.webtransport.session

import dev.webtransport.config.DatagramConfig
import dev.webtransport.config.Http3Config
import dev.webtransport.config.OriginPolicy
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.SessionOptions
import dev.webtransport.config.StreamOptions
import dev.webtransport.config.WebTransportDraft
import dev.webtransport.error.RequirementsNotMetException
import dev.webtransport.error.SessionClosedException
import dev.webtransport.error.SessionException
import dev.webtransport.error.SessionRejectedException
import dev.webtransport.error.StreamLimitException
import dev.webtransport.error.StreamResetException
import dev.webtransport.error.StreamStoppedException
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.DatagramStatus
import dev.webtransport.value.Headers
import dev.webtransport.value.Initiator
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldNotBeSameInstanceAs
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import java.nio.ByteBuffer
import java.time.Duration
import java.util.Random

/** What sessions, streams and datagrams promise, whatever the transport. */
abstract class SessionContract(world: SessionWorld) : FunSpec({

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
                streams.first().finish()
                server
                    .acceptUnidirectionalStream()
                    .shouldNotBeNull()
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

    context("the end of a session over ${world.name}") {
        test("code and reason of the client's close arrive at the server, and every call tells them") {
            world.run {
                val (client, server) = sessions()
                client.close(CloseInfo.of(77, "bye from the client"))
                server.awaitClosed() shouldBe CloseInfo.of(77, "bye from the client")
                client.awaitClosed() shouldBe CloseInfo.of(77, "bye from the client")
                val atServer = shouldThrow<SessionClosedException> { server.createBidirectionalStream() }
                atServer.closeInfo() shouldBe CloseInfo.of(77, "bye from the client")
                atServer.initiator() shouldBe Initiator.REMOTE
                val atClient = shouldThrow<SessionClosedException> { client.createUnidirectionalStream() }
                atClient.initiator() shouldBe Initiator.LOCAL
                val again = shouldThrow<SessionClosedException> { server.datagrams.send(ByteArray(1)) }
                again shouldNotBeSameInstanceAs atServer
                client.state.value shouldBe SessionState.CLOSED
            }
        }

        test("code and reason of the server's close arrive at the client, 1,024 bytes of it") {
            world.run {
                val (client, server) = sessions()
                val reason = "é".repeat(512)
                server.close(CloseInfo.of(CloseInfo.MAX_CODE, reason))
                client.awaitClosed() shouldBe CloseInfo.of(CloseInfo.MAX_CODE, reason)
            }
        }

        test("the first close wins, later ones only wait") {
            world.run {
                val (client, server) = sessions()
                client.close(CloseInfo.of(1, "first"))
                client.close(CloseInfo.of(2, "second"))
                client.awaitClosed() shouldBe CloseInfo.of(1, "first")
                server.awaitClosed() shouldBe CloseInfo.of(1, "first")
            }
        }

        test("a close with code 0 completes what waits for streams, another code fails it") {
            world.run {
                val (client, server) = sessions()
                val flow = async { server.incomingBidirectionalStreams.toList() }
                val accept = async { server.acceptUnidirectionalStream() }
                val datagram = async { server.datagrams.receive() }
                yield()
                client.close()
                flow.await() shouldHaveSize 0
                accept.await().shouldBeNull()
                datagram.await().shouldBeNull()
                server.acceptUnidirectionalStream().shouldBeNull()

                val (second, other) = sessions()
                second.close(CloseInfo.of(5, "broken"))
                shouldThrow<SessionClosedException> { other.incomingUnidirectionalStreams.toList() }.closeInfo().code() shouldBe 5
                // Who closed it gets no error for it.
                second.incomingUnidirectionalStreams.toList() shouldHaveSize 0
            }
        }

        test("reads and writes that wait when the session ends tell how it ended") {
            world.run(server = { quic(QuicConfig.builder().maxStreamData(2000).build()) }) {
                val (client, server) = sessions()
                val stream = client.createBidirectionalStream()
                val reading = async { runCatching { stream.receive.read(ByteBuffer.allocate(1)) } }
                val writing = async { runCatching { stream.send.write(ByteArray(5_000_000)) } }
                server.acceptBidirectionalStream().shouldNotBeNull()
                server.close(CloseInfo.of(9, "enough"))
                client.awaitClosed() shouldBe CloseInfo.of(9, "enough")
                listOf(reading, writing).forEach { call ->
                    when (val failure = call.await().exceptionOrNull()) {
                        is SessionClosedException -> failure.closeInfo() shouldBe CloseInfo.of(9, "enough")

                        // The stream's reset may overtake the close; then it says that the session is gone.
                        is StreamResetException -> failure.sessionGone() shouldBe true

                        is StreamStoppedException -> (failure.sessionGone() || !world.tellsStopCodes) shouldBe true

                        else -> throw AssertionError("expected the end of the session, got $failure")
                    }
                }
            }
        }

        test("drain is a hint: the peer hears it, and streams go on") {
            world.run {
                val (client, server) = sessions()
                val draining = async { client.awaitDraining() }
                server.drain()
                draining.await()
                client.state.value shouldBe SessionState.DRAINING
                client.createUnidirectionalStream().finish()
                server
                    .acceptUnidirectionalStream()
                    .shouldNotBeNull()
                    .readAll(1)
                    .size shouldBe 0
            }
        }

        test("a client that is closed closes its sessions, and a server likewise") {
            world.run {
                val (client, server) = sessions()
                this.client.close()
                server.awaitClosed() shouldBe CloseInfo.NORMAL
                client.awaitClosed() shouldBe CloseInfo.NORMAL
                shouldThrow<IllegalStateException> { this.client.connect(url()) }
            }
        }

        test("shutdown tells the clients, waits for their sessions, and then ends") {
            world.run {
                val (client, server) = sessions()
                val stopping = async { this@run.server.shutdown(Duration.ofSeconds(20)) }
                client.awaitDraining()
                val stream = client.createBidirectionalStream()
                stream.send.write(byteArrayOf(1))
                server.acceptBidirectionalStream().shouldNotBeNull()
                stopping.isActive shouldBe true
                client.close(CloseInfo.of(3, "done"))
                stopping.await()
                server.awaitClosed() shouldBe CloseInfo.of(3, "done")
            }
        }

        test("shutdown cuts off after its grace what did not end") {
            world.run {
                val (client, _) = sessions()
                server.shutdown(Duration.ofMillis(50))
                client.awaitClosed() shouldBe CloseInfo.NORMAL
            }
        }
    }

    context("session requests over ${world.name}") {
        test("path, query, headers and subprotocols arrive, and so does the answer") {
            world.run {
                val options =
                    SessionOptions
                        .builder()
                        .headers(Headers.builder().add("x-token", "abc").build())
                        .protocols(listOf("chat.v2", "chat.v1"))
                        .build()
                val answered =
                    async {
                        val request = server.acceptRequest().shouldNotBeNull()
                        request.path shouldBe "/room/7?name=%C3%A9"
                        request.headers.first("x-token").get() shouldBe "abc"
                        request.offeredProtocols shouldContainExactly listOf("chat.v2", "chat.v1")
                        request.origin.shouldBeNull()
                        request.accept("chat.v1", Headers.builder().add("x-server", "ours").build())
                    }
                val session = client.connect(url("/room/7?name=%C3%A9"), options)
                session.protocol shouldBe "chat.v1"
                session.responseHeaders.first("x-server").get() shouldBe "ours"
                session.path shouldBe "/room/7?name=%C3%A9"
                answered.await().protocol shouldBe "chat.v1"
            }
        }

        test("a rejection tells status and headers, and the next request may succeed") {
            world.run {
                val rejecting =
                    async { server.acceptRequest().shouldNotBeNull().reject(429, Headers.builder().add("retry-after", "5").build()) }
                val failure = shouldThrow<SessionRejectedException> { client.connect(url()) }
                failure.status() shouldBe 429
                failure.headers().first("retry-after").get() shouldBe "5"
                rejecting.await()
                sessions()
            }
        }

        test("a handler that answers nothing rejects with 405, one that fails with 500") {
            world.run {
                val serving = launch { server.serve { request -> if (request.path == "/fail") error("the handler fails on purpose") } }
                shouldThrow<SessionRejectedException> { client.connect(url("/none")) }.status() shouldBe 405
                shouldThrow<SessionRejectedException> { client.connect(url("/fail")) }.status() shouldBe 500
                serving.cancel()
            }
        }

        test("the origin of a web page is checked before the application sees the request") {
            world.run(server = { originPolicy(OriginPolicy.of(setOf("https://good.example"))) }) {
                fun from(origin: String) = SessionOptions.builder().origin(origin).build()
                shouldThrow<SessionRejectedException> { client.connect(url(), from("https://evil.example")) }.status() shouldBe 403
                val accepted = async { server.acceptRequest().shouldNotBeNull().accept() }
                client.connect(url(), from("https://good.example"))
                accepted.await()
            }
        }

        WebTransportDraft.values().forEach { draft ->
            test("a server of every draft and a client of ${draft.label()} only agree on that") {
                world.run(client = { http3(Http3Config.builder().drafts(setOf(draft)).build()) }) {
                    val (client, server) = sessions()
                    client.connection.draft shouldBe draft
                    server.connection.draft shouldBe draft
                    client.close(CloseInfo.of(4, "agreed"))
                    server.awaitClosed() shouldBe CloseInfo.of(4, "agreed")
                }
            }
        }

        test("ends without a common draft say so") {
            world.run(
                client = { http3(Http3Config.builder().drafts(setOf(WebTransportDraft.DRAFT_15)).build()) },
                server = { http3(Http3Config.builder().drafts(setOf(WebTransportDraft.DRAFT_02)).build()) },
            ) {
                shouldThrow<RequirementsNotMetException> { client.connect(url()) }.message.orEmpty() shouldContain "draft"
            }
        }

        test("several sessions share a connection where the draft permits, one where it does not") {
            world.run(client = { http3(Http3Config.builder().drafts(setOf(WebTransportDraft.DRAFT_02)).build()) }) {
                val connection = client.openConnection(url())
                val serving = launch {
                    server.serve { request ->
                        request.accept().incomingUnidirectionalStreams.collect { it.readAll(10) }
                    }
                }
                val first = connection.createSession("/a")
                val second = connection.createSession("/b")
                connection.sessions shouldContainExactly listOf(first, second)
                first.close()
                second.createUnidirectionalStream().finish()
                second.close()
                connection.close()
                serving.cancel()
            }
            world.run {
                val connection = client.openConnection(url())
                val serving = launch { server.serve { request -> request.accept().awaitClosed() } }
                val first = connection.createSession("/a")
                shouldThrow<RequirementsNotMetException> { connection.createSession("/b") }.message.orEmpty() shouldContain
                    "one session at a time"
                first.close()
                connection.createSession("/c").close()
                connection.close()
                serving.cancel()
            }
        }

        test("a connection that ends under a session fails it as lost, and waiting calls with it") {
            world.run {
                val (client, server) = sessions()
                val waiting = async { runCatching { server.acceptBidirectionalStream() } }
                yield()
                client.connection.close()
                // The client's connection closes its session in good order first.
                server.awaitClosed() shouldBe CloseInfo.NORMAL
                waiting.await().getOrThrow().shouldBeNull()
                shouldThrow<SessionException> { server.createUnidirectionalStream() }
            }
        }
    }
})
