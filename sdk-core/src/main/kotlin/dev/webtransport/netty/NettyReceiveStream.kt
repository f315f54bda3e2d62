package dev.webtransport.netty

import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.transport.TransportSpi
import dev.webtransport.transport.endAt
import dev.webtransport.transport.moveTo
import io.netty.buffer.ByteBuf
import io.netty.buffer.Unpooled
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import org.slf4j.LoggerFactory
import java.nio.ByteBuffer
import kotlin.coroutines.resume

/**
 * The receiving half of a stream.
 *
 * The event loop takes data out of quiche ahead of the reader, at most
 * [dev.webtransport.config.QuicConfig.receiveBufferSize] and one buffer; before the first read it takes one buffer only, so that
 * streams nobody reads cost little. What stays in quiche holds back credit from the peer.
 */
@OptIn(TransportSpi::class)
internal class NettyReceiveStream(private val stream: NettyStream) :
    LiveHalves.Half(),
    QuicReceiveStream {
    override val id: Long get() = stream.id

    private val connection = stream.connection
    private val limit = connection.config.receiveBufferSize()
    private val lock = Any()

    // All under the lock.
    private val buffers = ArrayDeque<ByteBuf>(1)
    private var buffered = 0
    private var reading = false
    private var paused = true
    private var end: End? = null
    private var reader: CancellableContinuation<Unit>? = null

    // On the event loop only.
    private var ended = false
    private var hasData = false
    private var discarded = false
    private var refusedQuietly = false
    private var deliveryScheduled = false
    private var hasNews = false
    private val deliverTask = Runnable { deliver() }

    private sealed interface End {
        /** FIN arrived; what is buffered can still be read. */
        object Finished : End

        class Reset(val errorCode: Long) : End

        object Refused : End

        /** The connection ended; what is buffered can still be read. */
        class Lost(val cause: QuicConnectionException) : End
    }

    override suspend fun read(dst: ByteBuffer): Int {
        while (true) {
            val read = tryRead(dst)
            if (read != 0) return read
            awaitArrival()
        }
    }

    override fun tryRead(dst: ByteBuffer): Int {
        require(dst.hasRemaining()) { "no room in the buffer to read into" }
        var request: Boolean
        val read: Int
        synchronized(lock) {
            read = poll(dst)
            request = paused && (!reading || buffered <= limit / 2) && end == null
            reading = true
            if (request) paused = false
        }
        if (request) connection.execute(deliverTask)
        return read
    }

    override fun stopSending(errorCode: Long) {
        val waiting: CancellableContinuation<Unit>?
        val over: Boolean
        synchronized(lock) {
            over = end != null
            if (end is End.Reset || end === End.Refused || (over && buffers.isEmpty())) return
            end = End.Refused
            waiting = takeReader()
            release()
        }
        waiting?.resume(Unit)
        if (over) return
        connection.execute { refuse(errorCode) }
    }

    /** The channel is there; the first buffer may be taken. On the event loop. */
    fun handleAttached() {
        val mayReadAhead = connection.mayReadAhead(stream)
        val wanted = synchronized(lock) {
            // A stream of this end may have been read before its channel was there.
            if (mayReadAhead) paused = false
            end == null && !paused
        }
        if (wanted) request()
    }

    /** Data arrived; takes [data] over. On the event loop. */
    fun handleData(data: ByteBuf) {
        if (!hasData) {
            hasData = true
            connection.receivers.add(this)
        }
        hasNews = true
        synchronized(lock) {
            if (end != null) {
                data.release()
                discarded = true
                if (refusedQuietly) request()
                return
            }
            buffers.addLast(data)
            buffered += data.readableBytes()
            paused = !reading || buffered >= limit
        }
        if (!deliveryScheduled) {
            deliveryScheduled = true
            connection.execute(deliverTask)
        }
    }

    /**
     * Takes out of quiche what there is, as far as it is wanted, and wakes the reader: once for all that came together. What it then has
     * to say leaves with what QUIC says about these bytes. On the event loop.
     */
    private fun deliver() {
        // Nothing that comes meanwhile needs a delivery of its own.
        deliveryScheduled = true
        try {
            do {
                hasNews = false
                if (synchronized(lock) { !paused && end == null }) request()
            } while (hasNews)
        } finally {
            deliveryScheduled = false
        }
        synchronized(lock) { if (buffers.isEmpty()) null else takeReader() }?.resume(Unit)
    }

    /** FIN arrived. On the event loop. */
    fun handleFin() {
        end(End.Finished)
        handleEnded()
    }

    /**
     * Asks quiche whether FIN has arrived that nobody was told of. On the event loop.
     *
     * quiche 0.29 notes a FIN that comes with bytes which were all read before, as it does when the peer takes packets for lost that
     * were not, but does not make the stream readable again.
     */
    fun checkFinished() {
        val access = QuicheAccess.find() ?: return
        val channel = stream.channel ?: return
        if (ended || !access.isFinished(channel) || access.isReadable(channel)) return
        connection.lingering.addUntold(id)
        handleFin()
    }

    /** RESET_STREAM arrived. On the event loop. */
    fun handleReset(errorCode: Long) {
        end(End.Reset(errorCode))
        handleEnded()
    }

    /** The connection has ended; what arrived before stays readable. On the event loop. */
    fun handleConnectionEnd(cause: QuicConnectionException) {
        end(End.Lost(cause))
        handleEnded()
        leavePool()
    }

    /** No more comes: who reads late, or never, must not keep pooled memory. On the event loop. */
    fun leavePool() {
        synchronized(lock) {
            for (i in buffers.indices) {
                val pooled = buffers[i]
                if (pooled.isDirect) {
                    buffers[i] = Unpooled.buffer(pooled.readableBytes()).writeBytes(pooled)
                    pooled.release()
                }
            }
        }
    }

    /** Stops the peer. What is here already is thrown away first: it may be all, and then there is nothing to stop. */
    private fun refuse(errorCode: Long) {
        stream.attach()
        val channel = stream.channel
        val access = QuicheAccess.find()
        if (channel == null || ended) return
        do {
            discarded = false
            request()
        } while (discarded && !ended)
        when {
            ended -> {
                return
            }

            access == null -> {
                channel.shutdownInput(narrowCode(errorCode))
            }

            connection.lingering.mayStop(id) -> {
                access.stopSending(channel, errorCode)
                connection.lingering.addStopped(id)
            }

            else -> {
                LOG.debug("{}: stream {} is read to its end instead of being stopped", connection, id)
                refusedQuietly = true
                request()
                return
            }
        }
        handleEnded()
    }

    private fun request() {
        stream.channel?.read()
    }

    private fun handleEnded() {
        if (ended) return
        ended = true
        connection.receivers.remove(this)
        stream.handleReceiveEnded()
    }

    private fun end(how: End) {
        val waiting: CancellableContinuation<Unit>?
        synchronized(lock) {
            if (end != null) return
            end = how
            if (how is End.Reset) release()
            waiting = takeReader()
        }
        waiting?.resume(Unit)
    }

    /** Under the lock: the number of bytes moved, 0 if there are none yet, -1 at the end. */
    private fun poll(dst: ByteBuffer): Int {
        val start = dst.position()
        while (dst.hasRemaining()) {
            val buffer = buffers.firstOrNull() ?: break
            val length = minOf(buffer.readableBytes(), dst.remaining())
            val room = dst.duplicate()
            room.endAt(room.position() + length)
            buffer.readBytes(room)
            dst.moveTo(room.position())
            if (!buffer.isReadable) buffers.removeFirst().release()
        }
        val read = dst.position() - start
        buffered -= read
        if (read > 0) return read
        return when (val how = end) {
            null -> 0
            End.Finished -> -1
            is End.Reset -> throw QuicStreamResetException(how.errorCode)
            End.Refused -> throw IllegalStateException("reading of stream $id was stopped by this end")
            is End.Lost -> throw QuicConnectionException(how.cause.reason, how.cause)
        }
    }

    /** Under the lock. */
    private fun release() {
        buffers.forEach { it.release() }
        buffers.clear()
        buffered = 0
    }

    /** Under the lock. */
    private fun takeReader(): CancellableContinuation<Unit>? = reader.also { reader = null }

    /** The answer means nothing; only with one that is not `Unit` the compiler sees that nothing is left to do, and keeps no state for that. */
    private suspend fun awaitArrival(): Any? =
        suspendCancellableCoroutine { waiting ->
            val waits = synchronized(lock) {
                check(reader == null) { "stream $id is being read by another coroutine" }
                (buffers.isEmpty() && end == null).also { if (it) reader = waiting }
            }
            if (waits) {
                waiting.invokeOnCancellation { synchronized(lock) { if (reader === waiting) reader = null } }
            } else {
                waiting.resume(Unit)
            }
        }

    private companion object {
        val LOG = LoggerFactory.getLogger(NettyReceiveStream::class.java)!!
    }
}
