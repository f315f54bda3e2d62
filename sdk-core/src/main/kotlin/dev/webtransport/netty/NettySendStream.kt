package dev.webtransport.netty

import dev.webtransport.flow.SendScheduler
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStreamStoppedException
import dev.webtransport.transport.TransportSpi
import dev.webtransport.transport.endAt
import dev.webtransport.transport.moveTo
import io.netty.buffer.ByteBuf
import io.netty.buffer.ByteBufAllocator
import io.netty.buffer.Unpooled
import io.netty.channel.ChannelFuture
import io.netty.channel.socket.ChannelOutputShutdownException
import io.netty.handler.codec.quic.DefaultQuicStreamFrame
import io.netty.handler.codec.quic.QuicStreamFrame
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.nio.ByteBuffer
import kotlin.coroutines.resume

/**
 * The sending half of a stream.
 *
 * Writers copy into chunks, many small writes in one. The event loop hands them on in pieces, when it is this stream's
 * [turn][SendTurns]. Bytes count against [dev.webtransport.config.QuicConfig.sendBufferSize] until quiche took them.
 *
 * quiche does not tell when the peer stops a stream. A write that fails does, but one that waits for credit is not
 * failed, and without a write nothing happens at all; so live halves are [asked][checkStopped] when packets have arrived.
 */
