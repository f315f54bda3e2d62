package dev.webtransport.runtime

import dev.webtransport.config.StreamOptions
import dev.webtransport.error.ApplicationErrorCode
import dev.webtransport.session.SendStream
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStreamStoppedException
import dev.webtransport.value.SendGroup
import dev.webtransport.value.SendStreamStatistics
import dev.webtransport.value.StreamType
import dev.webtransport.wire.BufferCursor
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.withContext
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicReference

/** The sending half of a session's stream over QUIC: the preamble if this end opened it, then the application's bytes. */
internal class Http3SendStream(
    override val session: Http3Session,
    private val quic: QuicSendStream,
    private val type: StreamType,
    private val preamble: ByteBuffer?,
    options: StreamOptions = StreamOptions.defaults(),
) : SendStream {
    override val id: Long get() = quic.id

    private val priority = SendPriority(session.sendGroups, quic, options.sendGroup().orElse(null), options.sendOrder())
    override var sendOrder: Long by priority::order
    override var sendGroup: SendGroup? by priority::group

    @Volatile
    private var finishing = false

    /** Preamble and FIN of a stream that was never written to: one thing, whoever waits for it. */
    private val finishingUnwritten = AtomicReference<Deferred<Unit>?>()
    private val over = AtomicBoolean()
    private val wasReset = AtomicBoolean()

    /** Whether the peer may have seen the stream of this end, so that it counts; decided once. */
    private val appearance = AtomicReference(Appearance.NONE)

    @Volatile
    private var peerStopped = false

    private val preambleLength = preamble?.remaining() ?: 0

    /** Changed by the one that writes. */
    @Volatile
    private var bytesWritten = 0L

    override val isWritable: Boolean
        get() = !finishing && !over.get() && !peerStopped && !session.hasEnded

    override suspend fun write(data: ByteBuffer) {
        check(!finishing) { "stream $id is finished; nothing can be written to it any more" }
        check(!wasReset.get()) { "stream $id was reset; nothing can be written to it any more" }
        session.throwIfEnded()
        if (!data.hasRemaining()) return
        val before = data.remaining()
        try {
            guarded {
                if (preamble != null && preamble.hasRemaining()) writeWithPreamble(preamble, data)
                if (data.hasRemaining()) {
                    if (session.credit.countsData) writeOnCredit(data) else quic.write(data)
                }
            }
        } finally {
            val written = before - data.remaining()
            bytesWritten += written
            session.traffic.handleWritten(written)
        }
    }

    override fun statistics(): SendStreamStatistics =
        SendStreamStatistics
            .builder()
            .bytesWritten(bytesWritten)
            .bytesSent(withoutPreamble(quic.bytesSent))
            .bytesAcknowledged(withoutPreamble(quic.bytesAcknowledged))
            .build()

    private fun withoutPreamble(bytes: Long?): Long? = bytes?.let { maxOf(0, it - preambleLength) }

    /** Writes as much at a time as there is credit for, but not so much that one stream holds all of it while it waits. */
    private suspend fun writeOnCredit(data: ByteBuffer) {
        val credit = session.credit
        while (data.hasRemaining()) {
            val wanted = minOf(data.remaining(), CREDIT_AT_ONCE)
            val now = credit.tryTakeData(wanted)
            val taken = if (now > 0) now else awaitCredit(wanted)
            if (taken == 0) throw session.awaitEndException()
            val part = BufferCursor.peek(data, taken)
            try {
                quic.write(part)
            } finally {
                BufferCursor.advance(data, taken - part.remaining())
                credit.giveBackData(part.remaining())
            }
        }
    }

    /** Waits for credit, but not beyond the end of the stream. */
    @OptIn(ExperimentalCoroutinesApi::class)
    private suspend fun awaitCredit(wanted: Int): Int =
        coroutineScope {
            val taking = async(start = CoroutineStart.UNDISPATCHED) { session.credit.takeData(wanted) }
            val stopping = async(start = CoroutineStart.UNDISPATCHED) { quic.awaitStopped() }
            var delivered = false
            try {
                select {
                    taking.onAwait { taken -> taken.also { delivered = true } }
                    stopping.onAwait { stopped -> throw stopped ?: wasEndedHere() }
                }
            } finally {
                stopping.cancel()
                if (!delivered) {
                    taking.cancel()
                    withContext(NonCancellable) { taking.join() }
                    if (!taking.isCancelled) session.credit.giveBackData(taking.getCompleted())
                }
            }
        }

    private fun wasEndedHere() = IllegalStateException("stream $id was reset; nothing can be written to it any more")

    /** The preamble is about to leave: from now on the stream counts. */
    private fun appear() {
        if (appearance.get() == Appearance.NONE) appearance.compareAndSet(Appearance.NONE, Appearance.SHOWN)
        if (appearance.get() == Appearance.NEVER) throw wasEndedHere()
    }

    /** Preamble and first bytes leave together, so that a short message is one packet. */
    private suspend fun writeWithPreamble(preamble: ByteBuffer, data: ByteBuffer) {
        appear()
        val ahead = preamble.remaining()
        val wanted = minOf(data.remaining(), FIRST_WRITE)
        // Without credit the preamble goes alone, so that the peer knows of the stream.
        val along = if (session.credit.countsData) session.credit.tryTakeData(wanted) else wanted
        val first = ByteBuffer.allocate(ahead + along)
        first.put(preamble.duplicate())
        first.put(BufferCursor.peek(data, along))
        BufferCursor.toRead(first)
        try {
            quic.write(first)
        } finally {
            val written = maxOf(first.position() - ahead, 0)
            BufferCursor.advance(preamble, minOf(first.position(), ahead))
            BufferCursor.advance(data, written)
            if (session.credit.countsData) session.credit.giveBackData(along - written)
        }
    }

    override suspend fun finish() {
        check(!wasReset.get()) { "stream $id was reset; it cannot be finished any more" }
        if (!finishing) session.throwIfEnded()
        finishing = true
        if (preamble != null && (preamble.hasRemaining() || finishingUnwritten.get() != null)) {
            finishUnwritten(preamble)
        } else {
            try {
                finishNow()
            } catch (cancelled: CancellationException) {
                // FIN goes nevertheless, and that has to be noted.
                session.scope.async { finishNow() }
                throw cancelled
            }
        }
    }

    private suspend fun finishUnwritten(preamble: ByteBuffer) {
        val mine =
            session.scope.async(start = CoroutineStart.LAZY) {
                guarded {
                    appear()
                    quic.write(preamble)
                }
                finishNow()
            }
        val begun = if (finishingUnwritten.compareAndSet(
                null,
                mine,
            )
        ) {
            mine
        } else {
            checkNotNull(finishingUnwritten.get()).also { mine.cancel() }
        }
        try {
            begun.await()
        } catch (cancelled: CancellationException) {
            // Either this caller was cancelled, or the connection ended under the session, and then the session tells how.
            currentCoroutineContext().ensureActive()
            throw session.awaitEndException()
        }
    }

    private suspend fun finishNow() {
        guarded { quic.finish() }
        if (over.compareAndSet(false, true)) {
            session.handleFinished()
            session.sendEnded(id)
        }
    }

    override fun reset(errorCode: Long) {
        val wireCode = ApplicationErrorCode.toHttp3(errorCode)
        if (over.compareAndSet(false, true)) {
            wasReset.set(true)
            quic.reset(wireCode)
            if (preamble != null && appearance.compareAndSet(Appearance.NONE, Appearance.NEVER)) session.credit.giveBackStream(type)
            session.sendEnded(id)
        }
    }

    override suspend fun awaitStopped(): Long? {
        session.throwIfEnded()
        val stopped = guarded { quic.awaitStopped() }
        if (stopped == null) session.throwIfEnded() else session.throwIfEndedOrRejected()
        checkNotNull(stopped) { "stream $id was ended by this end; the peer cannot stop it any more" }
        peerStopped = true
        return stopped.errorCode?.let(StreamFailures::applicationCode)
    }

    private suspend inline fun <T> guarded(block: () -> T): T {
        try {
            return block()
        } catch (stopped: QuicStreamStoppedException) {
            if (over.compareAndSet(false, true)) session.sendEnded(id)
            session.throwIfEndedOrRejected()
            throw StreamFailures.stopped(stopped)
        } catch (lost: QuicConnectionException) {
            // How the session ended is told by the connection, at once or soon.
            throw session.awaitEndException()
        } catch (ended: IllegalStateException) {
            if (ended !is CancellationException) session.throwIfEnded()
            throw ended
        }
    }

    /** What the peer can know of a stream that this end opened. */
    private enum class Appearance {
        /** Nothing yet. */
        NONE,

        /** That it is there. */
        SHOWN,

        /** Nothing, and that stays so. */
        NEVER,
    }

    private companion object {
        /** How much session credit a write takes at a time. */
        const val CREDIT_AT_ONCE = 32 shl 10

        /** How much of the first write travels with the preamble: more than a packet holds. */
        const val FIRST_WRITE = 4 shl 10
    }
}
