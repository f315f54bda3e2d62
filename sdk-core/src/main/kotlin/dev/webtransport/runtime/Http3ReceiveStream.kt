package dev.webtransport.runtime

import dev.webtransport.error.ApplicationErrorCode
import dev.webtransport.session.BidirectionalStream
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.SendStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.value.ReceiveStreamStatistics
import kotlinx.coroutines.CancellationException
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger

/** The receiving half of a session's stream over QUIC; first what came along with the preamble, then what QUIC has. */
internal class Http3ReceiveStream(
    override val session: Http3Session,
    private val quic: QuicReceiveStream,
    early: ByteBuffer?,
    private val preambleLength: Int = 0,
) : ReceiveStream {
    override val id: Long get() = quic.id

    /** Payload that came along with the preamble, and that nobody has asked for yet. */
    private val unasked = AtomicInteger(early?.remaining() ?: 0)

    init {
        if (unasked.get() > 0) session.credit.handleArrived(unasked.get())
    }

    /** QUIC has nothing more to tell, or is not to. */
    private val over = AtomicBoolean()

    /** Replaced, not emptied, by who stops the stream: the reader may be at work with it. */
    @Volatile
    private var ahead = LookAhead(early)

    @Volatile
    private var reachedEnd = false

    /** Changed by the one that reads. */
    @Volatile
    private var bytesRead = 0L

    /** Set before [ahead] is replaced, and so read after it. */
    @Volatile
    private var stopped = false

    override val isReadable: Boolean
        get() = !stopped && (reachedEnd || !session.hasEnded) && (!over.get() || ahead.size > 0)

    override suspend fun read(dst: ByteBuffer): Int {
        require(dst.hasRemaining()) { "the buffer to read into has no room" }
        val held = held()
        val read =
            when {
                held.size > 0 -> held.moveTo(dst)
                reachedEnd -> -1
                else -> receive(dst)
            }
        if (read > 0) handleTaken(read)
        return read
    }

    override suspend fun peek(count: Int): ByteBuffer {
        require(count >= 0) { "$count bytes to look at; it needs 0 or more" }
        val held = held()
        while (held.size < count && !reachedEnd) {
            var received = 0
            try {
                received = receive(held.room(count - held.size))
            } finally {
                held.handleFilled(received)
            }
        }
        return held.view()
    }

    override fun skip(count: Int) {
        val held = held()
        require(count in 0..held.size) { "$count bytes to skip on stream $id, where ${held.size} are looked at" }
        held.skip(count)
        handleTaken(count)
    }

    private fun handleTaken(count: Int) {
        bytesRead += count
        session.traffic.handleRead(count)
    }

    override fun statistics(): ReceiveStreamStatistics =
        ReceiveStreamStatistics
            .builder()
            // In this order, so that no more are read than received.
            .bytesRead(bytesRead)
            .bytesReceived(quic.bytesReceived?.let { maxOf(0, it - preambleLength) })
            .build()

    /** What is here, unless reading is over for this end. Once the end of the stream is here, so is all of it. */
    private fun held(): LookAhead {
        val held = ahead
        check(!stopped) { "stream $id was stopped by this end; nothing can be read from it any more" }
        if (!reachedEnd) session.throwIfEnded()
        takeUnasked()
        return held
    }

    private suspend fun receive(dst: ByteBuffer): Int {
        session.throwIfEnded()
        val read = guarded { quic.read(dst) }
        if (read < 0) {
            reachedEnd = true
            end()
        } else {
            session.credit.handleRead(read)
        }
        return read
    }

    override fun stopSending(errorCode: Long) {
        val wireCode = ApplicationErrorCode.toHttp3(errorCode)
        val tellsPeer = over.compareAndSet(false, true)
        // Bytes whose end was seen by looking ahead are unread nevertheless.
        if (tellsPeer || ahead.size > 0) {
            stopped = true
            ahead = LookAhead(null)
        }
        takeUnasked()
        if (tellsPeer) {
            quic.stopSending(wireCode)
            session.credit.handleAbandoned()
            session.receiveEnded(id)
        }
    }

    private suspend inline fun guarded(block: () -> Int): Int {
        try {
            return block()
        } catch (reset: QuicStreamResetException) {
            session.credit.handleAbandoned()
            end()
            session.throwIfEndedOrRejected()
            throw StreamFailures.reset(reset)
        } catch (lost: QuicConnectionException) {
            throw session.awaitEndException()
        } catch (ended: IllegalStateException) {
            if (ended !is CancellationException) session.throwIfEnded()
            throw ended
        }
    }

    private fun takeUnasked() {
        if (unasked.get() > 0) session.credit.handleTaken(unasked.getAndSet(0))
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
