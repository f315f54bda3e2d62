package dev.webtransport.kwik

import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.transport.TransportSpi
import dev.webtransport.transport.endAt
import dev.webtransport.transport.moveTo
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import tech.kwik.core.frame.StreamFrame
import java.io.IOException
import java.nio.ByteBuffer
import kotlin.coroutines.resume

/**
 * The receiving half of a stream. Kwik's stream blocks whoever reads it, so it is read only when the packets have shown that
 * something is there; until then a reader suspends. What is not read stays in Kwik and holds back credit from the peer.
 *
 * A stream that this end stops is read to its end and thrown away instead of being aborted: Kwik's abort keeps the credit of the
 * connection for what nobody read (StreamInputStreamImpl.abortReading), and ten such streams would end it. The peer is told
 * by a STOP_SENDING frame all the same, and answers with the RESET_STREAM that ends the reading.
 */
@OptIn(TransportSpi::class)
internal class KwikReceiveStream(private val stream: KwikStream) : QuicReceiveStream {
    override val id: Long get() = stream.id

    private val connection = stream.connection
    private val lock = Any()

    // All under the lock.
    private val ranges = ReceivedRanges()
    private var taken = 0L
    private var salvaged: ByteBuffer? = null
    private var end: End? = null

    /** Kwik has forgotten the stream. */
    private var closedInKwik = false

    /** Kwik gives out nothing more; why comes in a moment. */
    private var lostInKwik = false
    private var reader: CancellableContinuation<Unit>? = null

    private sealed interface End {
        /** FIN arrived and everything before it was read. */
        object Finished : End

        class Reset(val errorCode: Long) : End

        object Refused : End

        /** The connection ended; what was salvaged can still be read. */
        class Lost(val cause: QuicConnectionException) : End
    }

    override val bytesReceived: Long get() = synchronized(lock) { ranges.contiguous() }

    override suspend fun read(dst: ByteBuffer): Int {
        require(dst.hasRemaining()) { "no room in the buffer to read into" }
        while (true) {
            val read = synchronized(lock) { poll(dst) }
            if (read != 0) return read
            awaitArrival()
        }
    }

    override fun stopSending(errorCode: Long) {
        val waiting: CancellableContinuation<Unit>?
        synchronized(lock) {
            if (end != null && end !is End.Lost) return
            val over = end != null
            end = End.Refused
            salvaged = null
            waiting = takeReader()
            if (!over) {
                if (!ranges.isComplete) connection.sendStopSending(this, errorCode)
                discard()
            }
        }
        waiting?.resume(Unit)
    }

    /** Whether a STOP_SENDING frame that was lost has to be sent again. */
    val isStillComing: Boolean get() = synchronized(lock) { !closedInKwik && !ranges.isComplete && !connection.hasEnded }

    /** A frame of the peer is in Kwik's buffer now. On the thread that processes packets. */
    fun handleFrame(frame: StreamFrame) {
        val waiting: CancellableContinuation<Unit>?
        synchronized(lock) {
            if (closedInKwik) return
            ranges.add(frame.offset, frame.upToOffset)
            if (frame.isFinal) ranges.finish(frame.upToOffset)
            if (end === End.Refused) {
                discard()
                return
            }
            waiting = if (isReadable()) takeReader() else null
        }
        waiting?.resume(Unit)
    }

    /**
     * RESET_STREAM arrived. On the thread that processes packets.
     *
     * @param process has Kwik process it, which empties the buffer of the stream. Nobody may read there meanwhile: who does, finds
     * gone what it is about to remove (ReceiveBufferImpl.read), or waits for ever for what will not come
     */
    fun handleReset(errorCode: Long, process: () -> Unit) {
        val waiting: CancellableContinuation<Unit>?
        synchronized(lock) {
            process()
            // Kwik has closed the stream, unless everything was read before.
            if (closedInKwik) return
            closedInKwik = true
            if (end == null) end = End.Reset(errorCode)
            salvaged = null
            waiting = takeReader()
        }
        waiting?.resume(Unit)
        stream.handleReceiveEnded()
    }

    /** Takes out what has arrived: Kwik throws it away when the connection ends. On the thread that processes packets. */
    fun salvage() {
        synchronized(lock) {
            if (closedInKwik || end != null) return
            val bytes = ByteBuffer.allocate((ranges.contiguous() - taken).toInt())
            while (bytes.hasRemaining()) if (take(bytes) == 0) break
            bytes.endAt(bytes.position())
            bytes.moveTo(0)
            salvaged = bytes
        }
    }

