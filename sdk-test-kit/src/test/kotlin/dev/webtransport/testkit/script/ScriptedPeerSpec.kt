package dev.webtransport.testkit.script

import dev.webtransport.codec.Http3FrameType
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerConfig
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.server.WebTransportServer
import dev.webtransport.testkit.LeakCheck
import dev.webtransport.testkit.certificate.TestCertificates
import dev.webtransport.testkit.loopback
import dev.webtransport.testkit.script.Http3Bytes.data
import dev.webtransport.testkit.script.Http3Bytes.frame
import dev.webtransport.testkit.script.Http3Bytes.hex
import dev.webtransport.testkit.script.Http3Bytes.varInt
import dev.webtransport.transport.QuicStreamStoppedException
import dev.webtransport.transport.QuicTransports
import dev.webtransport.value.Perspective
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.async
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import java.net.InetAddress
import java.net.InetSocketAddress
import java.util.Map.entry
import kotlin.time.Duration.Companion.seconds

/** Two scripted peers, one against the other: what each step does, and what it says when it fails. */
class ScriptedPeerSpec :
    StringSpec({
        "bytes are written as digits, with white space where it helps" {
            hex("00 0a\nFF") shouldBe byteArrayOf(0, 10, -1)
            shouldThrow<IllegalArgumentException> { hex("000") }.message shouldContain "half a byte"
            shouldThrow<IllegalArgumentException> { hex("0g") }.message shouldBe "'g' is no hexadecimal digit"
        }

        "bytes that are not the expected ones are shown, with what came then" {
            withPeers { client, server ->
                val sent = client.openUnidirectionalStream()
                sent.sendHex("000102")
                val received = server.acceptUnidirectionalStream()
                received.expectBytes(hex("00"))
                failureOf { received.expectBytes(hex("01ff")) } shouldBe
                    "stream 2 of the scripted server: expected 0x01ff (2 bytes), but there was 0x0102 (2 bytes)"
                sent.sendHex("03")
                sent.finish()
                failureOf { received.expectBytes(hex("0304")) } shouldContain "but there was 0x03 (1 byte) and then the clean end"
                failureOf { received.expectBytes(hex("04")) } shouldContain "but there was no byte and then the clean end"
                received.expectFinished()
            }
        }

        "silence is told as such, by the clock of the test" {
            withPeers { client, server ->
                failureOf { server.acceptUnidirectionalStream(timeout = 1.seconds) } shouldBe
                    "scripted server: expected a unidirectional stream, but there was nothing for 1s of virtual time"
                failureOf { client.receiveDatagram() } shouldContain "nothing for 1h of virtual time"
            }
        }

        "a frame is taken whole, and nothing behind it" {
            withPeers { client, server ->
                val sent = client.openBidirectionalStream()
                sent.send(data(hex("aabb")), hex("cc"))
                val received = server.acceptBidirectionalStream()
                received.expectFrame(Http3FrameType.DATA) shouldBe hex("aabb")
                received.expectBytes(hex("cc"))
                sent.send(data(hex("dd")))
                failureOf { received.expectFrame(Http3FrameType.HEADERS) } shouldContain
                    "expected a frame of type 0x1, but there was a frame of type 0x0 with 0xdd (1 byte)"
                sent.send(varInt(Http3FrameType.DATA), varInt(1L shl 40))
                failureOf { received.expectFrame(Http3FrameType.DATA) } shouldContain "a frame of 1099511627776 bytes came"
            }
        }

        "an answer other than the expected one is shown" {
            withPeers { client, server ->
                val asking = async { client.request("/chat") }
                val request = server.acceptRequest()
                request.answer(404)
                val asked = asking.await()
                failureOf { asked.expectAnswer(200) } shouldBe
                    "stream 0 of the scripted client: expected the answer 200, but there was the answer 404"
            }
        }

        "resets and stops are told with their codes" {
            withPeers { client, server ->
                val opened = client.openBidirectionalStream()
                opened.send(hex("00"))
                val accepted = server.acceptBidirectionalStream()
                accepted.expectBytes(hex("00"))
                opened.reset(0x101)
                failureOf { accepted.expectReset(0x102) } shouldContain
                    "expected a reset with H3_INTERNAL_ERROR (0x102), but there was a reset with H3_GENERAL_PROTOCOL_ERROR (0x101)"
                failureOf { accepted.expectFinished() } shouldContain "but there was a reset with"
                opened.stopSending(0x103)
                failureOf { accepted.expectStopped(0x104) } shouldContain
                    "expected a stop with H3_CLOSED_CRITICAL_STREAM (0x104), but there was a stop with H3_STREAM_CREATION_ERROR (0x103)"
                shouldThrow<QuicStreamStoppedException> { accepted.send(hex("00")) }
            }
        }

        "bytes where a reset or an end is expected are shown" {
            withPeers { client, server ->
                val opened = client.openUnidirectionalStream()
                opened.send("hello".encodeToByteArray())
                val accepted = server.acceptUnidirectionalStream()
                failureOf { accepted.expectFinished() } shouldContain "expected the clean end, but there was \"hello\" (5 bytes)"
                opened.finish()
                failureOf { accepted.expectReset(0) } shouldContain "but there was the clean end"
            }
        }

        "a close is told with code and reason" {
            withPeers { client, server ->
                server.close(Http3ErrorCode.H3_ID_ERROR, "no such thing")
                client.expectClosed(Http3ErrorCode.H3_ID_ERROR) shouldBe "no such thing"
                failureOf { client.expectClosed(Http3ErrorCode.H3_NO_ERROR) } shouldBe
                    "scripted client: expected a close with H3_NO_ERROR (0x100), " +
                    "but there was a close with H3_ID_ERROR (0x108) \"no such thing\""
                failureOf { client.expectTimedOut() } shouldContain "but there was a close with H3_ID_ERROR (0x108)"
                failureOf { client.openBidirectionalStream() } shouldContain "but there was a close with H3_ID_ERROR (0x108)"
            }
        }

        "a peer that dies is a timeout, and no close" {
            runTest {
                val loopback = loopback { leakCheck = LeakCheck.COROUTINES }
                val server = loopback.scriptedServer()
                val client = ScriptedPeer.connect(loopback.transport, InetSocketAddress("127.0.0.1", server.port))
                server.accept()
                loopback.network.kill(Perspective.SERVER)
                client.expectTimedOut()
                failureOf { client.expectClosed(0) } shouldContain "but there was the end of the connection: timed out"
            }
        }

        "a peer that gives no credit is no reason to hang" {
            withPeers(
                QuicConfig
                    .builder()
                    .maxIncomingUnidirectionalStreams(4)
                    .maxStreamData(10)
                    .sendBufferSize(1024)
                    .build(),
            ) { client, _ ->
                val stream = client.openUnidirectionalStream()
                failureOf { stream.send(ByteArray(5_000)) } shouldContain "expected credit for 5000 bytes, but there was nothing"
                repeat(3) { client.openUnidirectionalStream() }
                client.tryOpenUnidirectionalStream() shouldBe null
                failureOf { client.openUnidirectionalStream(timeout = 1.seconds) } shouldContain
                    "expected credit for a unidirectional stream"
            }
        }

        "an answer that is none is told as such" {
            withPeers { client, server ->
                val asking = client.openBidirectionalStream()
                asking.send(hex("00"))
                val asked = server.acceptBidirectionalStream()
                asked.send(frame(Http3FrameType.HEADERS, hex("ffff")))
                failureOf { asking.expectAnswer(200) } shouldContain "stream 0 of the scripted client: expected a field section, but:"
                asked.send(Http3Bytes.headers(listOf(entry("x", "y"))))
                failureOf { asking.expectAnswer(200) } shouldContain "stream 0 of the scripted client: expected an answer, but:"
            }
        }

        for (engine in QuicTransports.engines()) {
            "the same script runs over real UDP, by ${engine.label()}" {
                val certificates = TestCertificates.forLoopback()
                QuicTransports.of(engine).use { transport ->
                    val config = ServerConfig
                        .builder(certificates.server())
                        .bindAddresses(listOf(InetSocketAddress("127.0.0.1", 0)))
                        .build()
                    val server = WebTransportServer.listen(config, transport)
                    val peer = ScriptedPeer.connect(transport, server.localAddresses.first(), certificates.client())
                    peer.openControlStream()
                    val session = peer.request()
                    launch { server.acceptRequest()!!.accept() }
                    session.expectAnswer(200)
                    peer.openControlStream()
                    peer.expectClosed(Http3ErrorCode.H3_STREAM_CREATION_ERROR)
                    failureOf { peer.openBidirectionalStream() } shouldContain "H3_STREAM_CREATION_ERROR"
                    server.close()
                }
            }
        }

        "a half that this end does not have is a mistake of the script" {
            withPeers { client, server ->
                val opened = client.openUnidirectionalStream()
                opened.send(hex("00"))
                val accepted = server.acceptUnidirectionalStream()
                shouldThrow<IllegalStateException> { accepted.send(hex("00")) }.message shouldContain "is the other end's"
                shouldThrow<IllegalStateException> { opened.stopSending(0) }.message shouldContain "is this end's"
            }
        }
    })

private suspend fun failureOf(step: suspend () -> Unit): String? = shouldThrow<AssertionError> { step() }.message

private fun withPeers(
    config: QuicConfig = QuicConfig.defaults(),
    script: suspend TestScope.(client: ScriptedPeer, server: ScriptedPeer) -> Unit,
) {
    runTest {
        val loopback = loopback { leakCheck = LeakCheck.COROUTINES }
        val server = loopback.scriptedServer(config)
        val address = InetSocketAddress(InetAddress.getLoopbackAddress(), server.port)
        val client = ScriptedPeer.connect(loopback.transport, address, config = config)
        script(client, server.accept())
        client.close()
    }
}
