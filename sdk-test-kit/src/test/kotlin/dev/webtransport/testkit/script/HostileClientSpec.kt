package dev.webtransport.testkit.script

import dev.webtransport.codec.CapsuleType
import dev.webtransport.codec.Http3FrameType
import dev.webtransport.codec.Http3Settings
import dev.webtransport.codec.Http3StreamType
import dev.webtransport.config.Http3Config
import dev.webtransport.config.QuicConfig
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.testkit.kotest.eventually
import dev.webtransport.testkit.script.Http3Bytes.bidirectionalStream
import dev.webtransport.testkit.script.Http3Bytes.capsule
import dev.webtransport.testkit.script.Http3Bytes.clientSettings
import dev.webtransport.testkit.script.Http3Bytes.closeSession
import dev.webtransport.testkit.script.Http3Bytes.controlStream
import dev.webtransport.testkit.script.Http3Bytes.data
import dev.webtransport.testkit.script.Http3Bytes.frame
import dev.webtransport.testkit.script.Http3Bytes.goAway
import dev.webtransport.testkit.script.Http3Bytes.hex
import dev.webtransport.testkit.script.Http3Bytes.join
import dev.webtransport.testkit.script.Http3Bytes.request
import dev.webtransport.testkit.script.Http3Bytes.settings
import dev.webtransport.testkit.script.Http3Bytes.unidirectionalStream
import dev.webtransport.testkit.script.Http3Bytes.varInt
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.delay
import java.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** What clients do to a server that must not let them. Each time a session on another connection lives on. */
class HostileClientSpec :
    StringSpec({
        //= rfc9114#6.2.1
        "a second control stream ends the connection" {
            againstServer { peer ->
                peer.openControlStream()
                peer.openControlStream()
                peer.expectClosed(Http3ErrorCode.H3_STREAM_CREATION_ERROR)
            }
        }

        //= rfc9114#6.2.1
        "a control stream that does not begin with SETTINGS ends the connection" {
            againstServer { peer ->
                peer.openUnidirectionalStream().send(varInt(Http3StreamType.CONTROL), goAway(0))
                peer.expectClosed(Http3ErrorCode.H3_MISSING_SETTINGS)
            }
        }

        //= rfc9114#7.2.4
        "settings that are said twice end the connection" {
            againstServer { peer ->
                peer.openControlStream().send(settings(clientSettings()))
                peer.expectClosed(Http3ErrorCode.H3_FRAME_UNEXPECTED)
            }
        }

        //= rfc9114#7.2.4
        "a setting that stands there twice ends the connection" {
            againstServer { peer ->
                peer.openUnidirectionalStream().send(hex("00"), frame(Http3FrameType.SETTINGS, hex("3301 3301")))
                peer.expectClosed(Http3ErrorCode.H3_SETTINGS_ERROR)
            }
        }

        //= rfc9114#6.2.1
        "a control stream that ends, well or not, ends the connection" {
            againstServer { peer ->
                peer.openControlStream().finish()
                peer.expectClosed(Http3ErrorCode.H3_CLOSED_CRITICAL_STREAM)
            }
            againstServer { peer ->
                val control = peer.openControlStream()
                peer.shouldEchoIn(peer.openSession())
                control.reset(Http3ErrorCode.H3_NO_ERROR)
                peer.expectClosed(Http3ErrorCode.H3_CLOSED_CRITICAL_STREAM)
            }
        }

        //= draft-ietf-webtrans-http3-16#4.3
        "the signal 0x41 on the control stream ends the connection" {
            againstServer { peer ->
                peer.openControlStream().send(bidirectionalStream(0))
                peer.expectClosed(Http3ErrorCode.H3_FRAME_ERROR)
            }
        }

        //= draft-ietf-webtrans-http3-16#4.3
        "the signal 0x41 behind a request ends the connection" {
            againstServer { peer ->
                peer.openControlStream()
                peer.openSession().send(bidirectionalStream(0))
                peer.expectClosed(Http3ErrorCode.H3_FRAME_ERROR)
            }
        }

        //= rfc9114#4.1
        "DATA in place of a request ends the connection" {
            againstServer { peer ->
                peer.openControlStream()
                peer.openBidirectionalStream().send(data(hex("00")), request("server.test", "/"))
                peer.expectClosed(Http3ErrorCode.H3_FRAME_UNEXPECTED)
            }
        }

        //= rfc9114#6.2.2
        "a client that pushes ends the connection" {
            againstServer { peer ->
                peer.openControlStream()
                peer.openUnidirectionalStream().send(varInt(Http3StreamType.PUSH))
                peer.expectClosed(Http3ErrorCode.H3_STREAM_CREATION_ERROR)
            }
        }

        //= rfc9114#5.2
        "a GOAWAY that grows ends the connection" {
            againstServer { peer ->
                val control = peer.openControlStream()
                control.send(goAway(8), goAway(8), goAway(4))
                peer.shouldEchoIn(peer.openSession())
                control.send(goAway(5))
                peer.expectClosed(Http3ErrorCode.H3_ID_ERROR)
            }
        }

        //= draft-ietf-webtrans-http3-16#4
        "a stream of a session whose id no session can have ends the connection" {
            againstServer { peer ->
                peer.openControlStream()
                peer.openUnidirectionalStream().send(varInt(Http3StreamType.WEBTRANSPORT_STREAM), varInt(2))
                peer.expectClosed(Http3ErrorCode.H3_ID_ERROR)
            }
        }

        //= rfc9297#2.1
        "a datagram that names no session ends the connection" {
            for (wrong in listOf(hex(""), hex("d0 00 00 00 00 00 00 00"))) {
                againstServer { peer ->
                    peer.openControlStream()
                    peer.openSession()
                    peer.sendDatagram(wrong)
                    peer.expectClosed(Http3ErrorCode.H3_DATAGRAM_ERROR)
                }
            }
        }

        //= draft-ietf-webtrans-http3-16#4.6
        "streams of a session that nobody asked for are refused, beyond the limit at once" {
            val early = Http3Config
                .builder()
                .maxEarlyStreams(2)
                .settingsTimeout(Duration.ofSeconds(5))
                .build()
            againstServer({ server { http3(early) } }) { peer ->
                peer.openControlStream()
                val streams = List(3) { peer.openUnidirectionalStream().also { it.send(unidirectionalStream(40), hex("aa")) } }
                streams[2].expectStopped(Http3ErrorCode.WT_BUFFERED_STREAM_REJECTED, timeout = 1.seconds)
                streams[0].expectStopped(Http3ErrorCode.WT_BUFFERED_STREAM_REJECTED)
                streams[1].expectStopped(Http3ErrorCode.WT_BUFFERED_STREAM_REJECTED)
                peer.shouldEchoIn(peer.openSession())
            }
        }

        //= draft-ietf-webtrans-http3-16#4
        "a stream of a session that is over is told so, and the connection lives" {
            againstServer { peer ->
                peer.openControlStream()
                val over = peer.openSession()
                over.send(data(closeSession(0, "")))
                over.finish()
                over.expectFinished()
                val late = peer.openBidirectionalStream()
                late.send(bidirectionalStream(over.id), hex("aa"))
                late.expectStopped(Http3ErrorCode.WT_SESSION_GONE)
                late.expectReset(Http3ErrorCode.WT_SESSION_GONE)
                peer.shouldEchoIn(peer.openSession())
            }
        }

        //= draft-ietf-webtrans-http3-16#6
        "a reason of 1,025 bytes ends the session, and no other on the connection" {
            brokenSession(data(capsule(CapsuleType.WT_CLOSE_SESSION, join(hex("00000001"), ByteArray(1_025) { 'a'.code.toByte() }))))
        }

        //= draft-ietf-webtrans-http3-16#6
        "a reason that is no UTF-8 ends the session, and no other on the connection" {
            brokenSession(data(capsule(CapsuleType.WT_CLOSE_SESSION, hex("00000001 c3"))))
        }

        //= draft-ietf-webtrans-http3-16#6
        "bytes behind WT_CLOSE_SESSION end the session, and no other on the connection" {
            brokenSession(data(closeSession(1, "bye")), data(hex("00")))
        }

        //= rfc9297#3.3
        "a capsule that the end of the stream cuts ends the session, and no other on the connection" {
            againstServer { peer ->
                peer.openControlStream(DRAFT_02)
                val (broken, other) = List(2) { peer.openDraft02Session() }
                broken.send(data(closeSession(1, "good bye").copyOf(9)))
                broken.finish()
                broken.expectReset(Http3ErrorCode.H3_MESSAGE_ERROR)
                peer.shouldEchoIn(other)
            }
        }

        //= draft-ietf-webtrans-http3-16#5.6
        "a capsule that HTTP/3 has no use for ends the session, and no other on the connection" {
            brokenSession(
                data(capsule(CapsuleType.WT_MAX_STREAM_DATA, hex("0400"))),
                code = Http3ErrorCode.WT_FLOW_CONTROL_ERROR,
            )
        }

        //= draft-ietf-webtrans-http3-16#5.2
        "a second session where one is allowed is refused, and the first lives" {
            againstServer { peer ->
                peer.openControlStream()
                val first = peer.openSession()
                val second = peer.request()
                second.expectReset(Http3ErrorCode.H3_REQUEST_REJECTED)
                second.expectStopped(Http3ErrorCode.H3_REQUEST_REJECTED)
                peer.shouldEchoIn(first)
            }
        }

        //= draft-ietf-webtrans-http3-16#3.1
        "a request of a client whose settings lack datagrams is malformed" {
            againstServer { peer ->
                peer.openControlStream(clientSettings() - Http3Settings.SETTINGS_H3_DATAGRAM)
                peer.request().expectReset(Http3ErrorCode.H3_MESSAGE_ERROR)
            }
        }

        //= rfc9114#7.1
        "a request that ends within a frame ends the connection" {
            againstServer { peer ->
                peer.openControlStream()
                val half = peer.openBidirectionalStream()
                half.send(request("server.test", "/").copyOf(9))
                half.finish()
                peer.expectClosed(Http3ErrorCode.H3_FRAME_ERROR)
            }
        }

        //= rfc9114#4.1
        "a request stream that ends without a request is incomplete, and the next one is answered" {
            againstServer { peer ->
                peer.openControlStream()
                val none = peer.openBidirectionalStream()
                none.send(frame(Http3FrameType.reserved(1), hex("010203")))
                none.finish()
                none.expectReset(Http3ErrorCode.H3_REQUEST_INCOMPLETE)
                peer.shouldEchoIn(peer.openSession())
            }
        }

        "half a request and then silence is given up, as there is no session to wait with" {
            againstServer { peer ->
                peer.openControlStream()
                val half = peer.openBidirectionalStream()
                half.send(request("server.test", "/").copyOf(9))
                peer.expectClosed(Http3ErrorCode.H3_NO_ERROR, timeout = 1.minutes)
                eventually { loopback.server.connections shouldHaveSize 1 }
            }
        }

        "half a request and then silence does not hold up the session beside it" {
            againstServer { peer ->
                peer.openControlStream()
                val session = peer.openSession()
                val half = peer.openBidirectionalStream()
                half.send(request("server.test", "/").copyOf(9))
                delay(10.minutes)
                peer.shouldEchoIn(session)
            }
        }

        "a flood of streams that nobody accepts comes to its end at the limit" {
            val limit = QuicConfig.builder().maxIncomingUnidirectionalStreams(50).build()
            againstServer({ server { quic(limit) } }) { peer ->
                peer.openControlStream()
                val session = peer.openSession()
                var opened = 0
                while (true) {
                    val stream = peer.tryOpenUnidirectionalStream() ?: break
                    stream.send(unidirectionalStream(session.id), hex("aa"))
                    opened++
                }
                opened shouldBe 49
                peer.shouldEchoIn(session)
            }
        }

        //= rfc9114#9
        "what nobody knows is ignored wherever it stands" {
            againstServer { peer ->
                peer.openControlStream().send(frame(Http3FrameType.reserved(7), hex("010203")))
                peer.openUnidirectionalStream().send(varInt(Http3StreamType.reserved(9)), hex("ff"))
                val session = peer.openSession()
                session.send(frame(Http3FrameType.reserved(1), hex("")), data(capsule(0x1234567, hex("ff"))))
                peer.shouldEchoIn(session)
            }
        }

        "bytes that come one at a time are the same bytes" {
            againstServer { peer ->
                peer.openUnidirectionalStream().send(*oneByOne(controlStream(clientSettings())))
                val session = peer.openBidirectionalStream()
                session.send(*oneByOne(request("server.test", "/")))
                session.expectAnswer(200)
                session.send(*oneByOne(data(closeSession(7, "bye"))))
                session.finish()
                session.expectFinished()
            }
        }
    })

private fun oneByOne(bytes: ByteArray): Array<ByteArray> = bytes.map { byteArrayOf(it) }.toTypedArray()

/** Says this in one of two sessions of a connection: that one has to end with the code, the other to live. */
private fun brokenSession(vararg said: ByteArray, code: Long = Http3ErrorCode.H3_MESSAGE_ERROR) {
    againstServer { peer ->
        peer.openControlStream(DRAFT_02)
        val (broken, other) = List(2) { peer.openDraft02Session() }
        broken.send(join(*said))
        broken.expectReset(code)
        broken.expectStopped(code)
        peer.shouldEchoIn(other)
        peer.shouldEchoIn(peer.openDraft02Session())
    }
}
