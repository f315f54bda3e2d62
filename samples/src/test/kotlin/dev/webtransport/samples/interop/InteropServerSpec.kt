package dev.webtransport.samples.interop

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.ServerCertificateHash
import dev.webtransport.config.SessionOptions
import dev.webtransport.config.Trust
import dev.webtransport.error.SessionRejectedException
import dev.webtransport.error.StreamResetException
import dev.webtransport.samples.browser.LocalInteropServer
import dev.webtransport.samples.browser.can
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.session.use
import dev.webtransport.transport.QuicTransports
import dev.webtransport.transport.TransportCapability
import dev.webtransport.transport.TransportSpi
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Headers
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.core.spec.style.scopes.FunSpecContainerScope
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.nio.ByteBuffer

/** Each engine as a server against each as a client. */
@OptIn(TransportSpi::class)
class InteropServerSpec : FunSpec({
    for (serverEngine in QuicTransports.engines()) {
        for (clientEngine in QuicTransports.engines()) {
            context("a server on ${serverEngine.label()} and a client on ${clientEngine.label()}") {
                val server = LocalInteropServer.start(serverEngine)
                val trust = Trust.serverCertificateHashes(listOf(ServerCertificateHash.sha256(server.hash())))
                val tls = ClientTlsConfig.builder().trust(trust).build()
                val client = WebTransportClient(
                    ClientConfig
                        .builder()
                        .tls(tls)
                        .engine(clientEngine)
                        .build(),
                )
                try {
                    paths(server, client, clientEngine.can(TransportCapability.PEER_STOP_CODE))
                } finally {
                    client.close()
                    server.close()
                }
            }
        }
    }

    test("the client's first choice among the known subprotocols is taken") {
        InteropServer.chooseProtocol(listOf("x", "echo.v2", "echo.v1")) shouldBe "echo.v2"
        InteropServer.chooseProtocol(listOf("x")) shouldBe null
    }
})

