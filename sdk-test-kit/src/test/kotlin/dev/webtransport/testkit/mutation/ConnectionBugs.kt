package dev.webtransport.testkit.mutation

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.value.DatagramStatus
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import java.nio.ByteBuffer

/** The credit of streams that have ended comes back a few times, and then no more. */
internal class LeakedStreams(
    private val inner: QuicConnection,
    peer: QuicConfig,
) : QuicConnection by inner {
    private val bidirectional = Allowance(peer.maxIncomingBidirectionalStreams().toLong() * LIVES)
    private val unidirectional = Allowance(peer.maxIncomingUnidirectionalStreams().toLong() * LIVES)

    override suspend fun openBidirectionalStream(): QuicBidirectionalStream {
        return tryTake(bidirectional) { inner.openBidirectionalStream() } ?: awaitCancellation()
    }

    override suspend fun openUnidirectionalStream(): QuicSendStream {
        return tryTake(unidirectional) { inner.openUnidirectionalStream() } ?: awaitCancellation()
    }

    override fun tryOpenBidirectionalStream() = tryTake(bidirectional) { inner.tryOpenBidirectionalStream() }

    override fun tryOpenUnidirectionalStream() = tryTake(unidirectional) { inner.tryOpenUnidirectionalStream() }

    private inline fun <T> tryTake(allowance: Allowance, open: () -> T): T? {
        return if (allowance.left-- > 0) open() else null
    }

    private companion object {
        const val LIVES = 4
    }
}

/** Replaces the sending halves of a connection. */
internal abstract class OtherSenders(private val inner: QuicConnection) : QuicConnection by inner {
    abstract fun sender(inner: QuicSendStream): QuicSendStream

    override suspend fun openBidirectionalStream() = wrap(inner.openBidirectionalStream())

    override suspend fun openUnidirectionalStream() = sender(inner.openUnidirectionalStream())

    override fun tryOpenBidirectionalStream() = inner.tryOpenBidirectionalStream()?.let(::wrap)

    override fun tryOpenUnidirectionalStream() = inner.tryOpenUnidirectionalStream()?.let(::sender)

    override suspend fun acceptBidirectionalStream() = wrap(inner.acceptBidirectionalStream())

    private fun wrap(stream: QuicBidirectionalStream): QuicBidirectionalStream =
        BothHalves(stream.id, sender(stream.send), stream.receive)
}

/** The credit of the whole connection never comes back. */
internal class StarvedConnection(inner: QuicConnection, peer: QuicConfig) : OtherSenders(inner) {
    private val allowance = Allowance(peer.maxData())

    override fun sender(inner: QuicSendStream) = StarvedWriter(inner, allowance)
}

/** What was written on a stream that was reset then is lost to the credit of the whole connection. */
internal class StarvedByResets(inner: QuicConnection, peer: QuicConfig) : OtherSenders(inner) {
    private val lost = Allowance(peer.maxData())

    override fun sender(inner: QuicSendStream) = object : QuicSendStream by inner {
        private var written = 0L

        override suspend fun write(data: ByteBuffer) {
            if (lost.left <= 0) awaitCancellation()
            val size = data.remaining()
            inner.write(data)
            written += size
        }

        override fun reset(errorCode: Long) {
            lost.left -= written
            inner.reset(errorCode)
        }
    }
}

/** Takes a stream first and gives it later. */
internal class LossyAccept(private val inner: QuicConnection) : QuicConnection by inner {
    override suspend fun acceptBidirectionalStream(): QuicBidirectionalStream = inner.acceptBidirectionalStream().also { yield() }

    override suspend fun acceptUnidirectionalStream(): QuicReceiveStream = inner.acceptUnidirectionalStream().also { yield() }
}

/** Who no longer waits for a stream gets one nevertheless. */
internal class UnstoppableOpen(
    private val inner: QuicConnection,
    private val scope: CoroutineScope,
) : QuicConnection by inner {
    override suspend fun openBidirectionalStream(): QuicBidirectionalStream {
        return scope.async(start = CoroutineStart.UNDISPATCHED) { runCatching { inner.openBidirectionalStream() } }.await().getOrThrow()
    }
}

/** Takes a datagram first and gives it later. */
internal class LossyDatagrams(private val inner: QuicConnection) : QuicConnection by inner {
    override suspend fun receiveDatagram(): ByteBuffer = inner.receiveDatagram().also { yield() }
}

/** A queue of its own before that of the engine, with another length; what comes when it is full is dropped. */
internal class OwnDatagramQueue(
    private val inner: QuicConnection,
    scope: CoroutineScope,
    length: Int,
) : QuicConnection by inner {
    private val queue = Channel<ByteBuffer>(length)

    init {
        // Unconfined, so that each is taken in the moment in which it arrives.
        scope.launch(Dispatchers.Unconfined) {
            try {
                while (true) queue.trySend(inner.receiveDatagram())
            } catch (ended: QuicConnectionException) {
                queue.close(ended)
            }
        }
    }

    override suspend fun receiveDatagram(): ByteBuffer = queue.receive()
}

