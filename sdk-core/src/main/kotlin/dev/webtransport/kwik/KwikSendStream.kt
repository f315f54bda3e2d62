package dev.webtransport.kwik

import dev.webtransport.flow.SendScheduler
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStreamStoppedException
import dev.webtransport.transport.TransportSpi
import dev.webtransport.transport.endAt
import dev.webtransport.transport.moveTo
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import org.slf4j.LoggerFactory
import tech.kwik.core.frame.StreamFrame
import java.io.IOException
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.coroutines.resume

/**
 * The sending half of a stream.
 *
 * Writers copy into chunks, many small writes in one. Kwik's sending thread takes them from there in pieces, when it is this
 * stream's [turn][KwikOutbox]. Bytes count against [dev.webtransport.config.QuicConfig.sendBufferSize] until Kwik has them.
 */
@OptIn(TransportSpi::class)
internal class KwikSendStream(private val stream: KwikStream) : QuicSendStream {
    override val id: Long get() = stream.id

    private val connection = stream.connection
    private val limit = connection.config.sendBufferSize()
    private val lock = Any()

    // All under the lock.
    private val chunks = ArrayDeque<Chunk>()
    private var outstanding = 0
    private var finRequested = false
    private var resetCode: Long? = null
    private var end: End? = null
    private val roomWaiters = ArrayDeque<CancellableContinuation<Unit>>()
    private val endWaiters = ArrayDeque<CancellableContinuation<Unit>>()

    @Volatile
    private var priority: Priority? = null

    /** Whether this stream is in the outbox's list of those that want to be looked at. Belongs to the outbox. */
    val isListed = AtomicBoolean()

    /** How far the peer has acknowledged it. */
    val progress = Acknowledgements.Progress()

    /** How many bytes the peer allows on this stream. */
    @Volatile
    var credit: Long = 0

    @Volatile
    private var left = 0L

    /** How many bytes Kwik was given. Changed on the sending thread only. */
    @Volatile
    private var handed = 0L

    // On the sending thread only.
    private var place: SendScheduler.Sender<KwikSendStream>? = null
    private var appliedPriority: Priority? = null
    private var finHanded = false
    private var resetHanded = false
    private var closedInKwik = false
    private var ended = false

    private class Priority(val group: Any, val order: Long)

    private sealed interface End {
        object Finished : End

        object Reset : End

        class Stopped(val errorCode: Long) : End

        class Lost(val cause: QuicConnectionException) : End
    }

    /** Bytes from [start] to [end] wait; a chunk that is given away is full or the last one. */
    private class Chunk(val bytes: ByteArray) {
        var start = 0
        var end = 0
    }

    override val bytesSent: Long get() = left
    override val bytesAcknowledged: Long get() = progress.acknowledged()

    override suspend fun write(data: ByteBuffer) {
        while (true) {
            var wake = false
            synchronized(lock) {
                checkOpen()
                check(!finRequested) { "stream $id was finished; nothing can be written after its FIN" }
                val length = minOf(limit - outstanding, data.remaining())
                if (length > 0) {
                    append(data, length)
                    wake = true
                }
            }
            if (wake) connection.outbox.wake(this)
            if (!data.hasRemaining()) return
            await(roomWaiters) { outstanding < limit }
        }
    }

    override suspend fun finish() {
        synchronized(lock) {
            if (end === End.Finished) return
            checkOpen()
            if (!finRequested) {
                finRequested = true
                connection.acknowledgements.handleFinished(progress)
            }
        }
        connection.outbox.wake(this)
        await(endWaiters) { false }
        synchronized(lock) { if (end !== End.Finished) checkOpen() }
    }

    override fun prioritize(group: Any, order: Long) {
        priority = Priority(group, order)
        connection.outbox.wake(this)
    }

    override fun reset(errorCode: Long) {
        synchronized(lock) { if (end == null) resetCode = errorCode }
        if (end(End.Reset, dropsQueued = true)) {
            connection.acknowledgements.handleAbandoned(progress)
            connection.outbox.wake(this)
        }
    }

    override suspend fun awaitStopped(): QuicStreamStoppedException? {
        await(endWaiters) { false }
        return when (val how = synchronized(lock) { checkNotNull(end) }) {
            End.Finished, End.Reset -> null
            is End.Stopped -> QuicStreamStoppedException(how.errorCode)
            is End.Lost -> throw QuicConnectionException(how.cause.reason, how.cause)
        }
    }

