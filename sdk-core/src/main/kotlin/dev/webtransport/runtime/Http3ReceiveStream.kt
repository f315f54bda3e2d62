package dev.webtransport.runtime

import dev.webtransport.error.ApplicationErrorCode
import dev.webtransport.session.BidirectionalStream
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.SendStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.wire.BufferCursor
import kotlinx.coroutines.CancellationException
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicBoolean

/** The receiving half of a session's stream over QUIC; first what came along with the preamble, then what QUIC has. */
internal class Http3ReceiveStream(
    override val session: Http3Session,
    private val quic: QuicReceiveStream,
    private var early: ByteBuffer?,
) : ReceiveStream {
    override val id: Long get() = quic.id

    private val over = AtomicBoolean()

    @Volatile
    private var reachedEnd = false

    @Volatile
    private var stopped = false

    override suspend fun read(dst: ByteBuffer): Int {
        require(dst.hasRemaining()) { "the buffer to read into has no room" }
        if (reachedEnd) return -1
        check(!stopped) { "stream $id was stopped by this end; nothing can be read from it any more" }
        session.throwIfEnded()
        val fromEarly = takeEarly(dst)
        if (fromEarly > 0) return fromEarly
        val read = guarded { quic.read(dst) }
        if (read < 0) {
            reachedEnd = true
            end()
        }
        return read
    }

    private fun takeEarly(dst: ByteBuffer): Int {
        val bytes = early ?: return 0
        val count = minOf(bytes.remaining(), dst.remaining())
        dst.put(BufferCursor.peek(bytes, count))
        BufferCursor.advance(bytes, count)
        if (!bytes.hasRemaining()) early = null
        return count
    }

    override fun stopSending(errorCode: Long) {
        val wireCode = ApplicationErrorCode.toHttp3(errorCode)
        if (over.compareAndSet(false, true)) {
            stopped = true
            quic.stopSending(wireCode)
            session.receiveEnded(id)
        }
    }

    private suspend inline fun guarded(block: () -> Int): Int {
        try {
            return block()
        } catch (reset: QuicStreamResetException) {
            end()
            session.throwIfEnded()
            throw StreamFailures.reset(reset)
        } catch (lost: QuicConnectionException) {
            throw session.awaitEndException()
        } catch (ended: IllegalStateException) {
            if (ended !is CancellationException) session.throwIfEnded()
            throw ended
        }
    }

    private fun end() {
        if (over.compareAndSet(false, true)) session.receiveEnded(id)
    }
}

/** Both halves of a session's bidirectional stream. */
internal class Http3BidirectionalStream(
    override val send: SendStream,
    override val receive: ReceiveStream,
) : BidirectionalStream {
    override val id: Long get() = send.id
    override val session: WebTransportSession get() = send.session
}
