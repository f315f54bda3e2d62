package dev.webtransport.samples.connect

import dev.webtransport.error.SessionClosedException
import dev.webtransport.error.SessionException
import dev.webtransport.error.StreamException
import dev.webtransport.samples.cli.printable
import dev.webtransport.samples.echo.each
import dev.webtransport.session.BidirectionalStream
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.SendStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.use
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.DatagramStatus
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.withTimeoutOrNull
import java.io.PrintWriter
import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.nio.charset.CodingErrorAction
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** Lines from the keyboard to a session, and what comes back to the screen. */
internal class Conversation(
    private val session: WebTransportSession,
    private val out: PrintWriter,
    private val err: PrintWriter,
) {
    @Volatile
    private var answersMayCome = false

    /**
     * Talks until the session ends, the input ends, or [stop] is asked for.
     *
     * @return whether the session was closed; false when it was lost
     */
    suspend fun run(lines: ReceiveChannel<String>, stop: Deferred<Unit>): Boolean =
        coroutineScope {
            launch { each(session.incomingBidirectionalStreams) { launch { showServerStream(it.receive, it.send) } } }
            launch { each(session.incomingUnidirectionalStreams) { launch { showStream(it, "stream ${it.id}") } } }
            launch { each(session.datagrams.incoming) { show("datagram", it.decodeToString()) } }
            launch { sayDraining() }
            val ended = async { end() }
            val typing = async { obey(lines) }
            val info =
                select {
                    typing.onAwait { it }
                    stop.onAwait { CloseInfo.NORMAL }
                    ended.onAwait { null }
                }
            if (info != null && !ended.isCompleted) {
                session.close(info)
            }
            val end = ended.await()
            coroutineContext.cancelChildren()
            end.tell(info)
        }

    private sealed interface End {
        class Closed(val info: CloseInfo) : End

        class Lost(val why: String?) : End
    }

    private suspend fun end(): End =
        try {
            End.Closed(session.awaitClosed())
        } catch (closed: SessionClosedException) {
            End.Closed(closed.closeInfo())
        } catch (lost: SessionException) {
            End.Lost(lost.message)
        }

    private fun End.tell(ours: CloseInfo?): Boolean {
        when (this) {
            is End.Closed -> out.println(printable((if (ours == null) "closed by the server: " else "closed: ") + info))
            is End.Lost -> err.println(printable("wt: session lost: $why"))
        }
        return this is End.Closed
    }

    /** Takes lines until one asks to close, or there are no more; says how to close. */
    private suspend fun obey(lines: ReceiveChannel<String>): CloseInfo =
        coroutineScope {
            for (line in lines) {
                val command = Line.parse(line)
                if (command is Line.Close) {
                    coroutineContext.cancelChildren()
                    return@coroutineScope command.info
                }
                try {
                    obey(command)
                } catch (failure: StreamException) {
                    err.println(failure.message)
                } catch (_: SessionException) {
                    // How the session ended is told at the end.
                    break
                }
            }
            withTimeoutOrNull(LAST_ANSWERS) { coroutineContext.job.children.forEach { it.join() } }
            if (answersMayCome) delay(LAST_STRAY_ANSWERS)
            coroutineContext.cancelChildren()
            CloseInfo.NORMAL
        }

    private suspend fun CoroutineScope.obey(command: Line) {
        when (command) {
            is Line.Stream -> ask(command.text)
            is Line.Unidirectional -> tell(command.text)
            is Line.Datagram -> send(command.text)
            is Line.Help -> out.println(Line.HELP)
            is Line.Mistake -> err.println(command.message)
            is Line.Close, is Line.Empty -> Unit
        }
    }

    /** Waits a little for the answer, so that questions and answers alternate; a slow answer does not hold up the next line. */
    private suspend fun CoroutineScope.ask(text: String) {
        val stream = session.createBidirectionalStream()
        val answer = launch { stream.use { exchange(it, text) } }
        withTimeoutOrNull(ALTERNATE) { answer.join() }
    }

    private suspend fun exchange(stream: BidirectionalStream, text: String) {
        try {
            stream.send.write(text.toByteArray())
            stream.send.finish()
        } catch (stopped: StreamException) {
            // There may be an answer nevertheless.
            err.println(printable("stream ${stream.id}: ${stopped.message}"))
        } catch (_: SessionException) {
            // How the session ended is told at the end.
            return
        }
        showStream(stream.receive, null)
    }

    private suspend fun tell(text: String) {
        session.createUnidirectionalStream().use {
            it.write(text.toByteArray())
            it.finish()
        }
        answersMayCome = true
    }

    private fun send(text: String) {
        val bytes = text.toByteArray()
        when (session.datagrams.send(bytes)) {
            DatagramStatus.SENT -> {
                answersMayCome = true
            }

            DatagramStatus.BLOCKED -> {
                err.println("not sent: too many datagrams are waiting; try again")
            }

            DatagramStatus.TOO_LARGE -> {
                err.println("not sent: ${bytes.size} bytes are too long; the longest is ${session.datagrams.maxDatagramSize}")
            }
        }
    }

    private suspend fun showServerStream(receive: ReceiveStream, send: SendStream) {
        try {
            send.finish()
        } catch (_: StreamException) {
            // The server wants no answer, and there is none.
        } catch (_: SessionException) {
            return
        }
        showStream(receive, "stream ${receive.id}")
    }

    /** Prints text as it comes, whole characters only. */
    private suspend fun showStream(stream: ReceiveStream, name: String?) {
        val decoder = Charsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE)
        val bytes = ByteBuffer.allocate(BUFFER)
        val chars = CharBuffer.allocate(BUFFER)
        try {
            while (stream.read(bytes) >= 0) {
                decoder.decode(bytes.flip(), chars, false)
                bytes.compact()
                show(name, chars.flip().toString())
                chars.clear()
            }
        } catch (failure: StreamException) {
            err.println(printable((name ?: "stream ${stream.id}") + ": ${failure.message}"))
        } catch (_: SessionException) {
            // How the session ended is told at the end.
        }
    }

    private fun show(name: String?, text: String) {
        if (text.isNotEmpty()) out.println(printable((if (name == null) "< " else "< [$name] ") + text))
    }

    private suspend fun sayDraining() {
        try {
            session.awaitDraining()
            out.println("the server asks to come to an end")
        } catch (_: SessionException) {
            // It ended without asking.
        }
    }

    private companion object {
        const val BUFFER = 16 shl 10
        val ALTERNATE = 2.seconds
        val LAST_ANSWERS = 10.seconds
        val LAST_STRAY_ANSWERS = 500.milliseconds
    }
}
