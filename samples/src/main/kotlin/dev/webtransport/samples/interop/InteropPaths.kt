package dev.webtransport.samples.interop

import dev.webtransport.error.SessionException
import dev.webtransport.error.StreamResetException
import dev.webtransport.error.StreamStoppedException
import dev.webtransport.samples.echo.each
import dev.webtransport.samples.echo.echo
import dev.webtransport.samples.echo.unlessEnded
import dev.webtransport.samples.json.Json
import dev.webtransport.server.SessionRequest
import dev.webtransport.session.BidirectionalStream
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.session.use
import dev.webtransport.value.CloseInfo
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.supervisorScope
import java.nio.ByteBuffer
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** What the server does with a request. */
internal sealed interface InteropAnswer {
    /** Answers with an HTTP status, no session. */
    class Refuse(val status: Int) : InteropAnswer

    /** Accepts, and does this with the session. */
    class Run(val behaviour: suspend (WebTransportSession) -> Unit) : InteropAnswer
}

/**
 * What each path makes the server do.
 *
 * | path | behaviour |
 * | --- | --- |
 * | `/echo[?id=X]` | sends everything back; with `id` remembers how the session ended |
 * | `/last-close?id=X` | waits up to 3 s for the end of session X and tells it as `{"code":N,"reason":"..."}` |
 * | `/sink[?bytes=N]` | bidirectional: counts bytes up to FIN, or to N, and answers the count |
 * | `/source?bytes=N` | one unidirectional stream of N bytes |
 * | `/push?bidi=2&uni=2&dgram=2` | opens streams and sends datagrams; tells what comes back |
 * | `/close?code=C&reason=R&after=50` | closes the session after so many milliseconds |
 * | `/reset?code=51` | bidirectional, after the first byte: some data, then a reset |
 * | `/stop?code=52` | bidirectional, after the first byte: asks to stop |
 * | `/observe` | bidirectional, after the first byte: tells how the client ends its halves |
 * | `/headers` | the request's fields and the client's settings |
 * | `/drain` | asks the client to come to an end |
 * | `/reject?status=403` | that status |
 *
 * An unknown path is answered with 404, a value that makes no sense with 400.
 *
 * With `when=asked` beside its other values a path begins only when the client has opened a unidirectional stream: Firefox ESR 140 loses
 * streams of the server that come before its page knows that the session stands.
 */
internal class InteropPaths {
    private val ends = SessionEnds()

    /** Decides, before anything is accepted. */
    fun answer(request: SessionRequest): InteropAnswer =
        try {
            val query = Query.parse(request.path)
            val answer = answer(query, request)
            if (isAskedFor(query) && answer is InteropAnswer.Run) whenAsked(answer) else answer
        } catch (_: IllegalArgumentException) {
            InteropAnswer.Refuse(BAD_REQUEST)
        }

    private fun isAskedFor(query: Query): Boolean {
        val moment = query.text("when", ASKED.length) ?: return false
        require(moment == ASKED) { "when is $moment; it can be $ASKED" }
        return true
    }

    private fun whenAsked(answer: InteropAnswer.Run) = InteropAnswer.Run { session ->
        if (session.acceptUnidirectionalStream() != null) answer.behaviour(session)
    }

    private fun answer(query: Query, request: SessionRequest): InteropAnswer =
        when (query.path()) {
            "/echo" -> echoAnswer(query)
            "/last-close" -> lastCloseAnswer(query)
            "/sink" -> query.number("bytes", Long.MAX_VALUE, 0, MAX_BYTES).let { onStreams { stream -> sink(stream, it) } }
            "/source" -> query.number("bytes", 0, 0, MAX_BYTES).let { InteropAnswer.Run { session -> source(session, it) } }
            "/push" -> pushAnswer(query)
            "/close" -> closeAnswer(query)
            "/reset" -> query.number("code", 51, 0, CloseInfo.MAX_CODE).let { onStreams { stream -> reset(stream, it) } }
            "/stop" -> query.number("code", 52, 0, CloseInfo.MAX_CODE).let { onStreams { stream -> stop(stream, it) } }
            "/observe" -> onStreams(::observe)
            "/headers" -> InteropAnswer.Run { session -> unlessEnded { tell(session, describe(request)) } }
            "/drain" -> InteropAnswer.Run { session -> unlessEnded { drain(session) } }
            "/reject" -> InteropAnswer.Refuse(query.number("status", FORBIDDEN, 300, 599).toInt())
            else -> InteropAnswer.Refuse(NOT_FOUND)
        }

