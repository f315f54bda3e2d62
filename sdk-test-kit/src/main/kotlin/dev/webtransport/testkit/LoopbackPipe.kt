package dev.webtransport.testkit

import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.transport.QuicStreamStoppedException
import java.nio.ByteBuffer

/**
 * One direction of a stream: the writer's buffer, the reader's buffer, and how either side ended it. Nothing travels: what the
 * peer's credit allows is with the reader at once. Everything here runs under the lock of the [link].
 */
internal class LoopbackPipe(
    private val link: LoopbackLink,
    private val stream: LoopbackStream,
    private val from: LoopbackConnection,
    private val to: LoopbackConnection,
) {
    private enum class Sending { OPEN, FINISHED, RESET, STOPPED }

    private enum class Receiving { OPEN, FIN_ARRIVED, RESET, STOPPED }

    private var sending = Sending.OPEN
    private var receiving = Receiving.OPEN
    private var stopCode = 0L
    private var resetCode = 0L
    private val outgoing = ByteRing()
    private val incoming = ByteRing()
    private val window = to.receiveWindow

    /** There is room in the writer's buffer, or writing is over. */
    val writable = Condition(link.monitor)

    /** There is something to read, or reading is over. */
    val readable = Condition(link.monitor)

    /** Nothing more can be sent. */
    val sendingOver = Condition(link.monitor)

    /** Nothing is left to be sent: FIN or RESET_STREAM is there, or STOP_SENDING has spared both. */
    val sent: Boolean get() = receiving != Receiving.OPEN

    /** Nothing is left to be read. */
    val read: Boolean
        get() = when (receiving) {
            Receiving.OPEN -> false
            Receiving.FIN_ARRIVED -> incoming.size == 0
            Receiving.RESET, Receiving.STOPPED -> true
        }

    /** Takes what fits of [data]; answers whether that was all. */
    fun write(data: ByteBuffer): Boolean {
        when (sending) {
            Sending.OPEN -> from.throwIfEnded()
            Sending.STOPPED -> throw QuicStreamStoppedException(stopCode)
            Sending.FINISHED -> throw IllegalStateException("write on stream ${stream.id} after finish")
            Sending.RESET -> throw IllegalStateException("write on stream ${stream.id} after reset")
        }
        // A write larger than the buffer needs several turns even while the reader's credit takes everything.
        while (data.hasRemaining()) {
            val room = minOf(data.remaining(), from.config.sendBufferSize() - outgoing.size)
            if (room == 0) return false
            outgoing.put(data, room)
            transfer()
        }
        return true
    }

    fun finish() {
        when (sending) {
            Sending.OPEN -> from.throwIfEnded()
            Sending.FINISHED -> return
            Sending.STOPPED -> throw QuicStreamStoppedException(stopCode)
            Sending.RESET -> throw IllegalStateException("finish of stream ${stream.id} after reset")
        }
        sending = Sending.FINISHED
        writable.signal()
        sendingOver.signal()
        transfer()
    }

    fun reset(code: Long) {
        if (sent || from.hasEnded) return
        sending = Sending.RESET
        receiving = Receiving.RESET
        resetCode = code
        stream.announce()
        discard()
        writable.signal()
        sendingOver.signal()
        readable.signal()
        link.touched()
        stream.progressed()
    }

    /** The end of sending, or null while sending goes on; the answer itself is null when this end brought it about. */
    fun stopped(): Answer<QuicStreamStoppedException?>? {
        return when (sending) {
            Sending.STOPPED -> {
                Answer(QuicStreamStoppedException(stopCode))
            }

            Sending.FINISHED, Sending.RESET -> {
                Answer(null)
            }

            Sending.OPEN -> {
                from.throwIfEnded()
                null
            }
        }
    }

    /** Fills [dst] with what is there: a number of bytes, -1 after FIN, or null when there is nothing yet. */
    fun read(dst: ByteBuffer): Int? {
        when (receiving) {
            Receiving.RESET -> throw QuicStreamResetException(resetCode)
            Receiving.STOPPED -> throw IllegalStateException("read of stream ${stream.id} after stopSending")
            Receiving.OPEN, Receiving.FIN_ARRIVED -> to.throwIfArrivalsAreGone()
        }
        if (incoming.size > 0) {
            val count = incoming.take(dst)
            // Behind those who have waited longer for credit of the connection.
            if (outgoing.size > 0) window.enqueue(this)
            window.release(count)
            if (receiving == Receiving.OPEN) link.touched()
            stream.progressed()
            return count
        }
        if (receiving == Receiving.FIN_ARRIVED) return -1
        to.throwIfEnded()
        return null
    }

    fun stopSending(code: Long) {
        if (read || to.hasEnded) return
        if (!sent) {
            stream.announce()
            if (sending == Sending.OPEN) {
                sending = Sending.STOPPED
                stopCode = code
                writable.signal()
                sendingOver.signal()
            }
            link.touched()
        }
        receiving = Receiving.STOPPED
        discard()
        readable.signal()
        stream.progressed()
    }

    /** Moves what the credit of the stream and of the connection allows, then FIN. */
    fun transfer() {
        if (sent || from.hasEnded) return
        val streamCredit = minOf(to.config.maxStreamData(), ByteRing.MAX_SIZE.toLong()) - incoming.size
        val count = minOf(outgoing.size.toLong(), streamCredit, window.credit).toInt()
        if (count > 0) {
            outgoing.moveTo(incoming, count)
            window.take(count)
            writable.signal()
        }
        if (outgoing.size > 0 && streamCredit > count) window.enqueue(this)
        val finished = sending == Sending.FINISHED && outgoing.size == 0
        if (finished) receiving = Receiving.FIN_ARRIVED
        // What waits for credit shows itself by an empty frame: else the peer could not even refuse it.
        if (outgoing.size > 0 || count > 0 || finished) stream.announce()
        if (count > 0 || finished) {
            readable.signal()
            link.touched()
        }
        if (finished) stream.progressed()
    }

    /** The connection is over: nothing more moves, and all who wait look again. What has arrived may stay for the reader. */
    fun connectionEnded() {
        outgoing.clear()
        if (to.arrivalsAreGone) incoming.clear()
        writable.signal()
        sendingOver.signal()
        readable.signal()
    }

    private fun discard() {
        outgoing.clear()
        window.leave(this)
        val unread = incoming.size
        incoming.clear()
        window.release(unread)
    }
}

/** An answer where null is one of the possible answers. */
internal class Answer<T>(
    val value: T,
)

/** Credit of one end for the bytes of all streams towards it (RFC 9000, section 4.1), and who waits for it. */
internal class ReceiveWindow(
    private val limit: Long,
) {
    private var unread = 0L

    /** Bounded by the streams of the connection; in the order in which they ran out of credit. */
    private val blocked = LinkedHashSet<LoopbackPipe>()

    val credit: Long get() = limit - unread

    fun take(count: Int) {
        unread += count
    }

    fun enqueue(pipe: LoopbackPipe) {
        blocked.add(pipe)
    }

    fun leave(pipe: LoopbackPipe) {
        blocked.remove(pipe)
    }

    /** [count] bytes were read or dropped: whoever waits goes on, each in turn. */
    fun release(count: Int) {
        unread -= count
        while (credit > 0) {
            val next = blocked.firstOrNull() ?: return
            blocked.remove(next)
            next.transfer()
        }
    }
}