    /** STOP_SENDING arrived; Kwik answers it. On the thread that processes packets. */
    fun handleStopped(errorCode: Long) {
        if (!end(End.Stopped(errorCode), dropsQueued = true)) return
        connection.acknowledgements.handleAbandoned(progress)
        connection.outbox.wake(this)
    }

    /** The connection has ended. Where what waits [may still leave][mayStillSend], who finishes is told later whether it did. */
    fun handleConnectionEnd(cause: QuicConnectionException, mayStillSend: Boolean) {
        if (mayStillSend && synchronized(lock) { finRequested }) return
        end(End.Lost(cause), dropsQueued = !mayStillSend)
        connection.acknowledgements.handleAbandoned(progress)
    }

    /** How many bytes of this stream Kwik holds that have not left. */
    val unsent: Long get() = handed - left

    // What follows is called on the sending thread only.

    /** Takes notice of what was written, finished, reset or prioritized. */
    fun look(scheduler: SendScheduler<KwikSendStream>) {
        if (ended) return
        val code = synchronized(lock) { resetCode }
        if (code != null && !finHanded) {
            resetInKwik(code)
            return
        }
        if (synchronized(lock) { end is End.Stopped }) {
            scheduler.setReady(place(scheduler), false)
            return
        }
        val wanted = priority
        val sender = place(scheduler)
        if (wanted !== appliedPriority && wanted != null) {
            scheduler.prioritize(sender, wanted.group, wanted.order)
            appliedPriority = wanted
        }
        scheduler.setReady(sender, wantsTurn)
        handFin()
    }

    private fun place(scheduler: SendScheduler<KwikSendStream>): SendScheduler.Sender<KwikSendStream> = place ?: run {
        val wanted = priority
        appliedPriority = wanted
        scheduler.add(this, wanted?.group, wanted?.order ?: 0).also { place = it }
    }

    /** Whether this stream has bytes that the peer allows. */
    val wantsTurn: Boolean get() = !closedInKwik && handed < credit && synchronized(lock) { outstanding > 0 }

    /** Hands at most [atMost] bytes to Kwik, and tells how many. */
    fun takeTurn(atMost: Int): Int {
        val allowed = minOf(atMost.toLong(), credit - handed).toInt()
        val piece: ByteArray
        val offset: Int
        val length: Int
        val writer: CancellableContinuation<Unit>?
        synchronized(lock) {
            val chunk = chunks.firstOrNull() ?: return 0
            piece = chunk.bytes
            offset = chunk.start
            length = minOf(allowed, chunk.end - chunk.start)
            chunk.start += length
            if (chunk.start == chunk.end) chunks.removeFirst()
            outstanding -= length
            writer = if (outstanding <= limit / 2) roomWaiters.removeFirstOrNull() else null
        }
        val taken = if (length > 0 && writeToKwik(piece, offset, length)) length else 0
        handed += taken
        writer?.resume(Unit)
        handFin()
        return taken
    }

    /**
     * Gives bytes to Kwik, which copies them and never waits: what it holds of a stream is far below its buffer. False if Kwik takes no more,
     * because this stream was reset for a STOP_SENDING or the connection is being closed; that is told otherwise. An exception here
     * would end the connection.
     */
    private fun writeToKwik(bytes: ByteArray, offset: Int, length: Int): Boolean = try {
        stream.kwik.outputStream.write(bytes, offset, length)
        true
    } catch (over: IOException) {
        closedInKwik = true
        LOG.debug("stream {} takes no more", id, over)
        false
    }

    /**
     * Hands the FIN to Kwik, once everything before it is there.
     *
     * A FIN that is queued while another thread asks Kwik to send this stream is lost for ever: Kwik keeps a count of such requests that is
     * read and then changed (StreamOutputStreamImpl.scheduleSendStreamFrameRequest). Writes and FINs come from the sending thread
     * here, which runs those requests, so nothing comes between. What remains is the repetition of lost packets, on
     * other threads; so the FIN goes along with the last bytes only where they fit one frame and nothing of the stream is
     * under way, else after them.
     */
    private fun handFin() {
        val wanted = synchronized(lock) { finRequested && outstanding == 0 && end !is End.Reset && end !is End.Stopped }
        if (!wanted || finHanded || closedInKwik) return
        val alone = left == handed
        val first = left <= progress.acknowledged() && unsent <= ONE_FRAME
        if (!alone && !first) return
        finHanded = true
        stream.kwik.outputStream.close()
        connection.outbox.hold(this)
        end(End.Finished, dropsQueued = false)
    }

