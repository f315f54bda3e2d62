package dev.webtransport.samples.demo

import dev.webtransport.error.StreamStoppedException
import dev.webtransport.samples.echo.echoStreams
import dev.webtransport.session.BidirectionalStream
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.session.use
import dev.webtransport.value.CloseInfo
import kotlinx.coroutines.delay
import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import kotlin.time.Duration.Companion.milliseconds

/**
 * The server of the demo. Unidirectional streams and datagrams are sent back; a bidirectional stream begins with one line
 * that asks for something:
 *
 * | line | the server |
 * | --- | --- |
 * | `echo TEXT` | answers TEXT |
 * | `open bidi` | opens a bidirectional stream, and answers what it was told there |
 * | `open uni` | opens a unidirectional stream |
 * | `reset CODE` | begins an answer, and resets the stream |
 * | `stop CODE` | asks to stop sending |
 * | `close CODE REASON` | closes the session |
 */
internal suspend fun serveDemo(session: WebTransportSession) {
    echoStreams(session, ::obey)
}

private suspend fun obey(stream: BidirectionalStream) {
    stream.use {
        val line = readLine(stream.receive)
        val rest = line.substringAfter(' ', "")
        when (line.substringBefore(' ')) {
            "echo" -> answer(stream, rest)
            "open" -> if (rest == "uni") greet(stream.session, stream) else askBack(stream.session, stream)
            "reset" -> reset(stream, code(rest))
            "stop" -> stop(stream, code(rest))
            "close" -> stream.session.close(CloseInfo.of(code(rest.substringBefore(' ')), rest.substringAfter(' ', "")))
            else -> answer(stream, "unknown command: $line")
        }
    }
}

private suspend fun answer(stream: BidirectionalStream, text: String) {
    stream.send.write(text.toByteArray())
    stream.send.finish()
    readToEnd(stream.receive)
}

/** A client that has said all, but not yet finished, must not be asked to stop: that would be a failure to it. */
private suspend fun readToEnd(stream: ReceiveStream) {
    val rest = ByteBuffer.allocate(LONGEST_LINE)
    do {
        val read = stream.read(rest.clear())
    } while (read >= 0)
}

private suspend fun greet(session: WebTransportSession, asked: BidirectionalStream) {
    session.createUnidirectionalStream().use {
        it.write("hello from the server".toByteArray())
        it.finish()
    }
    answer(asked, "sent")
}

private suspend fun askBack(session: WebTransportSession, asked: BidirectionalStream) {
    val reply =
        session.createBidirectionalStream().use {
            it.send.write("who is there?".toByteArray())
            it.send.finish()
            it.receive.readAll(LONGEST_LINE).decodeToString()
        }
    answer(asked, "the client said: $reply")
}

private suspend fun reset(stream: BidirectionalStream, code: Long) {
    stream.send.write("half an ans".toByteArray())
    delay(BEFORE_RESET)
    stream.send.reset(code)
    readToEnd(stream.receive)
}

private suspend fun stop(stream: BidirectionalStream, code: Long) {
    stream.receive.stopSending(code)
    try {
        stream.send.write("stopped".toByteArray())
        stream.send.finish()
    } catch (_: StreamStoppedException) {
        // The client wanted no answer.
    }
}

/** A code as a client wrote it; nonsense is 0. */
private fun code(text: String): Long = text.toLongOrNull()?.takeIf { it in 0..CloseInfo.MAX_CODE } ?: 0

/** Up to the first line feed, or the end of the stream. */
private suspend fun readLine(stream: ReceiveStream): String {
    val line = ByteArrayOutputStream()
    val byte = ByteBuffer.allocate(1)
    while (line.size() < LONGEST_LINE && stream.read(byte.clear()) > 0 && byte[0] != '\n'.code.toByte()) {
        line.write(byte[0].toInt())
    }
    return line.toString(Charsets.UTF_8)
}

private const val LONGEST_LINE = 4096
private val BEFORE_RESET = 20.milliseconds
