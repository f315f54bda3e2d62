package dev.webtransport.runtime

import dev.webtransport.engine.EngineEvent
import dev.webtransport.engine.http3.Fin
import dev.webtransport.engine.http3.Http3Engine
import dev.webtransport.engine.http3.PeerDatagrams
import dev.webtransport.engine.http3.QuicInput
import dev.webtransport.engine.http3.QuicOutput
import dev.webtransport.engine.http3.StreamRole
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.session.LogContext
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicException
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.transport.QuicStreamStoppedException
import dev.webtransport.transport.TransportCapability
import dev.webtransport.wire.BufferCursor
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.plus
import kotlinx.coroutines.withContext
import org.slf4j.LoggerFactory
import java.nio.ByteBuffer
import java.util.OptionalLong
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.TimeSource

/**
 * Owns one engine: carries to it what QUIC tells and to QUIC what it asks, and gives it the time.
 *
 * The engine is touched only on a dispatcher of its own, one task at a time; each such turn ends with all events told and
 * all outputs carried out. What the engine must read (control streams, CONNECT streams, preambles) is read where the stream is accepted as
 * far as it is here, and the rest by one small coroutine per stream, which ends as soon as the bytes are the application's.
 */
internal class EngineDriver(
    private val quic: QuicConnection,
    private val engine: Http3Engine,
    private val scope: CoroutineScope,
    private val keepAliveInterval: Duration?,
    timeSource: TimeSource,
    private val connectionId: Long,
    private val bidirectionalGate: ArrivalGate,
    private val unidirectionalGate: ArrivalGate,
    private val onEvent: Http3Engine.(EngineEvent) -> Unit,
    private val onClosed: Http3Engine.(QuicCloseReason) -> Unit,
) {
    /** The QUIC streams by id. Only for the engine's dispatcher. */
    val streams = QuicStreams()

    private val dispatcher = TurnDispatcher.of(quic, scope.coroutineContext)

    /** For what goes on beside the turns, and never long, until the connection ends; on the engine's dispatcher. */
    val engineScope = scope + dispatcher
    private val origin = timeSource.markNow()
    private val pumps = SupervisorJob(scope.coroutineContext[Job])
    private val pumpScope = CoroutineScope(scope.coroutineContext + pumps + dispatcher)
    private var timer: Job? = null
    private var alive: Job? = null
    private var armedFor = Long.MAX_VALUE

    /** What the next turn has to enter first. */
    private val notes = ConcurrentLinkedQueue<Http3Engine.() -> Unit>()

    /** Whether a turn for the notes is on its way. */
    private val noted = AtomicBoolean()
    private val takeNotes = Runnable {
        noted.set(false)
        // After the end nobody looks into the books.
        if (!scope.isActive) {
            notes.clear()
        } else if (notes.isNotEmpty()) {
            guarded { inTurn { } }
        }
    }

    /** For bytes between two steps of the engine's dispatcher, not longer. */
    private val readBuffer = ByteBuffer.allocate(READ_SIZE)

    /** Opens the control stream, says SETTINGS on it, and begins to listen to the peer. */
    suspend fun start() {
        val control = quic.openUnidirectionalStream()
        turn { now ->
            streams.add(control.id, QuicStreams.Entry(null, control, null))
            start(control.id, if (quic.maxDatagramSize > 0) PeerDatagrams.SUPPORTED else PeerDatagrams.UNSUPPORTED, now)
        }
        launchPump { acceptBidirectional() }
        launchPump { acceptUnidirectional() }
        launchPump { receiveDatagrams() }
        if (keepAliveInterval != null &&
            TransportCapability.KEEP_ALIVE !in quic.capabilities
        ) {
            alive = scope.launch { keepAlive(keepAliveInterval) }
        }
        scope.launch { awaitClosed() }
    }

    /**
     * One turn with the engine. Cancellation: it is done or not begun, but never done without its outputs being carried
     * out; see [NonCancellable] callers for what must be done.
     */
    suspend fun <T> turn(block: Http3Engine.(nowNanos: Long) -> T): T =
        if (dispatcher.isHere()) {
            currentCoroutineContext().ensureActive()
            takeTurn(block)
        } else {
            withContext(dispatcher) { takeTurn(block) }
        }

    /** A turn that happens for certain while the connection lives, without waiting for it. */
    fun post(block: Http3Engine.(nowNanos: Long) -> Unit) {
        dispatcher.dispatch(scope.coroutineContext) { if (scope.isActive) guarded { takeTurn(block) } }
    }

    /**
     * Something for the engine's books, in order, of which no packet has to wait: in the next turn before all else, or in one of its own
     * when the packet in hand has left. For certain while the connection lives.
     */
    fun note(entry: Http3Engine.() -> Unit) {
        notes.add(entry)
        if (noted.compareAndSet(false, true)) dispatcher.dispatchBehind(takeNotes)
    }

    /** A turn, and the wait until QUIC has taken what was to be said on stream [id], or will not take it. */
    suspend fun say(id: Long, block: Http3Engine.(nowNanos: Long) -> Unit) {
        val writer =
            withContext(dispatcher) {
                guarded { takeTurn(block) }
                streams[id]?.writer
            }
        writer?.awaitDrained()
    }

    /** Reads [receive] for the engine from now on. */
    fun pump(id: Long, receive: QuicReceiveStream) {
        launchPump { StreamReader(id, receive).read() }
    }

    private inline fun <T> takeTurn(block: Http3Engine.(Long) -> T): T = inTurn { engine.block(now()) }

    private inline fun <T> inTurn(action: () -> T): T =
        dispatcher.take {
            writeNotes()
            val result = action()
            settle()
            result
        }

    /** In a turn. */
    private fun writeNotes() {
        while (true) {
            val entry = notes.poll() ?: return
            guarded { engine.entry() }
        }
    }

    private fun settle() {
        do {
            var moved = false
            // Events go first: a reader whose stream is about to be reset must find the end of its session told already.
            while (true) {
                engine.onEvent(engine.pollEvent() ?: break)
                moved = true
            }
            while (true) {
                carryOut(engine.pollTransmit() ?: break)
                moved = true
            }
        } while (moved)
        armTimer()
    }

    private fun carryOut(output: QuicOutput) {
        when (output) {
            is QuicOutput.SendStream -> {
                send(output)
            }

            is QuicOutput.ResetStream -> {
                val entry = streams[output.streamId()] ?: return
                entry.writer?.cancel()
                entry.send?.reset(output.errorCode())
                streams.endSend(output.streamId())
            }

            is QuicOutput.StopSending -> {
                streams[output.streamId()]?.receive?.stopSending(output.errorCode())
                streams.endReceive(output.streamId())
            }

            is QuicOutput.CloseConnection -> {
                quic.close(output.errorCode(), output.reason())
            }
        }
    }

    private fun send(output: QuicOutput.SendStream) {
        val id = output.streamId()
        val entry = streams[id] ?: return
        val stream = entry.send ?: return
        val writer =
            entry.writer ?: EngineWriter(engineScope, stream, onFinished = { post { streams.endSend(id) } }) { sendingFailed(id, it) }
                .also {
                    entry.writer = it
                    launchPump { watchForStop(id, stream) }
                }
        if (!writer.offer(output)) {
            quic.close(Http3ErrorCode.H3_EXCESSIVE_LOAD, "the peer does not read what HTTP/3 has to say on stream $id")
        }
    }

    private suspend fun watchForStop(id: Long, stream: QuicSendStream) {
        try {
            stream.awaitStopped()?.let { sendingFailed(id, it) }
        } catch (_: QuicConnectionException) {
            // The end of the connection is told once, by awaitClosed().
        }
    }

    private suspend fun sendingFailed(id: Long, failure: QuicException) {
        if (failure !is QuicStreamStoppedException) return
        turn { now ->
            if (streams.endSend(id) != null) {
                val code = failure.errorCode
                handleInput(QuicInput.SendingStopped(id, if (code == null) OptionalLong.empty() else OptionalLong.of(code)), now)
            }
        }
    }

    // ---- what QUIC tells

    private suspend fun acceptBidirectional() {
        while (true) {
            bidirectionalGate.await()
            val stream = quic.acceptBidirectionalStream()
            begin(stream.id, stream.receive, QuicStreams.Entry(stream, stream.send, stream.receive))
        }
    }

    private suspend fun acceptUnidirectional() {
        while (true) {
            unidirectionalGate.await()
            val stream = quic.acceptUnidirectionalStream()
            begin(stream.id, stream, QuicStreams.Entry(null, null, stream))
        }
    }

    private suspend fun receiveDatagrams() {
        while (true) {
            val datagram = quic.receiveDatagram()
            turn { now -> handleInput(QuicInput.Datagram(datagram), now) }
        }
    }

    /** A stream arrived. What it begins with is here already, mostly, and then it needs neither a coroutine nor a buffer of its own. */
    private fun begin(id: Long, receive: QuicReceiveStream, entry: QuicStreams.Entry) {
        streams.add(id, entry)
        val reader = StreamReader(id, receive)
        try {
            if (reader.readNow()) launchPump { reader.read() }
        } catch (_: QuicConnectionException) {
            // The end of the connection is told once, by awaitClosed().
        }
    }

    /** Reads a stream for the engine, until it ends or the bytes are the application's. On the engine's dispatcher, in no turn. */
    private inner class StreamReader(private val id: Long, private val receive: QuicReceiveStream) {
        private var taken = 0L

        /** Reads on until there is nothing more to read here. */
        suspend fun read() {
            val buffer = ByteBuffer.allocate(READ_SIZE)
            while (step(buffer) { receive.read(buffer) }) continue
        }

        /** Reads what can be read without waiting; whether there is more to read. */
        fun readNow(): Boolean {
            var isEmpty = false
            while (!isEmpty) {
                val goesOn = step(readBuffer) { receive.tryRead(readBuffer).also { isEmpty = it == 0 } }
                if (!goesOn) return false
            }
            return true
        }

        /** Gives the engine what [read] put into the buffer; whether it wants more. */
        private inline fun step(buffer: ByteBuffer, read: () -> Int): Boolean {
            BufferCursor.toFill(buffer)
            val count =
                try {
                    read()
                } catch (reset: QuicStreamResetException) {
                    takeTurn { now ->
                        handleInput(QuicInput.StreamReset(id, reset.errorCode), now)
                        streams.endReceive(id)
                    }
                    return false
                } catch (stopped: IllegalStateException) {
                    // The engine itself stopped the stream meanwhile.
                    if (stopped is CancellationException) throw stopped
                    return false
                }
            BufferCursor.toRead(buffer)
            if (count == 0) return true
            if (count > 0) taken += count
            return takeTurn { now -> give(id, buffer, if (count < 0) Fin.YES else Fin.NO, taken, now) }
        }
    }

    /** Gives bytes to the engine; whether it wants more. A copy of payload that came along is kept for the application. */
    private fun give(id: Long, data: ByteBuffer, fin: Fin, taken: Long, now: Long): Boolean {
        engine.handleInput(QuicInput.StreamData(id, data, fin), now)
        val role = engine.roleOf(id)
        if (fin == Fin.YES) streams.endReceive(id)
        return when (role) {
            StreamRole.UNDECIDED, StreamRole.ENGINE -> {
                fin == Fin.NO
            }

            StreamRole.SESSION, StreamRole.WAITING -> {
                streams[id]?.let {
                    it.preambleLength = (taken - data.remaining()).toInt()
                    it.early = if (data.hasRemaining()) copyOf(data) else null
                }
                false
            }

            StreamRole.REFUSED -> {
                false
            }
        }
    }

    private fun copyOf(data: ByteBuffer): ByteBuffer = BufferCursor.toRead(ByteBuffer.allocate(data.remaining()).put(data))

    /** Something that ends by itself with the connection, and is over before its end is told. */
    private fun launchPump(block: suspend () -> Unit) {
        pumpScope.launch {
            try {
                guarded { block() }
            } catch (_: QuicConnectionException) {
                // The end of the connection is told once, by awaitClosed().
            }
        }
    }

    /** A mistake in here ends the connection, loudly, rather than leave it half alive. */
    private inline fun guarded(block: () -> Unit) {
        try {
            block()
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (mistake: RuntimeException) {
            fail(mistake)
        } catch (mistake: Error) {
            fail(mistake)
            throw mistake
        }
    }

    private fun fail(mistake: Throwable) {
        LogContext.around(connectionId) { log.error("HTTP/3 failed on the connection with {}", quic.remoteAddress, mistake) }
        quic.close(Http3ErrorCode.H3_INTERNAL_ERROR, "internal error")
    }

    /** The end of the connection, but only after everything that arrived before it: a close code must not be overtaken. */
    private suspend fun awaitClosed() {
        val reason = quic.awaitClosed()
        alive?.cancel()
        bidirectionalGate.openForGood()
        unidirectionalGate.openForGood()
        pumps.complete()
        pumps.join()
        withContext(NonCancellable) { turn { onClosed(reason) } }
    }

    // ---- time

    private suspend fun keepAlive(interval: Duration) {
        while (true) {
            delay(interval)
            turn { keepAlive() }
        }
    }

    private fun now(): Long = origin.elapsedNow().inWholeNanoseconds

    private fun armTimer() {
        val deadline = engine.pollTimeoutNanos()
        if (deadline == armedFor) return
        armedFor = deadline
        timer?.cancel()
        timer =
            if (deadline == Long.MAX_VALUE) {
                null
            } else {
                // The time of the scope may be virtual, which the thread of a transport does not know.
                scope.launch {
                    delay((deadline - now()).coerceAtLeast(0).nanoseconds)
                    post { now ->
                        armedFor = Long.MAX_VALUE
                        handleTimeout(now)
                    }
                }
            }
    }

    private companion object {
        private val log = LoggerFactory.getLogger(EngineDriver::class.java)

        /** A preamble has at most 16 bytes, a request a few hundred; larger ones come in pieces. */
        const val READ_SIZE = 512
    }
}
