package dev.webtransport.testkit.script

import dev.webtransport.codec.CapsuleType
import dev.webtransport.codec.ConnectResponse
import dev.webtransport.codec.Http3FrameType
import dev.webtransport.codec.Http3Settings
import dev.webtransport.codec.Http3StreamType
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.error.ProtocolViolationException
import dev.webtransport.error.RequirementsNotMetException
import dev.webtransport.error.SessionEstablishmentException
import dev.webtransport.error.StreamResetException
import dev.webtransport.session.WebTransportSession
import dev.webtransport.testkit.kotest.shouldBeClosedWith
import dev.webtransport.testkit.kotest.shouldBeDraining
import dev.webtransport.testkit.kotest.shouldBeLost
import dev.webtransport.testkit.kotest.shouldReceive
import dev.webtransport.testkit.script.Http3Bytes.answer
import dev.webtransport.testkit.script.Http3Bytes.capsule
import dev.webtransport.testkit.script.Http3Bytes.closeSession
import dev.webtransport.testkit.script.Http3Bytes.data
import dev.webtransport.testkit.script.Http3Bytes.datagram
import dev.webtransport.testkit.script.Http3Bytes.frame
import dev.webtransport.testkit.script.Http3Bytes.goAway
import dev.webtransport.testkit.script.Http3Bytes.headers
import dev.webtransport.testkit.script.Http3Bytes.hex
import dev.webtransport.testkit.script.Http3Bytes.join
import dev.webtransport.testkit.script.Http3Bytes.request
import dev.webtransport.testkit.script.Http3Bytes.serverSettings
import dev.webtransport.testkit.script.Http3Bytes.unidirectionalStream
import dev.webtransport.testkit.script.Http3Bytes.varInt
import dev.webtransport.value.Initiator
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.async
import java.nio.ByteBuffer
import kotlin.time.Duration.Companion.minutes

