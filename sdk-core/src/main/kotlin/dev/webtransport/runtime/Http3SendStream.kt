package dev.webtransport.runtime

import dev.webtransport.config.StreamOptions
import dev.webtransport.error.ApplicationErrorCode
import dev.webtransport.session.SendStream
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStreamStoppedException
import dev.webtransport.value.SendGroup
import dev.webtransport.wire.BufferCursor
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.async
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicReference

/** The sending half of a session's stream over QUIC: the preamble if this end opened it, then the application's bytes. */
internal class Http3SendStream(
    override val session: Http3Session,
    private val quic: QuicSendStream,
    private val preamble: ByteBuffer?,
    options: StreamOptions = StreamOptions.defaults(),
) : SendStream {
    override val id: Long get() = quic.id

    private val priority = SendPriority(session.sendGroups, quic, options.sendGroup().orElse(null), options.sendOrder())
    override var sendOrder: Long by priority::order
    override var sendGroup: SendGroup? by priority::group

    private val finishing = AtomicReference<Deferred<Unit>?>()
    private val over = AtomicBoolean()
    private val wasReset = AtomicBoolean()

    @Volatile
    private var peerStopped = false

    override val isWritable: Boolean
        get() = finishing.get() == null && !over.get() && !peerStopped && !session.hasEnded

    override suspend fun write(data: ByteBuffer) {
        check(finishing.get() == null) { "stream $id is finished; nothing can be written to it any more" }
        check(!wasReset.get()) { "stream $id was reset; nothing can be written to it any more" }
        session.throwIfEnded()
        if (!data.hasRemaining()) return
        guarded {
            if (preamble != null && preamble.hasRemaining()) writeWithPreamble(preamble, data)
            if (data.hasRemaining()) quic.write(data)
        }
    }

    /** Preamble and first bytes leave together, so that a short message is one packet. */
    private suspend fun writeWithPreamble(preamble: ByteBuffer, data: ByteBuffer) {
        val ahead = preamble.remaining()
        val first = ByteBuffer.allocate(ahead + minOf(data.remaining(), FIRST_WRITE))
        first.put(preamble.duplicate())
        first.put(BufferCursor.peek(data, first.remaining()))
        BufferCursor.toRead(first)
        try {
            quic.write(first)
        } finally {
            BufferCursor.advance(preamble, minOf(first.position(), ahead))
            BufferCursor.advance(data, maxOf(first.position() - ahead, 0))
        }
    }

    override suspend fun finish() {
        check(!wasReset.get()) { "stream $id was reset; it cannot be finished any more" }
        if (finishing.get() == null) session.throwIfEnded()
        val mine = session.scope.async(start = CoroutineStart.LAZY) { finishNow() }
        val begun = if (finishing.compareAndSet(null, mine)) mine else checkNotNull(finishing.get()).also { mine.cancel() }
        try {
            begun.await()
        } catch (cancelled: CancellationException) {
            // Either this caller was cancelled, or the connection ended under the session, and then the session tells how.
            currentCoroutineContext().ensureActive()
            throw session.awaitEndException()
        }
    }

    private suspend fun finishNow() {
        guarded {
            if (preamble != null && preamble.hasRemaining()) quic.write(preamble)
            quic.finish()
        }
        session.handleFinished()
        if (over.compareAndSet(false, true)) session.sendEnded(id)
    }

    override fun reset(errorCode: Long) {
        val wireCode = ApplicationErrorCode.toHttp3(errorCode)
        val finished = finishing.get()
        if (finished != null && finished.isCompleted) return
        if (over.compareAndSet(false, true)) {
            wasReset.set(true)
            quic.reset(wireCode)
            session.sendEnded(id)
        }
    }

    override suspend fun awaitStopped(): Long? {
        session.throwIfEnded()
        val stopped = guarded { quic.awaitStopped() }
        session.throwIfEnded()
        checkNotNull(stopped) { "stream $id was ended by this end; the peer cannot stop it any more" }
        peerStopped = true
        return stopped.errorCode?.let(StreamFailures::applicationCode)
    }

    private suspend inline fun <T> guarded(block: () -> T): T {
        try {
            return block()
        } catch (stopped: QuicStreamStoppedException) {
            if (over.compareAndSet(false, true)) session.sendEnded(id)
            session.throwIfEnded()
            throw StreamFailures.stopped(stopped)
        } catch (lost: QuicConnectionException) {
            // How the session ended is told by the connection, at once or soon.
            throw session.awaitEndException()
        } catch (ended: IllegalStateException) {
            if (ended !is CancellationException) session.throwIfEnded()
            throw ended
        }
    }

    private companion object {
        /** How much of the first write travels with the preamble: more than a packet holds. */
        const val FIRST_WRITE = 4 shl 10
    }
}
