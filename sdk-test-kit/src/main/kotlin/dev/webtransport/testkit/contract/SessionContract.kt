package dev.webtransport.testkit.contract

import dev.webtransport.config.Http3Config
import dev.webtransport.config.OriginPolicy
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.SessionOptions
import dev.webtransport.config.WebTransportDraft
import dev.webtransport.error.RequirementsNotMetException
import dev.webtransport.error.SessionClosedException
import dev.webtransport.error.SessionException
import dev.webtransport.error.SessionRejectedException
import dev.webtransport.error.SessionTimedOutException
import dev.webtransport.error.StreamResetException
import dev.webtransport.error.StreamStoppedException
import dev.webtransport.server.Router
import dev.webtransport.server.authInterceptor
import dev.webtransport.session.SessionState
import dev.webtransport.session.readAll
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportCapability
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Headers
import dev.webtransport.value.Initiator
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldNotBeSameInstanceAs
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import java.nio.ByteBuffer
import java.time.Duration

/**
 * What sessions promise from request to end, whatever the transport: the whole of HTTP/3 and WebTransport runs over it.
 *
 * ```
 * class MySessionSpec : SessionContract(SocketWorld("my engine") { MyTransport() })
 * ```
 */
public abstract class SessionContract(world: ContractWorld<QuicTransport>) : SessionSuite(world) {
    init {
        peersContract("code and reason of the client's close arrive at the server, and every call tells them") {
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

        peersContract("code and reason of the server's close arrive at the client, 1,024 bytes of it") {
            val (client, server) = sessions()
            val reason = "é".repeat(512)
            server.close(CloseInfo.of(CloseInfo.MAX_CODE, reason))
            client.awaitClosed() shouldBe CloseInfo.of(CloseInfo.MAX_CODE, reason)
        }

        peersContract("the first close wins, later ones only wait") {
            val (client, server) = sessions()
            client.close(CloseInfo.of(1, "first"))
            client.close(CloseInfo.of(2, "second"))
            client.awaitClosed() shouldBe CloseInfo.of(1, "first")
            server.awaitClosed() shouldBe CloseInfo.of(1, "first")
        }

        peersContract("a close with code 0 completes what waits for streams, another code fails it") {
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

        contract("reads and writes that wait when the session ends tell how it ended") {
            peers(server = { quic(QuicConfig.builder().maxStreamData(2000).build()) }) {
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

                        is StreamStoppedException -> (failure.sessionGone() || TransportCapability.PEER_STOP_CODE !in capabilities) shouldBe
                            true

                        else -> throw AssertionError("expected the end of the session, got $failure")
                    }
                }
            }
        }

        peersContract("drain is a hint: the peer hears it, and streams go on") {
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

        peersContract("a client that is closed closes its sessions, and a server likewise") {
            val (client, server) = sessions()
            this.client.close()
            server.awaitClosed() shouldBe CloseInfo.NORMAL
            client.awaitClosed() shouldBe CloseInfo.NORMAL
            shouldThrow<IllegalStateException> { this.client.connect(url()) }
        }

        contract("a silent session outlives the idle timeout where one end keeps the connection alive") {
            val short = QuicConfig
                .builder()
                .idleTimeout(Duration.ofMillis(800))
                .keepAliveInterval(null)
                .build()
            val alive = short.toBuilder().keepAliveInterval(Duration.ofMillis(100)).build()
            peers(client = { quic(alive) }, server = { quic(short) }) {
                val (client, server) = sessions()
                // Three times the timeout: silence is what is tested here.
                withTimeoutOrNull(2_400) { client.awaitClosed() }.shouldBeNull()
                client.close(CloseInfo.of(6, "still here"))
                server.awaitClosed() shouldBe CloseInfo.of(6, "still here")
            }
        }

        contract("a silent session is lost after the idle timeout where nobody keeps the connection alive") {
            val short = QuicConfig
                .builder()
                .idleTimeout(Duration.ofMillis(300))
                .keepAliveInterval(null)
                .build()
            peers(client = { quic(short) }, server = { quic(short) }) {
                val (client, server) = sessions()
                shouldThrow<SessionTimedOutException> { client.awaitClosed() }
                shouldThrow<SessionTimedOutException> { server.acceptBidirectionalStream() }
            }
        }

        peersContract("shutdown tells the clients, waits for their sessions, and then ends") {
            val (client, server) = sessions()
            val stopping = async { this@peersContract.server.shutdown(Duration.ofSeconds(20)) }
            client.awaitDraining()
            val stream = client.createBidirectionalStream()
            stream.send.write(byteArrayOf(1))
            server.acceptBidirectionalStream().shouldNotBeNull()
            stopping.isActive shouldBe true
            client.close(CloseInfo.of(3, "done"))
            stopping.await()
            server.awaitClosed() shouldBe CloseInfo.of(3, "done")
        }

        peersContract("shutdown cuts off after its grace what did not end") {
            val (client, _) = sessions()
            server.shutdown(Duration.ofMillis(50))
            client.awaitClosed() shouldBe CloseInfo.NORMAL
        }

        peersContract("path, query, headers and subprotocols arrive, and so does the answer") {
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

        peersContract("a rejection tells status and headers, and the next request may succeed") {
            val rejecting =
                async { server.acceptRequest().shouldNotBeNull().reject(429, Headers.builder().add("retry-after", "5").build()) }
            val failure = shouldThrow<SessionRejectedException> { client.connect(url()) }
            failure.status() shouldBe 429
            failure.headers().first("retry-after").get() shouldBe "5"
            rejecting.await()
            sessions()
        }

        peersContract("a handler that answers nothing rejects with 405, one that fails with 500") {
            val serving = launch { server.serve { request -> if (request.path == "/fail") error("the handler fails on purpose") } }
            shouldThrow<SessionRejectedException> { client.connect(url("/none")) }.status() shouldBe 405
            shouldThrow<SessionRejectedException> { client.connect(url("/fail")) }.status() shouldBe 500
            serving.cancel()
        }

        peersContract("a router leads by path, past interceptors whose rejection arrives with its headers") {
            val router = Router()
                .intercept(authInterceptor { it.first("x-token").orElse("") == "right" })
                .route("/rooms/{room}") { request ->
                    val room = request.pathParameters.getValue("room")
                    request.accept(null, Headers.builder().add("x-room", room).build()).awaitClosed()
                }
            val serving = launch { server.serve(router) }
            val right = SessionOptions.builder().headers(Headers.builder().add("x-token", "right").build()).build()
            val refused = shouldThrow<SessionRejectedException> { client.connect(url("/rooms/7")) }
            refused.status() shouldBe 401
            refused.headers().first("www-authenticate").get() shouldBe "Bearer"
            shouldThrow<SessionRejectedException> { client.connect(url("/halls/7"), right) }.status() shouldBe 405
            val session = client.connect(url("/rooms/a%2Fb?x=1"), right)
            session.responseHeaders.first("x-room").get() shouldBe "a/b"
            server.sessions.map { it.path } shouldContainExactly listOf("/rooms/a%2Fb?x=1")
            session.close()
            serving.cancel()
        }

        contract("the origin of a web page is checked before the application sees the request") {
            peers(server = { originPolicy(OriginPolicy.of(setOf("https://good.example"))) }) {
                fun from(origin: String) = SessionOptions.builder().origin(origin).build()
                shouldThrow<SessionRejectedException> { client.connect(url(), from("https://evil.example")) }.status() shouldBe 403
                val accepted = async { server.acceptRequest().shouldNotBeNull().accept() }
                client.connect(url(), from("https://good.example"))
                accepted.await()
            }
        }

        WebTransportDraft.values().forEach { draft ->
            contract("a server of every draft and a client of ${draft.label()} only agree on that") {
                peers(client = { http3(Http3Config.builder().drafts(setOf(draft)).build()) }) {
                    val (client, server) = sessions()
                    client.connection.draft shouldBe draft
                    server.connection.draft shouldBe draft
                    client.close(CloseInfo.of(4, "agreed"))
                    server.awaitClosed() shouldBe CloseInfo.of(4, "agreed")
                }
            }
        }

        contract("ends without a common draft say so") {
            peers(
                client = { http3(Http3Config.builder().drafts(setOf(WebTransportDraft.DRAFT_15)).build()) },
                server = { http3(Http3Config.builder().drafts(setOf(WebTransportDraft.DRAFT_02)).build()) },
            ) {
                shouldThrow<RequirementsNotMetException> { client.connect(url()) }.message.orEmpty() shouldContain "draft"
            }
        }

        contract("several sessions share a connection where the draft permits, one where it does not") {
            peers(client = { http3(Http3Config.builder().drafts(setOf(WebTransportDraft.DRAFT_02)).build()) }) {
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
            peers {
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

        peersContract("a connection that ends under a session fails it as lost, and waiting calls with it") {
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