/** What servers do to a client that must not let them. Each time a session to another server lives on. */
class HostileServerSpec :
    StringSpec({
        //= draft-ietf-webtrans-http3-16#3.1
        "SETTINGS_WT_ENABLED above 1 ends the connection" {
            againstClient { server ->
                val connecting = async { shouldThrow<SessionEstablishmentException> { loopback.client.connect(server.url()) } }
                val peer = server.accept()
                peer.openControlStream(serverSettings() + (Http3Settings.SETTINGS_WT_ENABLED to 2L))
                peer.expectClosed(Http3ErrorCode.H3_SETTINGS_ERROR)
                connecting.await()
            }
        }

        //= draft-ietf-webtrans-http3-16#3.1
        "a server that does not offer WebTransport is asked for no session" {
            againstClient { server ->
                val connecting = async { shouldThrow<RequirementsNotMetException> { loopback.client.connect(server.url()) } }
                server.accept().openControlStream(mapOf(Http3Settings.SETTINGS_ENABLE_CONNECT_PROTOCOL to 1L))
                connecting.await().message shouldContain "0x2c7cf000"
            }
        }

        "an answer that never comes is given up" {
            againstClient { server ->
                val connecting = async { shouldThrow<SessionEstablishmentException> { loopback.client.connect(server.url()) } }
                val peer = server.accept()
                peer.openControlStream()
                peer.acceptRequest()
                peer.expectClosed(Http3ErrorCode.H3_NO_ERROR, timeout = 1.minutes)
                connecting.await().message shouldContain "waiting for the server's answer to the session request"
            }
        }

        //= rfc9114#4.1
        "DATA in place of an answer ends the connection" {
            againstClient { server ->
                val connecting = async { shouldThrow<SessionEstablishmentException> { loopback.client.connect(server.url()) } }
                val peer = server.accept()
                peer.openControlStream()
                peer.acceptRequest().send(data(hex("00")), answer(200))
                peer.expectClosed(Http3ErrorCode.H3_FRAME_UNEXPECTED)
                connecting.await()
            }
        }

        //= rfc9114#4.4
        "a second answer ends the connection" {
            againstClient { server ->
                val (session, peer, request) = session(server)
                request.send(answer(200))
                session.shouldEndFor(peer, Http3ErrorCode.H3_FRAME_UNEXPECTED)
            }
        }

        //= rfc9114#5.2
        "a GOAWAY that grows ends the connection" {
            againstClient { server ->
                val (session, peer, _, control) = session(server)
                control.send(goAway(4), goAway(4))
                session.shouldBeDraining()
                control.send(goAway(8))
                session.shouldEndFor(peer, Http3ErrorCode.H3_ID_ERROR)
            }
        }

        //= rfc9114#7.2.6
        "a GOAWAY that names no request ends the connection" {
            againstClient { server ->
                val (session, peer, _, control) = session(server)
                control.send(goAway(3))
                session.shouldEndFor(peer, Http3ErrorCode.H3_ID_ERROR)
            }
        }

        //= rfc9114#6.1
        "a server that sends a request ends the connection" {
            againstClient { server ->
                val (session, peer) = session(server)
                peer.openBidirectionalStream().send(request("client.test", "/"))
                session.shouldEndFor(peer, Http3ErrorCode.H3_STREAM_CREATION_ERROR)
            }
        }

        //= rfc9114#4.6
        "a push that was not allowed ends the connection" {
            againstClient { server ->
                val (session, peer) = session(server)
                peer.openUnidirectionalStream().send(varInt(Http3StreamType.PUSH), varInt(0))
                session.shouldEndFor(peer, Http3ErrorCode.H3_ID_ERROR)
            }
        }

        //= rfc9114#7.2.8
        "a frame of HTTP/2 ends the connection" {
            againstClient { server ->
                val (session, peer, _, control) = session(server)
                control.send(frame(0x06, hex("0000000000000000")))
                session.shouldEndFor(peer, Http3ErrorCode.H3_FRAME_UNEXPECTED)
            }
        }

        //= draft-ietf-webtrans-http3-16#6
        "a reason of 1,025 bytes ends the session, and no other on the connection" {
            againstClient { server ->
                val (other, peer, _) = session(server, DRAFT_02 + (Http3Settings.SETTINGS_ENABLE_CONNECT_PROTOCOL to 1L))
                val creating = async { other.connection.createSession("/next") }
                val request = peer.acceptRequest()
                request.answer()
                val broken = creating.await()

                request.send(data(capsule(CapsuleType.WT_CLOSE_SESSION, join(hex("00000001"), ByteArray(1_025) { 'a'.code.toByte() }))))
                request.expectReset(Http3ErrorCode.H3_MESSAGE_ERROR)
                request.expectStopped(Http3ErrorCode.H3_MESSAGE_ERROR)
                broken.shouldBeLost().shouldBeInstanceOf<ProtocolViolationException>().wireCode() shouldBe Http3ErrorCode.H3_MESSAGE_ERROR

                peer.sendDatagram(datagram(other.id, "still here".encodeToByteArray()))
                other.datagrams.shouldReceive("still here")
            }
        }

        //= draft-ietf-webtrans-http3-16#6
        "a close with code and reason is heard, and then there is nothing to stay for" {
            againstClient { server ->
                val (session, peer, request) = session(server)
                request.send(data(closeSession(7, "bye")))
                request.finish()
                session.shouldBeClosedWith(7, "bye")
                request.expectFinished()
                peer.expectClosed(Http3ErrorCode.H3_NO_ERROR)
            }
        }

        //= draft-ietf-webtrans-http3-16#3.3
        "a protocol that was not offered ends the session" {
            againstClient { server ->
                val connecting = async { loopback.client.connect(server.url()) }
                val peer = server.accept()
                peer.openControlStream()
                val request = peer.acceptRequest()
                request.send(
                    headers(
                        ConnectResponse
                            .builder(200)
                            .protocol("chat")
                            .build()
                            .toFields(),
                    ),
                )
                request.expectReset(Http3ErrorCode.WT_ALPN_ERROR)
                val lost = connecting.await().shouldBeLost()
                lost.shouldBeInstanceOf<ProtocolViolationException>().wireCode() shouldBe Http3ErrorCode.WT_ALPN_ERROR
            }
        }

        //= draft-ietf-webtrans-http3-16#4.4
        "a reset with a code that is none of an application still ends the stream, and only that" {
            againstClient { server ->
                val (session, peer, request) = session(server)
                val stream = peer.openUnidirectionalStream()
                stream.send(unidirectionalStream(request.id), "half".encodeToByteArray())
                val accepted = session.acceptUnidirectionalStream().shouldNotBeNull()
                accepted.shouldReceive("half")
                stream.reset(0x52e4a40fa8f9)
                shouldThrow<StreamResetException> { accepted.read(ByteBuffer.allocate(1)) }.errorCode shouldBe null

                peer.sendDatagram(datagram(request.id, "still here".encodeToByteArray()))
                session.datagrams.shouldReceive("still here")
            }
        }

        //= draft-ietf-webtrans-http3-16#4.5
        "a datagram of a session that nobody asked for is dropped, and the session lives" {
            againstClient { server ->
                val (session, peer, request) = session(server)
                peer.sendDatagram(datagram(400, "lost".encodeToByteArray()))
                peer.sendDatagram(datagram(request.id, "found".encodeToByteArray()))
                session.datagrams.shouldReceive("found")
            }
        }

        "what a client says first is what it should" {
            againstClient { server ->
                val connecting = async { loopback.client.connect(server.url("/chat")) }
                val peer = server.accept()
                val control = peer.acceptUnidirectionalStream()
                control.expectBytes(varInt(Http3StreamType.CONTROL))
                Http3Settings.decode(ByteBuffer.wrap(control.expectFrame(Http3FrameType.SETTINGS))).get(
                    Http3Settings.SETTINGS_WT_ENABLED,
                    0,
                ) shouldBe 1
                peer.openControlStream()
                val request = peer.acceptBidirectionalStream()
                request.expectHeaders().associate { it.toPair() }[":path"] shouldBe "/chat"
                request.answer()
                connecting.await()
            }
        }
    })

private data class Opened(
    val session: WebTransportSession,
    val peer: ScriptedPeer,
    val request: ScriptedStream,
    val control: ScriptedStream,
)

/** A session that the client has opened to a server that has done nothing wrong yet. */
private suspend fun Stage.session(server: ScriptedServer, settings: Map<Long, Long> = serverSettings()): Opened {
    val connecting = async { loopback.client.connect(server.url()) }
    val peer = server.accept()
    val control = peer.openControlStream(settings)
    val request = peer.acceptRequest()
    request.answer()
    return Opened(connecting.await(), peer, request, control)
}

/** Both ends of the connection have to know why it ended. */
private suspend fun WebTransportSession.shouldEndFor(peer: ScriptedPeer, code: Long) {
    peer.expectClosed(code)
    val lost = shouldBeLost().shouldBeInstanceOf<ProtocolViolationException>()
    lost.wireCode() shouldBe code
    lost.initiator() shouldBe Initiator.LOCAL
}