/** What each path of the server does. */
private suspend fun FunSpecContainerScope.paths(server: LocalInteropServer, client: WebTransportClient, clientTellsStopCodes: Boolean) {
    suspend fun <T> on(path: String, options: SessionOptions = SessionOptions.defaults(), block: suspend (WebTransportSession) -> T): T {
        val session = client.connect(server.url() + path, options)
        try {
            return block(session)
        } finally {
            session.close()
        }
    }

    test("/echo sends each kind back, and the next session is told how it ended") {
        on("/echo?id=one") { session ->
            session.ask("hello") shouldBe "hello"
            session.createUnidirectionalStream().use {
                it.write("one way".toByteArray())
                it.finish()
            }
            session.nextText() shouldBe "one way"
            session.close(CloseInfo.of(77, "bye \"you\""))
        }
        on("/last-close?id=one") { it.nextText() shouldBe """{"code":77,"reason":"bye \"you\""}""" }
    }

    test("/echo hands a reset back as a reset") {
        on("/echo") { session ->
            val stream = session.createBidirectionalStream()
            stream.send.write("x".toByteArray())
            stream.receive.read(ByteBuffer.allocate(1)) shouldBe 1
            stream.send.reset(99)
            shouldThrow<StreamResetException> { stream.receive.readAll(LIMIT) }.errorCode shouldBe 99
        }
    }

    test("/last-close of a session that never was tells null") {
        on("/last-close?id=never") { it.nextText() shouldBe """{"code":null,"reason":null}""" }
    }

    test("/sink counts to the end, or to the number asked for while the client goes on") {
        on("/sink") { it.ask("12345") shouldBe "5" }
        on("/sink?bytes=3") { session ->
            val stream = session.createBidirectionalStream()
            stream.send.write("123".toByteArray())
            stream.receive.readAll(LIMIT).decodeToString() shouldBe "3"
            stream.send.write("more".toByteArray())
            stream.send.finish()
        }
    }

    test("/source sends as many bytes as asked for") {
        on("/source?bytes=1000000") { checkNotNull(it.acceptUnidirectionalStream()).readAll(1_000_000).size shouldBe 1_000_000 }
        on("/source?bytes=0") { it.nextText() shouldBe "" }
    }

    test("with when=asked a path begins when the client has opened a stream") {
        on("/push?bidi=0&uni=1&dgram=0&when=asked") { session ->
            session.createUnidirectionalStream().use { it.finish() }
            session.nextText() shouldBe "srv-uni-0"
        }
    }

    test("/push opens streams, sends datagrams and tells what was replied") {
        on("/push?bidi=1&uni=1&dgram=1") { session ->
            session.nextText() shouldBe "srv-uni-0"
            val stream = checkNotNull(session.acceptBidirectionalStream())
            stream.receive.readAll(LIMIT).decodeToString() shouldBe "srv-bidi-0"
            stream.send.write("well?".toByteArray())
            stream.send.finish()
            session.nextText() shouldBe """{"ev":"reply","data":"well?"}"""
        }
    }

    test("/close closes with code and reason") {
        on("/close?code=4294967295&reason=b%C3%A4h&after=0") { it.awaitClosed() shouldBe CloseInfo.of(4294967295, "bäh") }
    }

    test("/reset resets after some data") {
        on("/reset?code=51") { session ->
            val stream = session.createBidirectionalStream()
            stream.send.write("x".toByteArray())
            shouldThrow<StreamResetException> { stream.receive.readAll(LIMIT) }.errorCode shouldBe 51
        }
    }

    test("/stop asks to stop") {
        on("/stop?code=52") { session ->
            val stream = session.createBidirectionalStream()
            stream.send.write("x".toByteArray())
            stream.send.awaitStopped() shouldBe if (clientTellsStopCodes) 52L else null
        }
    }

    test("/observe tells how the client ends each half") {
        on("/observe") { session ->
            val stream = session.createBidirectionalStream()
            stream.send.write("x".toByteArray())
            stream.receive.read(ByteBuffer.allocate(LIMIT))
            stream.send.reset(42)
            session.nextText() shouldBe """{"ev":"recv-end","code":42}"""
            stream.receive.stopSending(43)
            val code = if (server.tellsStopCodes()) 43 else null
            session.nextText() shouldBe """{"ev":"send-end","code":$code}"""
        }
    }

    test("/headers tells fields and settings") {
        val options =
            SessionOptions
                .builder()
                .headers(Headers.of(mapOf("x-test" to "abc")))
                .protocols(listOf("unknown", "echo.v2"))
                .origin("https://example.com")
                .build()
        on("/headers", options) { session ->
            val told = session.nextText()
            told shouldContain "\"x-test\":\"abc\""
            told shouldContain "\"origin\":\"https://example.com\""
            told shouldContain "\"0x33\":1"
            session.protocol shouldBe "echo.v2"
        }
    }

    test("/drain asks to come to an end") {
        on("/drain") { it.awaitDraining() }
    }

    listOf(
        "/reject" to 403,
        "/reject?status=503" to 503,
        "/nothing" to 404,
        "/reject?status=200" to 400,
        "/source?bytes=-1" to 400,
        "/source?bytes=many" to 400,
        "/close?code=4294967296" to 400,
        "/source?bytes=" to 400,
        "/close?reason=${"x".repeat(1025)}" to 400,
        "/reset?code=-1" to 400,
        "/push?bidi=1000000" to 400,
        "/last-close" to 400,
        "/headers?when=never" to 400,
        "/echo?id=${"x".repeat(129)}" to 400,
    ).forEach { (path, status) ->
        test("${path.take(40)} is answered with $status") {
            shouldThrow<SessionRejectedException> { client.connect(server.url() + path) }.status() shouldBe status
        }
    }
}

private suspend fun WebTransportSession.nextText(): String = checkNotNull(acceptUnidirectionalStream()).readAll(LIMIT).decodeToString()

private suspend fun WebTransportSession.ask(text: String): String =
    createBidirectionalStream().use {
        it.send.write(text.toByteArray())
        it.send.finish()
        it.receive.readAll(LIMIT).decodeToString()
    }

private const val LIMIT = 1 shl 20
