package dev.webtransport.netty

import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStreamStoppedException
import dev.webtransport.transport.TransportSpi
import io.netty.buffer.ByteBuf
import io.netty.buffer.ByteBufAllocator
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
 * Writers copy into chunks that the event loop takes, many small writes in one go. Bytes count against
 * [dev.webtransport.config.QuicConfig.sendBufferSize] until quiche took them.
 *
 * quiche does not tell when the peer stops a stream. A write that fails does, but one that waits for credit is not
 * failed, and without a write nothing happens at all; so live halves are [asked][checkStopped] when packets have arrived.
 */
@OptIn(TransportSpi::class)
internal class NettySendStream(private val stream: NettyStream) : QuicSendStream {
    override val id: Long get() = stream.id

    private val connection = stream.connection
    private val limit = connection.config.sendBufferSize()
    private val lock = Any()

    // All under the lock.
    private val chunks = ArrayDeque<ByteBuf>()
    private var outstanding = 0
    private var drainScheduled = false
    private var finRequested = false
    private var end: End? = null
    private val roomWaiters = ArrayDeque<CancellableContinuation<Unit>>()
    private val endWaiters = ArrayDeque<CancellableContinuation<Unit>>()

    // On the event loop only.
    private var finHandedOver = false
    private var ended = false
    private val drainTask = Runnable { drain() }

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
        var schedule = false
        synchronized(lock) {
            if (end === End.Finished) return
            checkOpen()
            if (!finRequested) {
                finRequested = true
                schedule = scheduleDrain()
            }
        }
        if (schedule) connection.execute(drainTask)
        awaitEnd()
        synchronized(lock) { if (end !== End.Finished) checkOpen() }
    }

    override fun reset(errorCode: Long) {
        if (!end(End.Reset)) return
        connection.execute {
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
        if (!ended) connection.stoppedStreams.add(this)
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

    /** Hands chunks and FIN to the channel. On the event loop. */
    fun drain() {
        val channel = stream.channel ?: return
        val taken: List<ByteBuf>
        val fin: Boolean
        synchronized(lock) {
            drainScheduled = false
            if (end != null) return
            taken = if (chunks.isEmpty()) emptyList() else ArrayList(chunks)
            chunks.clear()
            fin = finRequested && !finHandedOver
        }
        if (fin) finHandedOver = true
        for (i in taken.indices) {
            val chunk = taken[i]
            val length = chunk.readableBytes()
            if (fin && i == taken.lastIndex) {
                handleWritten(channel.write(DefaultQuicStreamFrame(chunk, true)), length, true)
            } else {
                handleWritten(channel.write(chunk), length, false)
            }
        }
        if (fin && taken.isEmpty()) handleWritten(channel.write(QuicStreamFrame.EMPTY_FIN), 0, true)
    }

    private fun handleWritten(future: ChannelFuture, length: Int, fin: Boolean) {
        if (future.isDone) {
            handleWriteDone(future, length, fin)
            return
        }
        future.addListener { handleWriteDone(future, length, fin) }
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
        if (fin && end(End.Finished)) {
            connection.lingering.addEnded(id)
            handleEnded()
        }
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
        connection.stoppedStreams.remove(this)
        stream.handleSendEnded()
    }

    /** Ends this half unless it has ended; all who wait find out why. */
    private fun end(how: End): Boolean {
        val waiting: List<CancellableContinuation<Unit>>
        synchronized(lock) {
            if (end != null) return false
            end = how
            chunks.forEach { it.release() }
            chunks.clear()
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
    private fun scheduleDrain(): Boolean = !drainScheduled.also { drainScheduled = true }

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
