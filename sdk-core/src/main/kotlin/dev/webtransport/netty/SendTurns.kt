package dev.webtransport.netty

import dev.webtransport.flow.SendScheduler
import io.netty.handler.codec.quic.QuicChannel

/**
 * Decides which stream of a connection hands its next piece to quiche. On the event loop only.
 *
 * While quiche takes everything, nobody waits. quiche takes no more than the congestion window and the peer's credit
 * allow; a piece that it does not take whole stays in the channel of its stream, unanswered. If the connection is what held
 * it up, everybody waits until that piece is taken, and then whoever is next by group and order goes on; so all that is
 * beyond the control of the scheduler is one piece and what quiche holds for the congestion window. If it was the stream's
 * own credit, the others go on at once.
 *
 * Few unanswered pieces are also what makes many streams fast: Netty asks every channel with an unanswered piece to try
 * again, with each packet that arrives.
 *
 * Which of the two held a piece up is asked of a *witness*: a stream whose own credit is known not to be used up. If quiche takes
 * nothing on it either, then it is the connection. Credit for a stream never shrinks, so what was seen of it once,
 * less what was sent since, is known to be there. HTTP/3's control stream is always a good one. Less than a packet is nothing: quiche leaves
 * so much of the congestion window, and tells of it.
 */
internal class SendTurns(private val channel: () -> QuicChannel) {
    private val scheduler = SendScheduler<NettySendStream>()
    private var witness: NettySendStream? = null

    /** Whose piece the connection did not take whole; nobody else may go on before it. */
    private var heldUp: NettySendStream? = null
    private var giving = false
    private var closed = false

    /** Adds a stream that has nothing to send yet; without a [group] it comes before all that have one. */
    fun add(stream: NettySendStream, group: Any?, order: Long): SendScheduler.Sender<NettySendStream> = scheduler.add(stream, group, order)

    fun prioritize(sender: SendScheduler.Sender<NettySendStream>, group: Any, order: Long) = scheduler.prioritize(sender, group, order)

    fun remove(sender: SendScheduler.Sender<NettySendStream>) {
        scheduler.remove(sender)
        if (witness === sender.owner()) witness = null
        handleAnswered(sender.owner())
        giveTurns()
    }

    /** The stream has bytes to send. */
    fun setReady(sender: SendScheduler.Sender<NettySendStream>) {
        scheduler.setReady(sender, true)
        // What held the last one up may have gone while nobody asked.
        lookAgain()
        giveTurns()
    }

    /** quiche did not take a whole piece of [stream]. */
    fun handleUnanswered(stream: NettySendStream) {
        if (heldUp == null && !takesMore()) heldUp = stream
    }

    /**
     * quiche took the rest of the piece, or the stream has ended. No turn is given yet: the stream may want the next one, and has to say so
     * [first][setReady].
     */
    fun handleAnswered(stream: NettySendStream) {
        if (heldUp === stream) heldUp = null
    }

    /** Packets arrived, and Netty has tried again what was unanswered: what still is, may now be so for another reason. */
    fun handlePackets() {
        if (heldUp == null || scheduler.readySenders() == 0) return
        lookAgain()
        giveTurns()
    }

    /** The connection has ended: nobody sends any more. */
    fun close() {
        closed = true
    }

    private fun lookAgain() {
        if (heldUp != null && takesMore()) heldUp = null
    }

    /** The [credit][NettySendStream.knownCredit] of a stream was looked at. */
    fun noteCredit(stream: NettySendStream) {
        if (stream.knownCredit >= PACKET && (witness?.knownCredit ?: 0) < PACKET) witness = stream
    }

    /** Whoever is next hands on, until quiche takes no more. */
    fun giveTurns() {
        if (giving) return
        giving = true
        try {
            while (heldUp == null && !closed) {
                val next = scheduler.peek() ?: break
                val sent = next.owner().takeTurn(if (scheduler.readySenders() > 1) PIECE else Int.MAX_VALUE)
                scheduler.handleSent(next, sent.toLong())
                if (!next.owner().wantsTurn) scheduler.setReady(next, false)
            }
        } finally {
            giving = false
        }
    }

    /** Whether quiche would take bytes of a stream that has credit. Without a way to know, it is given what it may refuse. */
    private fun takesMore(): Boolean {
        val access = QuicheAccess.find() ?: return true
        val asked = witness?.takeIf { it.knownCredit >= PACKET } ?: return true
        return access.streamCapacity(channel(), asked.id) !in 0 until PACKET
    }

    private companion object {
        /** How many bytes a stream sends before another of the same order may. */
        const val PIECE = 64 shl 10

        /** More than a packet holds. */
        const val PACKET = 2_048L
    }
}