@OptIn(TransportSpi::class)
internal class NettySendStream(private val stream: NettyStream) :
    LiveHalves.Half(),
    QuicSendStream {
    override val id: Long get() = stream.id

    private val connection = stream.connection
    private val limit = connection.config.sendBufferSize()
    private val lock = Any()

    // All under the lock.
    private val chunks = ArrayDeque<ByteBuf>(1)
    private var outstanding = 0
    private var drainScheduled = false
    private var finRequested = false
    private var end: End? = null
    private val roomWaiters = ArrayDeque<CancellableContinuation<Unit>>()
    private val endWaiters = ArrayDeque<CancellableContinuation<Unit>>(1)

    @Volatile
    private var priority: Priority? = null

    /** The place in the line of those who send, from the moment in which this stream first had to wait. Set on the event loop. */
    @Volatile
    private var place: SendScheduler.Sender<NettySendStream>? = null

    // On the event loop only.
    private var opened = false
    private var finHandedOver = false
    private var ended = false

    /** The piece in the channel that quiche has not taken whole. */
    private var unanswered: ByteBuf? = null

    /** How many bytes the peer's credit for this stream allows at least. Other limits may be lower. */
    var knownCredit: Long = 0
        private set
    private val drainTask = Runnable { drain() }
    private val finishedTask = Runnable { handleFinished() }

    private class Priority(val group: Any, val order: Long)

    private sealed interface End {
        object Finished : End

        object Reset : End

        class Stopped(val errorCode: Long?) : End

        class Lost(val cause: QuicConnectionException) : End
    }

    override suspend fun write(data: ByteBuffer) {
        while (true) {
            var schedule = false
            synchronized(lock) {
                checkOpen()
                check(!finRequested) { "stream $id was finished; nothing can be written after its FIN" }
                val length = minOf(limit - outstanding, data.remaining())
                if (length > 0) {
                    append(data, length)
                    outstanding += length
                    schedule = scheduleDrain()
                }
            }
            if (schedule) connection.execute(drainTask)
            if (!data.hasRemaining()) return
            awaitRoom()
        }
    }

    override suspend fun finish() {
        var now = false
        var schedule = false
        synchronized(lock) {
            if (end === End.Finished) return
            checkOpen()
            if (!finRequested) {
                finRequested = true
                // Where packets are handled no task is needed. But who wrote before comes before, and FIN alone would have to wait there.
                now = chunks.isNotEmpty() && connection.isHere && connection.turns.isNext(drainScheduled)
                schedule = !now && scheduleDrain()
            }
        }
        if (now) {
            applyPriority()
            drain()
        } else if (schedule) {
            connection.execute(drainTask)
        }
        if (synchronized(lock) { end } == null) awaitEnd()
        synchronized(lock) { if (end !== End.Finished) checkOpen() }
    }

    override fun prioritize(group: Any, order: Long) {
        priority = Priority(group, order)
        if (place != null) connection.execute { applyPriority() }
    }

    private fun applyPriority() {
        val wanted = priority ?: return
        place?.let { connection.turns.prioritize(it, wanted.group, wanted.order) }
    }

    override fun reset(errorCode: Long) {
        if (!end(End.Reset)) return
        connection.execute {
            stream.attach()
            stream.channel?.let { channel ->
                val access = QuicheAccess.find()
                if (access != null) access.resetStream(channel, errorCode) else channel.shutdownOutput(narrowCode(errorCode))
                connection.lingering.addEnded(id)
            }
            handleEnded()
        }
    }

    override suspend fun awaitStopped(): QuicStreamStoppedException? {
        if (synchronized(lock) { end } == null) {
            awaitEnd()
        }
        return when (val how = checkNotNull(synchronized(lock) { end })) {
            End.Finished, End.Reset -> null
            is End.Stopped -> QuicStreamStoppedException(how.errorCode)
            is End.Lost -> throw QuicConnectionException(how.cause.reason, how.cause)
        }
    }

    /** The channel is there. On the event loop. */
    fun handleAttached() {
        if (ended) return
        connection.senders.add(this)
        noteCredit(0)
        if (!opened) handleOpened()
    }

    /** Turns may come. On the event loop. */
    fun handleOpened() {
        if (ended) return
        opened = true
        drain()
    }

    /** The connection has ended. On the event loop. */
    fun handleConnectionEnd(cause: QuicConnectionException) {
        end(End.Lost(cause))
        handleEnded()
    }

    /** Asks quiche whether the peer stopped this stream. On the event loop. */
    fun checkStopped() {
        val access = QuicheAccess.find() ?: return
        val channel = stream.channel ?: return
        if (!ended && access.saysStopped(access.streamCapacity(channel.parent(), id))) handleStopped()
    }

    /** There is something to hand to the channel, or this half has ended. On the event loop. */
    fun drain() {
        if (!opened) return
        val bytes: Boolean
        val fin: Boolean
        synchronized(lock) {
            if (drainScheduled) {
                drainScheduled = false
                connection.turns.handleCame()
            }
            if (end != null) return
            bytes = chunks.isNotEmpty()
            fin = finRequested && !finHandedOver
        }
        if (unanswered != null) return
        if (bytes) {
            if (!connection.turns.trySend(this) && !ended) joinLine()
        } else if (fin) {
            connection.turns.finish(this)
        }
    }

    private fun joinLine() {
        var joined = place
        if (joined == null) {
            val first = priority
            joined = connection.turns.add(this, first?.group, first?.order ?: 0)
            place = joined
            // Who set another one meanwhile saw no place yet.
            applyPriority()
        }
        connection.turns.setReady(joined)
    }

    /** Hands FIN to the channel, behind all bytes. On the event loop. */
    fun handOverFin() {
        if (synchronized(lock) { end != null }) return
        stream.attach()
        val channel = stream.channel ?: return
        finHandedOver = true
        connection.room.handleGiven(0)
        handleWritten(channel.write(QuicStreamFrame.EMPTY_FIN), Unpooled.EMPTY_BUFFER, 0, true)
    }

    /** Hands up to [atMost] bytes to the channel, and FIN behind the last of them. Answers how many. On the event loop. */
    fun takeTurn(atMost: Int): Int {
        stream.attach()
        val channel = stream.channel ?: return 0
        val piece: ByteBuf
        val fin: Boolean
        synchronized(lock) {
            val chunk = chunks.firstOrNull() ?: return 0
            piece = if (chunk.readableBytes() <= atMost) chunks.removeFirst() else chunk.readRetainedSlice(atMost)
            fin = finRequested && chunks.isEmpty()
        }
        if (fin) finHandedOver = true
        val length = piece.readableBytes()
        connection.room.handleGiven(length)
        handleWritten(channel.write(if (fin) DefaultQuicStreamFrame(piece, true) else piece), piece, length, fin)
        noteCredit(length)
        return length
    }

    /** Whether this stream waits for a turn. On the event loop. */
    val wantsTurn: Boolean get() = unanswered == null && synchronized(lock) { end == null && chunks.isNotEmpty() }

    /** How many bytes of its last piece quiche has not taken. On the event loop. */
    val unansweredBytes: Int get() = unanswered?.readableBytes() ?: 0

    private fun noteCredit(sent: Int) {
        val channel = stream.channel
        // Who has ended can tell nothing any more.
        if (ended || channel == null) return
        knownCredit = maxOf(knownCredit - sent, channel.bytesBeforeUnwritable())
        connection.room.noteCredit(this)
    }

    private fun handleWritten(future: ChannelFuture, piece: ByteBuf, length: Int, fin: Boolean) {
        if (future.isDone) {
            handleWriteDone(future, length, fin)
            return
        }
        unanswered = piece
        connection.turns.handleUnanswered(this)
        future.addListener {
            unanswered = null
            handleWriteDone(future, length, fin)
            connection.turns.handleAnswered(this)
            drain()
            connection.turns.giveTurns()
        }
        // A stream that was stopped and forgotten takes a write and never answers.
        checkStopped()
    }

    private fun handleWriteDone(future: ChannelFuture, length: Int, fin: Boolean) {
        val failure = future.cause()
        if (failure != null) {
            handleWriteFailed(failure)
            return
        }
        val writer = synchronized(lock) {
            outstanding -= length
            if (outstanding <= limit / 2) roomWaiters.removeFirstOrNull() else null
        }
        writer?.resume(Unit)
        // Who waits for FIN may have more to say in the same packet; the books can wait.
        if (fin && end(End.Finished)) connection.executeAfterSending(finishedTask)
    }

    private fun handleFinished() {
        if (ended) return
        connection.lingering.addEnded(id)
        handleEnded()
    }

    private fun handleWriteFailed(failure: Throwable) {
        if (ended) return
        val channel = stream.channel
        when {
            failure is ChannelOutputShutdownException -> {
                handleStopped()
            }

            channel != null && channel.parent().isOpen -> {
                handleConnectionEnd(QuicConnectionException(closeReason(failure, null), failure))
            }

            else -> {
                connection.endIfClosed()
                handleConnectionEnd(connection.endedException())
            }
        }
    }

    private fun handleStopped() {
        if (!end(End.Stopped(connection.stopCodeOf(id)))) return
        val channel = stream.channel
        if (channel != null) QuicheAccess.find()?.failWrites(channel)
        handleEnded()
    }

    private fun handleEnded() {
        if (ended) return
        ended = true
        connection.senders.remove(this)
        connection.turns.remove(this, place)
        stream.handleSendEnded()
    }

    /** Ends this half unless it has ended; all who wait find out why. */
    private fun end(how: End): Boolean {
        synchronized(lock) {
            if (end != null) return false
            end = how
            chunks.forEach { it.release() }
            chunks.clear()
        }
        // Nobody waits any more who comes now.
        while (true) {
            val waiter = synchronized(lock) { roomWaiters.removeFirstOrNull() ?: endWaiters.removeFirstOrNull() } ?: return true
            waiter.resume(Unit)
        }
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
    private fun scheduleDrain(): Boolean {
        if (drainScheduled) return false
        drainScheduled = true
        connection.turns.handleAnnounced()
        return true
    }

    /** Under the lock. */
    private fun append(data: ByteBuffer, length: Int) {
        val piece = data.duplicate()
        data.moveTo(data.position() + length)
        val end = data.position()
        while (piece.position() < end) {
            val tail = chunks.lastOrNull()?.takeIf { it.isWritable } ?: newChunk(end - piece.position())
            piece.endAt(minOf(end, piece.position() + tail.writableBytes()))
            tail.writeBytes(piece)
        }
    }

    private fun newChunk(length: Int): ByteBuf {
        // The first chunk fits a single small message; who writes more before it is taken writes more still.
        val capacity = if (chunks.isEmpty()) maxOf(length, SMALL_CHUNK) else LARGE_CHUNK
        return ByteBufAllocator.DEFAULT.directBuffer(minOf(capacity, LARGE_CHUNK)).also { chunks.addLast(it) }
    }

    private suspend fun awaitRoom() = await(roomWaiters) { outstanding < limit }

    private suspend fun awaitEnd() = await(endWaiters) { false }

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
        const val SMALL_CHUNK = 512
        const val LARGE_CHUNK = 64 shl 10
    }
}