    private fun echoAnswer(query: Query): InteropAnswer {
        val name = query.text("id", SessionEnds.LONGEST_NAME) ?: return InteropAnswer.Run(::echo)
        return InteropAnswer.Run { session ->
            echo(session)
            ends.report(name, endOf(session))
        }
    }

    private fun lastCloseAnswer(query: Query): InteropAnswer {
        val name = requireNotNull(query.text("id", SessionEnds.LONGEST_NAME)) { "id is missing" }
        return InteropAnswer.Run { session ->
            val info = ends.await(name, LAST_CLOSE_WAIT)
            unlessEnded { tell(session, mapOf("code" to info?.code(), "reason" to info?.reason())) }
        }
    }

    private fun pushAnswer(query: Query): InteropAnswer {
        val bidirectional = query.number("bidi", 2, 0, MAX_STREAMS).toInt()
        val unidirectional = query.number("uni", 2, 0, MAX_STREAMS).toInt()
        val datagrams = query.number("dgram", 2, 0, MAX_STREAMS).toInt()
        return InteropAnswer.Run { session ->
            supervisorScope {
                repeat(datagrams) { unlessEnded { session.datagrams.send("srv-dg-$it".toByteArray()) } }
                repeat(unidirectional) { launch { unlessEnded { tell(session, "srv-uni-$it") } } }
                repeat(bidirectional) { launch { unlessEnded { ask(session, "srv-bidi-$it") } } }
            }
        }
    }

    private fun closeAnswer(query: Query): InteropAnswer {
        val reason = query.text("reason", CloseInfo.MAX_REASON_BYTES) ?: ""
        val info = CloseInfo.of(query.number("code", 0, 0, CloseInfo.MAX_CODE), reason)
        val after = query.number("after", 50, 0, 60_000).milliseconds
        return InteropAnswer.Run { session ->
            delay(after)
            session.close(info)
        }
    }

    private fun onStreams(behaviour: suspend (BidirectionalStream) -> Unit) =
        InteropAnswer.Run { session ->
            supervisorScope {
                each(session.incomingBidirectionalStreams) { stream -> launch { unlessEnded { behaviour(stream) } } }
            }
        }

    private suspend fun endOf(session: WebTransportSession): CloseInfo? =
        try {
            session.awaitClosed()
        } catch (_: SessionException) {
            null
        }

    private suspend fun sink(stream: BidirectionalStream, limit: Long) {
        stream.use {
            val buffer = ByteBuffer.allocate(CHUNK)
            var count = 0L
            while (count < limit) {
                val read = stream.receive.read(buffer.clear())
                if (read < 0) break
                count += read
            }
            stream.send.write(count.toString().toByteArray())
            stream.send.finish()
            // A client that is still about to finish must not be told to stop.
            drainQuietly(stream.receive)
        }
    }

    private suspend fun source(session: WebTransportSession, bytes: Long) {
        unlessEnded {
            session.createUnidirectionalStream().use { stream ->
                val chunk = ByteBuffer.allocate(CHUNK)
                var left = bytes
                while (left > 0) {
                    chunk.clear().limit(minOf(left, CHUNK.toLong()).toInt())
                    left -= chunk.remaining()
                    stream.write(chunk)
                }
                stream.finish()
            }
        }
    }

    private suspend fun ask(session: WebTransportSession, text: String) {
        session.createBidirectionalStream().use { stream ->
            stream.send.write(text.toByteArray())
            stream.send.finish()
            val reply = stream.receive.readAll(MAX_REPLY).decodeToString()
            tell(session, mapOf("ev" to "reply", "data" to reply))
        }
    }

