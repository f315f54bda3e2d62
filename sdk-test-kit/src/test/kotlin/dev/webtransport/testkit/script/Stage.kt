package dev.webtransport.testkit.script

import dev.webtransport.codec.ConnectRequest
import dev.webtransport.codec.Http3Settings
import dev.webtransport.config.QuicConfig
import dev.webtransport.server.SessionRequest
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.testkit.LeakCheck
import dev.webtransport.testkit.Loopback
import dev.webtransport.testkit.LoopbackOptions
import dev.webtransport.testkit.kotest.shouldReceiveAndFinish
import dev.webtransport.testkit.loopback
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest

/** Where a script runs: beside a session that has done nothing wrong, and must not notice. */
internal class Stage(
    val loopback: Loopback,
    scope: TestScope,
) : CoroutineScope by scope

/** Runs a script against the server of the kit. A session on another connection has to live on. */
internal fun againstServer(
    configure: LoopbackOptions.() -> Unit = {},
    quic: QuicConfig = QuicConfig.defaults(),
    script: suspend Stage.(ScriptedPeer) -> Unit,
) = beside(configure) { script(loopback.scriptedClient(quic)) }

/** Runs a script against the client of the kit. A session on another connection has to live on. */
internal fun againstClient(script: suspend Stage.(ScriptedServer) -> Unit) = beside({}) { script(loopback.scriptedServer()) }

private fun beside(configure: LoopbackOptions.() -> Unit, script: suspend Stage.() -> Unit) {
    runTest {
        val loopback = loopback {
            leakCheck = LeakCheck.COROUTINES
            configure()
        }
        backgroundScope.launch { loopback.server.serve(::echo) }
        val bystander = loopback.client.connect(loopback.url())
        Stage(loopback, this).script()
        bystander.shouldEcho()
    }
}

private suspend fun echo(request: SessionRequest) {
    request.accept().incomingBidirectionalStreams.collect { stream ->
        stream.send.write(stream.receive.readAll(1_000))
        stream.send.finish()
    }
}

private suspend fun WebTransportSession.shouldEcho() {
    val stream = createBidirectionalStream()
    stream.send.write("still here".encodeToByteArray())
    stream.send.finish()
    stream.receive.shouldReceiveAndFinish("still here")
}

/** The session of this CONNECT stream must still do what sessions do. */
internal suspend fun ScriptedPeer.shouldEchoIn(session: ScriptedStream) {
    val stream = openBidirectionalStream()
    stream.send(Http3Bytes.bidirectionalStream(session.id), "still here".encodeToByteArray())
    stream.finish()
    stream.expectBytes("still here".encodeToByteArray())
    stream.expectFinished()
}

/** The settings of draft-02, which has several sessions on a connection. */
internal val DRAFT_02: Map<Long, Long> = mapOf(
    Http3Settings.SETTINGS_H3_DATAGRAM to 1L,
    Http3Settings.SETTINGS_ENABLE_WEBTRANSPORT to 1L,
)

/** Asks for a session as draft-02 does, and takes the answer. */
internal suspend fun ScriptedPeer.openDraft02Session(): ScriptedStream {
    val request = ConnectRequest
        .builder("server.test", "/")
        .protocolToken(ConnectRequest.PROTOCOL_WEBTRANSPORT)
        .draft02()
        .build()
    val stream = openBidirectionalStream()
    stream.send(Http3Bytes.headers(request.toFields()))
    stream.expectAnswer(200)
    return stream
}