    /** The connection has ended; what was salvaged stays readable. */
    fun handleConnectionEnd(cause: QuicConnectionException) {
        val waiting: CancellableContinuation<Unit>?
        synchronized(lock) {
            closedInKwik = true
            if (end == null) end = End.Lost(cause)
            waiting = takeReader()
        }
        waiting?.resume(Unit)
    }

    /** Under the lock: the number of bytes moved, 0 if there are none yet, -1 at the end. */
    private fun poll(dst: ByteBuffer): Int {
        if (end === End.Refused) throw IllegalStateException("reading of stream $id was stopped by this end")
        val rest = salvaged?.takeIf { it.hasRemaining() }
        return when {
            // First, whatever has happened meanwhile: Kwik has nothing of it any more.
            rest != null -> move(rest, dst)

            else -> pollKwik(dst)
        }
    }

    /** Under the lock. */
    private fun pollKwik(dst: ByteBuffer): Int {
        when (val how = end) {
            null, End.Refused -> Unit
            End.Finished -> return -1
            is End.Reset -> throw QuicStreamResetException(how.errorCode)
            is End.Lost -> if (ranges.isEnd(taken)) return -1 else throw QuicConnectionException(how.cause.reason, how.cause)
        }
        val read = if (ranges.contiguous() > taken && !lostInKwik) take(dst) else 0
        if (!ranges.isEnd(taken)) return read
        end = End.Finished
        closeInKwik()
        return if (read > 0) read else -1
    }

    private fun move(from: ByteBuffer, to: ByteBuffer): Int {
        val length = minOf(from.remaining(), to.remaining())
        val piece = from.duplicate()
        piece.endAt(piece.position() + length)
        to.put(piece)
        from.moveTo(from.position() + length)
        return length
    }

    /**
     * Under the lock: moves bytes that are there from Kwik to [dst], which does not block. 0 if Kwik has lost them, because the stream
     * was reset or the connection has ended; why comes in a moment.
     */
    private fun take(dst: ByteBuffer): Int {
        val length = minOf(ranges.contiguous() - taken, dst.remaining().toLong()).toInt()
        val array = if (dst.hasArray()) dst.array() else ByteArray(minOf(length, CHUNK))
        val offset = if (dst.hasArray()) dst.arrayOffset() + dst.position() else 0
        val read = readKwik(array, offset, minOf(length, array.size - offset))
        if (read <= 0) {
            lostInKwik = true
            return 0
        }
        if (dst.hasArray()) dst.moveTo(dst.position() + read) else dst.put(array, 0, read)
        taken += read
        return read
    }

    /** Under the lock. */
    private fun discard() {
        if (closedInKwik) return
        val room = ByteBuffer.allocate(CHUNK)
        while (ranges.contiguous() > taken && !lostInKwik) {
            room.moveTo(0)
            take(room)
        }
        if (ranges.isEnd(taken)) closeInKwik()
    }

    /**
     * Under the lock: reads the end of the stream, upon which Kwik gives the peer's credit for it back. It leaves that lying until
     * something else makes it send (StreamManager.streamClosed expects to be called for a packet), so it is woken.
     */
    private fun closeInKwik() {
        if (closedInKwik) return
        closedInKwik = true
        readKwik(ByteArray(1), 0, 1)
        connection.outbox.wake()
        stream.handleReceiveEnded()
    }

    /**
     * Kwik interrupts who reads a stream at the moment in which it is reset or the connection ends. This thread is not Kwik's, and must
     * not take that interruption home.
     */
    private fun readKwik(array: ByteArray, offset: Int, length: Int): Int {
        val interrupted = Thread.interrupted()
        try {
            return stream.kwik.inputStream.read(array, offset, length)
        } catch (_: IOException) {
            return 0
        } finally {
            Thread.interrupted()
            if (interrupted) Thread.currentThread().interrupt()
        }
    }

    /** Under the lock. */
    private fun isReadable() =
        end != null || salvaged?.hasRemaining() == true ||
            (!closedInKwik && !lostInKwik && (ranges.contiguous() > taken || ranges.isEnd(taken)))

    /** Under the lock. */
    private fun takeReader(): CancellableContinuation<Unit>? = reader.also { reader = null }

    private suspend fun awaitArrival() =
        suspendCancellableCoroutine<Unit> { waiting ->
            val waits = synchronized(lock) {
                check(reader == null) { "stream $id is being read by another coroutine" }
                (!isReadable()).also { if (it) reader = waiting }
            }
            if (waits) {
                waiting.invokeOnCancellation { synchronized(lock) { if (reader === waiting) reader = null } }
            } else {
                waiting.resume(Unit)
            }
        }

    private companion object {
        const val CHUNK = 16 shl 10
    }
}
