package dev.webtransport.testkit.script

import dev.webtransport.codec.CapsuleType
import dev.webtransport.codec.Http3FrameType
import dev.webtransport.codec.Http3Settings
import dev.webtransport.config.Http3Config
import dev.webtransport.config.SessionCreditPolicy
import dev.webtransport.config.SessionFlowControlConfig
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.error.ProtocolViolationException
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readExactly
import dev.webtransport.testkit.LeakCheck
import dev.webtransport.testkit.Loopback
import dev.webtransport.testkit.loopback
import dev.webtransport.testkit.script.Http3Bytes.capsule
import dev.webtransport.testkit.script.Http3Bytes.data
import dev.webtransport.testkit.script.Http3Bytes.hex
import dev.webtransport.testkit.script.Http3Bytes.unidirectionalStream
import dev.webtransport.value.Initiator
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest

/** Peers that keep to session flow control, and peers that do not. */
class FlowControlPeerSpec :
    StringSpec({
        //= draft-ietf-webtrans-http3-16#5.6.4
        //# payload beyond the limit closes the session with WT_FLOW_CONTROL_ERROR
        "payload beyond the limit ends the session" {
            underCredit { peer, connect, session ->
                val stream = peer.openUnidirectionalStream()
                stream.send(unidirectionalStream(connect.id), ByteArray(LIMIT))
                val incoming = session.acceptUnidirectionalStream().shouldNotBeNull()
                incoming.readExactly(LIMIT)
                stream.send(ByteArray(1))
                incoming.readExactly(1)
                connect.expectReset(Http3ErrorCode.WT_FLOW_CONTROL_ERROR)
                shouldThrow<ProtocolViolationException> { session.awaitClosed() }.run {
                    wireCode() shouldBe Http3ErrorCode.WT_FLOW_CONTROL_ERROR
                    initiator() shouldBe Initiator.LOCAL
                }
            }
        }

        //= draft-ietf-webtrans-http3-16#5.6.2
        //# a stream beyond the limit closes the session with WT_FLOW_CONTROL_ERROR
        "a stream beyond the limit ends the session" {
            underCredit { peer, connect, session ->
                repeat(STREAMS + 1) { peer.openUnidirectionalStream().send(unidirectionalStream(connect.id)) }
                connect.expectReset(Http3ErrorCode.WT_FLOW_CONTROL_ERROR)
                shouldThrow<ProtocolViolationException> { session.awaitClosed() }
            }
        }

        //= draft-ietf-webtrans-http3-16#5.6.4
        //# a limit of bytes that is lower than the one before closes the session with WT_FLOW_CONTROL_ERROR
        "a limit that shrinks ends the session" {
            underCredit { _, connect, session ->
                connect.send(data(capsule(CapsuleType.WT_MAX_DATA, hex("09"))))
                connect.expectReset(Http3ErrorCode.WT_FLOW_CONTROL_ERROR)
                shouldThrow<ProtocolViolationException> { session.awaitClosed() }
            }
        }

        //= draft-ietf-webtrans-http3-16#5.6
        //# an end that is blocked should say so
        "who is blocked says so once for each limit, and goes on after the grant" {
            underCredit { peer, connect, session ->
                val writing = launch { session.createUnidirectionalStream().write(ByteArray(25)) }
                val stream = peer.acceptStreamOfSession()
                stream.expectBytes(unidirectionalStream(connect.id))
                stream.expectBytes(ByteArray(10))
                connect.expectFrame(Http3FrameType.DATA) shouldBe capsule(CapsuleType.WT_DATA_BLOCKED, hex("0a"))
                connect.send(data(capsule(CapsuleType.WT_MAX_DATA, hex("14"))))
                stream.expectBytes(ByteArray(10))
                connect.expectFrame(Http3FrameType.DATA) shouldBe capsule(CapsuleType.WT_DATA_BLOCKED, hex("14"))
                connect.send(data(capsule(CapsuleType.WT_MAX_DATA, hex("19"))))
                stream.expectBytes(ByteArray(5))
                writing.join()
            }
        }

        //= draft-ietf-webtrans-http3-16#5.6
        //# an end that is blocked should say so
        "who waits for streams says so, and takes them as they are granted" {
            underCredit { peer, connect, session ->
                session.createBidirectionalStream().send.write(ByteArray(1))
                val waiting = async { session.createBidirectionalStream() }
                connect.expectFrame(Http3FrameType.DATA) shouldBe capsule(CapsuleType.WT_STREAMS_BLOCKED_BIDI, hex("01"))
                connect.send(data(capsule(CapsuleType.WT_MAX_STREAMS_BIDI, hex("02"))))
                waiting.await().send.finish()
                repeat(2) { peer.acceptBidirectionalStream() }
            }
        }

        //= draft-ietf-webtrans-http3-16#5.1
        //# without flow control its capsules are ignored
        "a client that announced nothing is not held to limits, and its capsules mean nothing" {
            underCredit(Http3Bytes.clientSettings()) { peer, connect, session ->
                session.flowControl.isNegotiated shouldBe false
                connect.send(data(capsule(CapsuleType.WT_MAX_DATA, hex("09"))), data(capsule(CapsuleType.WT_MAX_DATA, hex("08"))))
                val stream = peer.openUnidirectionalStream()
                stream.send(unidirectionalStream(connect.id), ByteArray(2 * LIMIT))
                session.acceptUnidirectionalStream().shouldNotBeNull().readExactly(2 * LIMIT)
            }
        }
    })

private const val LIMIT = 1000
private const val STREAMS = 3

/** What the scripted client allows: 10 bytes, one stream of each kind. */
private val CREDIT = Http3Bytes.clientSettings() + mapOf(
    Http3Settings.SETTINGS_WT_INITIAL_MAX_DATA to 10L,
    Http3Settings.SETTINGS_WT_INITIAL_MAX_STREAMS_BIDI to 1L,
    Http3Settings.SETTINGS_WT_INITIAL_MAX_STREAMS_UNI to 1L,
)

private fun underCredit(
    settings: Map<Long, Long> = CREDIT,
    script: suspend CoroutineScope.(ScriptedPeer, ScriptedStream, WebTransportSession) -> Unit,
) {
    runTest {
        val flow = SessionFlowControlConfig
            .builder()
            .policy(SessionCreditPolicy.MANUAL)
            .initialMaxData(LIMIT.toLong())
            .initialMaxStreamsUnidirectional(STREAMS.toLong())
            .build()
        val loopback: Loopback = loopback {
            leakCheck = LeakCheck.COROUTINES
            server { http3(Http3Config.builder().flowControl(flow).build()) }
        }
        val accepting = async {
            loopback.server
                .acceptRequest()
                .shouldNotBeNull()
                .accept()
        }
        val peer = loopback.scriptedClient()
        peer.openControlStream(settings)
        val connect = peer.openSession()
        script(peer, connect, accepting.await())
    }
}

/** The first unidirectional stream behind the control stream. */
private suspend fun ScriptedPeer.acceptStreamOfSession(): ScriptedStream {
    acceptUnidirectionalStream()
    return acceptUnidirectionalStream()
}