    /** Kwik sends nothing of a stream that is reset, so the reset takes back what Kwik holds. */
    fun resetInKwik(code: Long) {
        if (resetHanded) return
        resetHanded = true
        stream.kwik.resetStream(code)
    }

    /** A frame has left, perhaps once more; tells by how many bytes the stream has come on. */
    fun handleSent(frame: StreamFrame): Long {
        val news = maxOf(0, frame.upToOffset - left)
        left += news
        if (frame.isFinal) {
            handleEnded()
        } else if (news > 0 && left == handed && !finHanded) {
            handFin()
        }
        return news
    }

    /** RESET_STREAM has left; tells how many bytes that were handed over will not follow. */
    fun handleResetSent(finalSize: Long): Long {
        if (ended) return 0
        val dropped = handed - finalSize
        handed = finalSize
        left = finalSize
        handleEnded()
        connection.handleResetLeft(stream)
        return dropped
    }

    /** Whether all that was handed over has left. */
    val isSettled: Boolean get() = ended || (unsent <= 0 && !finHanded)

    /** Asks Kwik once more to send what it holds: see [handFin]. */
    fun nudge() {
        if (finHanded) {
            // The stream is closed, and Kwik takes no more of it; but the frame itself may be sent.
            if (left == handed) connection.sendFin(stream, handed)
        } else if (!resetHanded && !closedInKwik) {
            writeToKwik(NOTHING, 0, 0)
        }
    }

    private fun handleEnded() {
        if (ended) return
        ended = true
        place?.let { connection.outbox.remove(it) }
        stream.handleSendEnded()
    }

    /** Ends this half unless it has ended; all who wait find out why. */
    private fun end(how: End, dropsQueued: Boolean): Boolean {
        val waiting: List<CancellableContinuation<Unit>>
        synchronized(lock) {
            if (end != null) return false
            end = how
            if (dropsQueued) {
                chunks.clear()
                outstanding = 0
            }
            waiting = roomWaiters + endWaiters
            roomWaiters.clear()
            endWaiters.clear()
        }
        waiting.forEach { it.resume(Unit) }
        return true
    }

    /** Under the lock. */
    private fun checkOpen() {
        when (val how = end) {
            null -> Unit
            End.Finished -> throw IllegalStateException("stream $id was finished; nothing can be written after its FIN")
            End.Reset -> throw IllegalStateException("stream $id was reset by this end")
            is End.Stopped -> throw QuicStreamStoppedException(how.errorCode)
            is End.Lost -> throw QuicConnectionException(how.cause.reason, how.cause)
        }
    }

    /** Under the lock. */
    private fun append(data: ByteBuffer, length: Int) {
        outstanding += length
        val piece = data.duplicate()
        val end = data.position() + length
        data.moveTo(end)
        while (piece.position() < end) {
            val tail = chunks.lastOrNull()?.takeIf { it.end < it.bytes.size } ?: newChunk(end - piece.position())
            val count = minOf(end - piece.position(), tail.bytes.size - tail.end)
            piece.endAt(piece.position() + count)
            piece.get(tail.bytes, tail.end, count)
            piece.endAt(data.limit())
            tail.end += count
        }
    }

    private fun newChunk(length: Int): Chunk {
        // The first chunk fits a single small message; who writes more before it is taken writes more still.
        val capacity = if (chunks.isEmpty()) maxOf(length, SMALL_CHUNK) else LARGE_CHUNK
        return Chunk(ByteArray(minOf(capacity, LARGE_CHUNK))).also { chunks.addLast(it) }
    }

    private suspend inline fun await(
        waiters: ArrayDeque<CancellableContinuation<Unit>>,
        crossinline ready: () -> Boolean,
    ) = suspendCancellableCoroutine<Unit> { waiter ->
        val waits = synchronized(lock) { (end == null && !ready()).also { if (it) waiters.addLast(waiter) } }
        if (waits) {
            waiter.invokeOnCancellation { synchronized(lock) { waiters.remove(waiter) } }
        } else {
            waiter.resume(Unit)
        }
    }

    private companion object {
        val LOG = LoggerFactory.getLogger(KwikSendStream::class.java)!!
        const val SMALL_CHUNK = 512
        const val LARGE_CHUNK = 32 shl 10

        /** What fits a packet beside the other things in it. */
        const val ONE_FRAME = 1_000
        val NOTHING = ByteArray(0)
    }
}
