package dev.webtransport.samples.demo

import dev.webtransport.client.WebTransportClient
import dev.webtransport.error.StreamResetException
import dev.webtransport.error.WebTransportException
import dev.webtransport.samples.cli.forPeople
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.session.use
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.DatagramStatus
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import java.io.PrintWriter
import java.nio.ByteBuffer
import java.util.Locale
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/** Shows everything a session can do, from the client's side, and keeps the results. */
internal class DemoRun(
    private val client: WebTransportClient,
    private val url: String,
    private val out: PrintWriter,
) {
    /** What became of each step. */
    val results = ResultTable()

    private val begin = TimeSource.Monotonic.markNow()

    /** Runs all steps; a failed one does not keep the others from running, unless there is no session at all. */
    suspend fun run() {
        var session: WebTransportSession? = null
        step("connect") {
            val opened = client.connect(url)
            session = opened
            val draft = opened.connection.draft?.label() ?: "unknown draft"
            say("session ${opened.id} on ${opened.connection.localAddress} with ${opened.connection.remoteAddress}")
            "QUIC, TLS 1.3, HTTP/3, $draft"
        }
        session?.let { everything(it) }
    }

    private suspend fun everything(session: WebTransportSession) {
        step("bidirectional stream, client to server") { askEcho(session) }
        step("bidirectional stream, server to client") { answerServer(session) }
        step("unidirectional stream, client to server") { sendUnidirectional(session) }
        step("unidirectional stream, server to client") { receiveUnidirectional(session) }
        step("datagrams, there and back") { pingDatagrams(session) }
        step("bulk, there and back on one stream") { sendBulk(session) }
        step("server resets a stream") { receiveReset(session) }
        step("server asks to stop sending") { receiveStop(session) }
        step("server closes the session") { receiveClose(session) }
    }

    private suspend fun askEcho(session: WebTransportSession): String {
        val answer = ask(session, "echo hello over QUIC")
        return expect("hello over QUIC", answer)
    }

    private suspend fun answerServer(session: WebTransportSession): String =
        session.createBidirectionalStream().use { asking ->
            asking.send.write("open bidi\n".toByteArray())
            asking.send.finish()
            val opened = checkNotNull(session.acceptBidirectionalStream()) { "the session ended" }
            opened.use {
                say("stream ${it.id} from the server: \"${it.receive.readAll(LONGEST).decodeToString()}\"")
                it.send.write("the client".toByteArray())
                it.send.finish()
                expect("the client said: the client", asking.receive.readAll(LONGEST).decodeToString())
            }
        }

    private suspend fun sendUnidirectional(session: WebTransportSession): String {
        session.createUnidirectionalStream().use {
            it.write("one way".toByteArray())
            it.finish()
            say("stream ${it.id} to the server: \"one way\"")
        }
        return expect("one way", acceptText(session))
    }

    private suspend fun receiveUnidirectional(session: WebTransportSession): String {
        ask(session, "open uni")
        return expect("hello from the server", acceptText(session))
    }

    private suspend fun pingDatagrams(session: WebTransportSession): String {
        val times = mutableListOf<Duration>()
        repeat(PINGS) { number ->
            val sent = TimeSource.Monotonic.markNow()
            val status = session.datagrams.send("ping $number".toByteArray())
            check(status == DatagramStatus.SENT) { "datagram $number was not sent: $status" }
            val back = withTimeoutOrNull(DATAGRAM_WAIT) { session.datagrams.receive() }
            if (back != null && back.decodeToString() == "ping $number") times += sent.elapsedNow()
        }
        // Datagrams may be lost, even on this machine; all of them may not.
        check(times.isNotEmpty()) { "none of $PINGS came back" }
        times.sort()
        return "${times.size} of $PINGS, fastest ${times.first().forPeople()}, median ${times[times.size / 2].forPeople()}"
    }

    private suspend fun sendBulk(session: WebTransportSession): String {
        val begin = TimeSource.Monotonic.markNow()
        var received = 0L
        session.createUnidirectionalStream().use { stream ->
            val chunk = ByteArray(CHUNK)
            // The server sends back while we still send: its stream is there after the first bytes.
            stream.write(chunk)
            val back = checkNotNull(session.acceptUnidirectionalStream()) { "the session ended" }
            val buffer = ByteBuffer.allocate(CHUNK)
            coroutineScope {
                val reading =
                    async {
                        var read = 0
                        while (read >= 0) {
                            received += read
                            read = back.read(buffer.clear())
                        }
                    }
                repeat(BULK / CHUNK - 1) { stream.write(chunk) }
                stream.finish()
                reading.await()
            }
        }
        check(received == BULK.toLong()) { "sent $BULK bytes, got $received" }
        val perSecond = BULK / 1e6 / (begin.elapsedNow() / 1.seconds)
        return "%d MB, %.0f MB/s each way".format(Locale.ROOT, BULK / 1_000_000, perSecond)
    }

    private suspend fun receiveReset(session: WebTransportSession): String {
        try {
            val whole = ask(session, "reset $RESET_CODE")
            error("the stream ended well, with \"$whole\"")
        } catch (reset: StreamResetException) {
            check(reset.errorCode == RESET_CODE) { "reset with ${reset.errorCode}, not $RESET_CODE" }
            return "reset with code ${reset.errorCode}"
        }
    }

    private suspend fun receiveStop(session: WebTransportSession): String =
        session.createBidirectionalStream().use {
            it.send.write("stop $STOP_CODE\n".toByteArray())
            when (val code = it.send.awaitStopped()) {
                null -> "stopped; this QUIC engine does not tell the code"
                STOP_CODE -> "stopped with code $code"
                else -> error("stopped with $code, not $STOP_CODE")
            }
        }

    private suspend fun receiveClose(session: WebTransportSession): String {
        val stream = session.createBidirectionalStream()
        stream.send.write("close ${CLOSE.code()} ${CLOSE.reason()}\n".toByteArray())
        val info = session.awaitClosed()
        check(info == CLOSE) { "closed with $info, not $CLOSE" }
        return "closed with $info"
    }

    private suspend fun ask(session: WebTransportSession, line: String): String =
        session.createBidirectionalStream().use {
            it.send.write("$line\n".toByteArray())
            it.send.finish()
            say("stream ${it.id} to the server: \"$line\"")
            it.receive.readAll(LONGEST).decodeToString()
        }

    private suspend fun acceptText(session: WebTransportSession): String {
        val stream = checkNotNull(session.acceptUnidirectionalStream()) { "the session ended" }
        val text = stream.readAll(LONGEST).decodeToString()
        say("stream ${stream.id} from the server: \"$text\"")
        return text
    }

    private fun expect(wanted: String, got: String): String {
        check(got == wanted) { "expected \"$wanted\", got \"$got\"" }
        return "\"$got\""
    }

    private suspend fun step(name: String, block: suspend () -> String) {
        say(name)
        val begin = TimeSource.Monotonic.markNow()
        val failure =
            try {
                val result = withTimeout(STEP_LIMIT) { block() }
                results.passed(name, result, begin.elapsedNow().forPeople())
                say("ok: $result")
                return
            } catch (_: TimeoutCancellationException) {
                "nothing within $STEP_LIMIT"
            } catch (failure: WebTransportException) {
                failure.message ?: failure.toString()
            } catch (failure: IllegalStateException) {
                failure.message ?: failure.toString()
            }
        results.failed(name, failure, begin.elapsedNow().forPeople())
        say("FAILED: $failure")
    }

    private fun say(text: String) {
        out.println("%11s  %s".format(begin.elapsedNow().forPeople(), text))
    }

    private companion object {
        const val LONGEST = 4096
        const val CHUNK = 64_000
        const val BULK = 16_000_000
        const val PINGS = 20
        const val RESET_CODE = 51L
        const val STOP_CODE = 52L
        val CLOSE: CloseInfo = CloseInfo.of(4242, "that was all")
        val DATAGRAM_WAIT = 250.milliseconds
        val STEP_LIMIT = 15.seconds
    }
}