    private suspend fun reset(stream: BidirectionalStream, code: Long) {
        stream.use(code) {
            awaitFirstByte(stream.receive)
            stream.send.write("partial".toByteArray())
            delay(BETWEEN_DATA_AND_RESET)
            stream.send.reset(code)
            drainQuietly(stream.receive)
        }
    }

    private suspend fun stop(stream: BidirectionalStream, code: Long) {
        awaitFirstByte(stream.receive)
        stream.receive.stopSending(code)
        // The other half stays open, so that only the stop ends anything.
    }

    private suspend fun observe(stream: BidirectionalStream) {
        awaitFirstByte(stream.receive)
        coroutineScope {
            launch { unlessEnded { tick(stream) } }
            launch { unlessEnded { watch(stream) } }
        }
    }

    private suspend fun CoroutineScope.tick(stream: BidirectionalStream) {
        // The next write would tell too, but a full window would keep it waiting.
        val ticking =
            launch {
                unlessEnded {
                    while (true) {
                        stream.send.write("tick".toByteArray())
                        delay(BETWEEN_TICKS)
                    }
                }
            }
        try {
            val code = stream.send.awaitStopped()
            tell(stream.session, mapOf("ev" to "send-end", "code" to code))
        } finally {
            ticking.cancel()
        }
    }

    private suspend fun watch(stream: BidirectionalStream) {
        try {
            drainQuietly(stream.receive)
        } catch (reset: StreamResetException) {
            tell(stream.session, mapOf("ev" to "recv-end", "code" to reset.errorCode))
        }
    }

    private suspend fun awaitFirstByte(stream: ReceiveStream) {
        stream.read(ByteBuffer.allocate(1))
    }

    private suspend fun drainQuietly(stream: ReceiveStream) {
        val buffer = ByteBuffer.allocate(CHUNK)
        do {
            val read = stream.read(buffer.clear())
        } while (read >= 0)
    }

    private suspend fun drain(session: WebTransportSession) {
        delay(BEFORE_DRAIN)
        session.drain()
    }

    private suspend fun tell(session: WebTransportSession, value: Map<String, Any?>) {
        tell(session, Json.of(value))
    }

    private suspend fun tell(session: WebTransportSession, text: String) {
        session.createUnidirectionalStream().use { stream ->
            stream.write(text.toByteArray())
            stream.finish()
        }
    }

    private fun describe(request: SessionRequest): Map<String, Any?> =
        mapOf(
            "headers" to headersOf(request),
            "settings" to request.peerSettings.entries.associate { (id, value) -> "0x" + id.toString(16) to value },
        )

    /** One member per name, as fields of the same name may be joined (RFC 9110, section 5.3). */
    private fun headersOf(request: SessionRequest): Map<String, String> {
        val fields = request.headers.entries().groupByTo(linkedMapOf(), { it.key }, { it.value })
        // The SDK has read these two already.
        request.origin?.let { fields["origin"] = mutableListOf(it) }
        if (request.offeredProtocols.isNotEmpty()) {
            fields["wt-available-protocols"] = request.offeredProtocols.mapTo(mutableListOf()) { "\"$it\"" }
        }
        return fields.mapValues { (_, values) -> values.joinToString(", ") }
    }

    private companion object {
        const val ASKED = "asked"
        const val BAD_REQUEST = 400
        const val FORBIDDEN = 403L
        const val NOT_FOUND = 404
        const val CHUNK = 64 shl 10
        const val MAX_REPLY = 1 shl 20
        const val MAX_STREAMS = 10_000L
        const val MAX_BYTES = 1L shl 40
        val LAST_CLOSE_WAIT = 3.seconds
        val BETWEEN_DATA_AND_RESET = 20.milliseconds
        val BETWEEN_TICKS = 20.milliseconds
        val BEFORE_DRAIN = 50.milliseconds
    }
}