/** Sends of a datagram what fits. */
internal class CutDatagrams(private val inner: QuicConnection) : QuicConnection by inner {
    override fun sendDatagram(data: ByteBuffer): DatagramStatus {
        val fitting = data.duplicate().limit(data.position() + minOf(inner.maxDatagramSize, data.remaining()))
        data.position(data.limit())
        return inner.sendDatagram(fitting)
    }
}

/** Takes the caller's buffer for its own until it is sent. */
internal class LazyDatagrams(
    private val inner: QuicConnection,
    private val scope: CoroutineScope,
) : QuicConnection by inner {
    override fun sendDatagram(data: ByteBuffer): DatagramStatus {
        if (data.remaining() > inner.maxDatagramSize) return DatagramStatus.TOO_LARGE
        val borrowed = data.duplicate()
        data.position(data.limit())
        scope.launch { inner.sendDatagram(borrowed) }
        return DatagramStatus.SENT
    }
}

internal class NeverBlockedDatagrams(private val inner: QuicConnection) : QuicConnection by inner {
    override fun sendDatagram(data: ByteBuffer): DatagramStatus {
        val status = inner.sendDatagram(data)
        return if (status == DatagramStatus.BLOCKED) DatagramStatus.SENT else status
    }
}

/** Cuts the reason by bytes, and what is left of a character becomes a sign of replacement. */
internal class ReasonCutAnywhere(private val inner: QuicConnection) : QuicConnection by inner {
    override fun close(errorCode: Long, reason: String) {
        val bytes = reason.encodeToByteArray()
        inner.close(errorCode, bytes.decodeToString(0, minOf(bytes.size, LIMIT)))
    }

    private companion object {
        const val LIMIT = 200
    }
}

/** CONNECTION_CLOSE is sent later, and says what was said last. */
internal class LastCloseWins(
    private val inner: QuicConnection,
    private val scope: CoroutineScope,
) : QuicConnection by inner {
    private var last: Pair<Long, String>? = null

    override fun close(errorCode: Long, reason: String) {
        if (last == null) scope.launch { last?.let { inner.close(it.first, it.second) } }
        last = errorCode to reason
    }
}

internal class SecondCloseFails(private val inner: QuicConnection) : QuicConnection by inner {
    private var closed = false

    override fun close(errorCode: Long, reason: String) {
        check(!closed) { "closed already" }
        closed = true
        inner.close(errorCode, reason)
    }
}

/** Who waits for something of the peer when the connection ends waits for ever; who comes later is told. */
internal class DeafToClose(
    private val inner: QuicConnection,
    scope: CoroutineScope,
) : QuicConnection by inner {
    private var closed = false

    init {
        scope.launch(Dispatchers.Unconfined) {
            inner.awaitClosed()
            closed = true
        }
    }

    override suspend fun acceptBidirectionalStream() = deaf { inner.acceptBidirectionalStream() }

    override suspend fun acceptUnidirectionalStream() = deaf { inner.acceptUnidirectionalStream() }

    override suspend fun receiveDatagram() = deaf { inner.receiveDatagram() }

    private suspend fun <T> deaf(wait: suspend () -> T): T {
        val tooLate = closed
        try {
            return wait()
        } catch (ended: QuicConnectionException) {
            if (!tooLate) awaitCancellation()
            throw ended
        }
    }
}

/** Once it hears of a close, nothing is read any more, though it was there before. */
internal class HastyClose(
    private val inner: QuicConnection,
    scope: CoroutineScope,
) : QuicConnection by inner {
    private val ended = CompletableDeferred<QuicCloseReason>()

    init {
        scope.launch(start = CoroutineStart.UNDISPATCHED) { ended.complete(inner.awaitClosed()) }
    }

    override suspend fun acceptBidirectionalStream(): QuicBidirectionalStream {
        val stream = inner.acceptBidirectionalStream()
        return BothHalves(stream.id, stream.send, Forgetful(stream.receive))
    }

    override suspend fun acceptUnidirectionalStream(): QuicReceiveStream = Forgetful(inner.acceptUnidirectionalStream())

    private inner class Forgetful(private val half: QuicReceiveStream) : QuicReceiveStream by half {
        override suspend fun read(dst: ByteBuffer): Int {
            // Whoever has woken up by then finds nothing.
            yield()
            if (ended.isCompleted) throw QuicConnectionException(ended.await())
            return half.read(dst)
        }
    }
}

/** Takes a connection first and gives it later. */
internal class LossyListener(private val inner: QuicListener) : QuicListener by inner {
    override suspend fun accept(): QuicConnection? = inner.accept().also { yield() }
}

/** Closes what it has accepted. */
internal class PossessiveListener(private val inner: QuicListener) : QuicListener by inner {
    private val accepted = ArrayList<QuicConnection>()

    override suspend fun accept(): QuicConnection? = inner.accept()?.also(accepted::add)

    override suspend fun close() {
        inner.close()
        for (connection in accepted) connection.close(0, "the listener was closed")
    }
}

/** Who waits for a connection when it is closed waits for ever. */
internal class SilentListener(private val inner: QuicListener) : QuicListener by inner {
    override suspend fun accept(): QuicConnection? = inner.accept() ?: awaitCancellation()
}
