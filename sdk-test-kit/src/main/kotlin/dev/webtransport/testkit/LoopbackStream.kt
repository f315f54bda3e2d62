package dev.webtransport.testkit

import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStreamStoppedException
import dev.webtransport.value.StreamType
import java.nio.ByteBuffer

/** One stream with both ends in sight. Everything here runs under the lock of the [link]. */
internal class LoopbackStream(
    private val link: LoopbackLink,
    val id: Long,
    private val type: StreamType,
    private val opener: LoopbackConnection,
    private val acceptor: LoopbackConnection,
) {
    /** From the end that opened the stream to the other. */
    val forward = LoopbackPipe(link, this, opener, acceptor)

    /** The other way; a unidirectional stream has none. */
    val backward = if (type == StreamType.BIDIRECTIONAL) LoopbackPipe(link, this, acceptor, opener) else null

    private var announced = false
    private var accepted = false
    private var credited = false

    /** A first frame reaches the other end, which so learns of the stream. */
    fun announce() {
        if (announced) return
        announced = true
        acceptor.streams(type).arrived(this)
    }

    /** The application of the other end has the stream now. */
    fun accept() {
        accepted = true
        progressed()
    }

    /** Something has ended: perhaps that gives back credit, perhaps it was the last. */
    fun progressed() {
        // A stream nobody has accepted keeps its credit: that bounds the queue of streams to accept.
        if (!accepted || !forward.read) return
        //= rfc9000#4.6
        //# the limit is cumulative: it grows when a stream of the peer has ended, it never shrinks
        if (!credited && (backward == null || backward.sent)) {
            credited = true
            opener.streams(type).grant()
        }
        if (backward == null || backward.read) link.remove(this)
    }

    fun connectionEnded() {
        forward.connectionEnded()
        backward?.connectionEnded()
    }
}

/** What one end holds of a bidirectional stream. */
internal class LoopbackBidirectionalStream(
    override val id: Long,
    override val send: QuicSendStream,
    override val receive: QuicReceiveStream,
) : QuicBidirectionalStream {
    override fun toString(): String = "loopback stream $id"
}

/** The writer's end of a pipe. */
internal class LoopbackSendStream(
    override val id: Long,
    private val monitor: Monitor,
    private val pipe: LoopbackPipe,
) : QuicSendStream {
    override suspend fun write(data: ByteBuffer) {
        monitor.await(pipe.writable) { if (pipe.write(data)) Unit else null }
    }

    // Never waits: the send buffer has taken all that was written, and FIN needs no room in it.
    override suspend fun finish() {
        monitor.locked { pipe.finish() }
    }

    override fun reset(errorCode: Long) {
        checkErrorCode(errorCode)
        monitor.locked { pipe.reset(errorCode) }
    }

    override suspend fun awaitStopped(): QuicStreamStoppedException? {
        return monitor.await(pipe.sendingOver) { pipe.stopped() }.value
    }

    override fun toString(): String = "sending half of loopback stream $id"
}

/** The reader's end of a pipe. */
internal class LoopbackReceiveStream(
    override val id: Long,
    private val monitor: Monitor,
    private val pipe: LoopbackPipe,
) : QuicReceiveStream {
    override suspend fun read(dst: ByteBuffer): Int {
        require(dst.hasRemaining()) { "read into a buffer without room; it needs room for at least one byte" }
        return monitor.await(pipe.readable) { pipe.read(dst) }
    }

    override fun stopSending(errorCode: Long) {
        checkErrorCode(errorCode)
        monitor.locked { pipe.stopSending(errorCode) }
    }

    override fun toString(): String = "receiving half of loopback stream $id"
}

//= rfc9000#20.2
//# error codes of applications are 62-bit integers
internal fun checkErrorCode(errorCode: Long) {
    require(errorCode in 0..MAX_ERROR_CODE) { "error code $errorCode is not within 0 and 2^62-1" }
}

private const val MAX_ERROR_CODE = (1L shl 62) - 1
