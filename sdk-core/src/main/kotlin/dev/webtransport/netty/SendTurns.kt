package dev.webtransport.netty

import dev.webtransport.flow.SendScheduler
import java.util.concurrent.atomic.AtomicInteger

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
 * Which of the two held a piece up the [room] tells. A [FIN without bytes][LoneFins] takes nothing from anybody and goes before all bytes.
 */
internal class SendTurns(private val room: SendRoom, private val fins: LoneFins) {
    private val scheduler = SendScheduler<NettySendStream>()

    /** Whose piece the connection did not take whole; nobody else may go on before it. */
    private var heldUp: NettySendStream? = null
    private var giving = false
    private val resume: () -> Unit = ::giveTurns
    private var closed = false

    /** How many streams have said that they will come, and have not yet. From any thread. */
    private val announced = AtomicInteger()

    /** A stream will come with what it has to send. From any thread. */
    fun handleAnnounced() {
        announced.incrementAndGet()
    }

    /** A stream that was announced has come. */
    fun handleCame() {
        announced.decrementAndGet()
    }

    /** Whether nobody else was [announced][handleAnnounced] who would have to come before. */
    fun isNext(isAnnounced: Boolean): Boolean = announced.get() == (if (isAnnounced) 1 else 0)

    /** Adds a stream that [has to wait][trySend]; without a [group] it comes before all that have one. */
    fun add(stream: NettySendStream, group: Any?, order: Long): SendScheduler.Sender<NettySendStream> = scheduler.add(stream, group, order)

    fun prioritize(sender: SendScheduler.Sender<NettySendStream>, group: Any, order: Long) = scheduler.prioritize(sender, group, order)

    /** The [stream] has ended; it is no [sender] any more, if it has been one. */
    fun remove(stream: NettySendStream, sender: SendScheduler.Sender<NettySendStream>?) {
        if (sender != null) scheduler.remove(sender)
        handleAnswered(stream)
        room.remove(stream)
        fins.remove(stream)
        giveTurns()
    }

    /**
     * Gives the stream its turn at once if nobody else waits for one, so that it never has to join the line; false if it has something left
     * to send after that, and has to.
     */
    fun trySend(stream: NettySendStream): Boolean {
        if (giving || closed || !fins.isEmpty || scheduler.readySenders() > 0) return false
        lookAgain()
        if (heldUp != null) return false
        giving = true
        try {
            stream.takeTurn(Int.MAX_VALUE)
        } finally {
            giving = false
        }
        val isDone = !stream.wantsTurn
        // Who went on meanwhile could not take a turn.
        giveTurns()
        return isDone
    }

    /** The stream has bytes to send. */
    fun setReady(sender: SendScheduler.Sender<NettySendStream>) {
        scheduler.setReady(sender, true)
        // What held the last one up may have gone while nobody asked.
        lookAgain()
        giveTurns()
    }

    /** The stream has nothing left to send but FIN. */
    fun finish(stream: NettySendStream) {
        fins.add(stream)
        giveTurns()
    }

    /** quiche did not take a whole piece of [stream]. */
    fun handleUnanswered(stream: NettySendStream) {
        room.handleUnanswered(stream)
        if (heldUp == null && !room.takesMore()) heldUp = stream
    }

    /**
     * quiche took the rest of the piece, or the stream has ended. No turn is given yet: the stream may want the next one, and has to say so
     * [first][setReady].
     */
    fun handleAnswered(stream: NettySendStream) {
        room.handleAnswered(stream)
        if (heldUp === stream) heldUp = null
    }

    /** Packets arrived, and Netty has tried again what was unanswered: what still is, may now be so for another reason. */
    fun handlePackets() {
        if (fins.isEmpty && (heldUp == null || scheduler.readySenders() == 0)) return
        lookAgain()
        giveTurns()
    }

    /** The connection is about to be closed: FINs that wait for room leave now or never. */
    fun handOverFins() = fins.handOverAll()

    /** The connection has ended: nobody sends any more. */
    fun close() {
        closed = true
        fins.close()
    }

    private fun lookAgain() {
        if (heldUp != null && room.takesMore()) heldUp = null
    }

    /** Whoever is next hands on, until quiche takes no more. */
    fun giveTurns() {
        if (giving) return
        giving = true
        try {
            while (!closed && fins.handOver(resume) && heldUp == null) {
                val next = scheduler.peek() ?: break
                val sent = next.owner().takeTurn(if (scheduler.readySenders() > 1) PIECE else Int.MAX_VALUE)
                scheduler.handleSent(next, sent.toLong())
                if (!next.owner().wantsTurn) scheduler.setReady(next, false)
            }
        } finally {
            giving = false
        }
    }

    private companion object {
        /** How many bytes a stream sends before another of the same order may. */
        const val PIECE = 64 shl 10
    }
}
