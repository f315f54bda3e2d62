package dev.webtransport.netty

import io.netty.handler.codec.quic.QuicChannel

/**
 * What quiche would take now, whatever the stream. On the event loop only.
 *
 * It is asked of a *witness*: a stream whose own credit is known not to be used up, so that what quiche does not take on it is held up by
 * the congestion window or by the peer's credit for the connection. Credit for a stream never shrinks, so what was seen of it
 * once, less what was sent since, is known to be there. HTTP/3's control stream is always a good one.
 *
 * quiche answers with the room that there was when the last packet came, less the bytes of streams that it took since. Its answer leaves out
 * headers and datagrams, and the bytes that it had taken before that packet and not sent yet. These are counted here, rather too many
 * than too few.
 */
internal class SendRoom(private val channel: () -> QuicChannel) {
    private var latest: NettySendStream? = null
    private val witness: NettySendStream? get() = latest?.takeIf { it.knownCredit >= PACKET }

    /** Streams of whose last piece quiche has not taken all; Netty offers it the rest with every packet. */
    private val unanswered = LinkedHashSet<NettySendStream>()

    /** How many bytes a current answer of quiche leaves out, at most. */
    private var leftOut = 0L

    /** Packets are being handled, and quiche sends nothing before the last of them. */
    private var isReading = false

    /** When that began: how many bytes quiche may have held unsent, and how many the channels held. */
    private var unsent = 0L
    private var held = 0L

    /** What was handed to the channels since then, with headers. */
    private var given = 0L

    /** The [credit][NettySendStream.knownCredit] of a stream was looked at. */
    fun noteCredit(stream: NettySendStream) {
        if (stream.knownCredit >= PACKET && witness == null) latest = stream
    }

    /** The stream has ended. */
    fun remove(stream: NettySendStream) {
        if (latest === stream) latest = null
    }

    /** Packets of the peer are about to be handled. */
    fun handleReading() {
        if (isReading) return
        isReading = true
        unsent = if (leftOut < PACKET) leftOut else maxOf(0, leftOut - maxOf(0, capacity(witness) ?: 0))
        held = held()
        given = 0
    }

    /** A packet of the peer is about to be handled, and what waits in channels offered to quiche. */
    fun handlePacket() {
        handleReading()
        leftOut = unsent + given + held - held()
    }

    /** Packets were handled, and quiche has sent what it could. */
    fun handlePackets() {
        isReading = false
    }

    /** A piece of [length] bytes was handed to the channel of a stream. */
    fun handleGiven(length: Int) {
        leftOut += headers(length)
        given += length + headers(length)
    }

    /** quiche took a datagram of [length] bytes. */
    fun handleDatagram(length: Int) {
        handleGiven(length)
        leftOut += length
    }

    /** quiche did not take a whole piece of [stream]. */
    fun handleUnanswered(stream: NettySendStream) {
        unanswered.add(stream)
    }

    /** quiche took the rest of the piece, or the stream has ended. */
    fun handleAnswered(stream: NettySendStream) {
        // Nearly always; a stream's hash code costs more.
        if (unanswered.isNotEmpty()) unanswered.remove(stream)
    }

    /**
     * Whether quiche would take bytes of a stream that has credit. Less than a packet is nothing: quiche leaves so much of the congestion
     * window, and tells of it. Without a way to know, it is given what it may refuse.
     */
    fun takesMore(): Boolean = (capacity(witness) ?: PACKET) !in 0 until PACKET

    /**
     * Whether the congestion window has room for one packet more than all that quiche took. Without a witness [stream] is asked for, whose
     * own credit may be what is missing.
     */
    fun sendsAtOnce(stream: NettySendStream): Boolean = (capacity(witness ?: stream) ?: return true) !in 0 until PACKET + leftOut

    private fun held(): Long {
        if (unanswered.isEmpty()) return 0
        var bytes = 0L
        for (stream in unanswered) bytes += stream.unansweredBytes
        return bytes
    }

    /** How many bytes quiche would take of a stream, or a negative error; null if that is not known. */
    private fun capacity(asked: NettySendStream?): Long? {
        if (asked == null) return null
        return QuicheAccess.find()?.streamCapacity(channel(), asked.id)
    }

    private companion object {
        /** More than a packet holds. */
        const val PACKET = 2_048L

        /** More than the headers that [length] bytes need: 44 bytes in each packet of 1,350. */
        fun headers(length: Int) = 64L + length / 28
    }
}
