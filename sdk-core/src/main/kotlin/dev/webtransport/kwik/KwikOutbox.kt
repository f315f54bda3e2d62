package dev.webtransport.kwik

import dev.webtransport.flow.SendScheduler
import tech.kwik.core.frame.ResetStreamFrame
import tech.kwik.core.frame.StreamFrame
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean

/**
 * Decides which stream of a connection hands its next bytes to Kwik, and does so on Kwik's sending thread, whatever thread wrote
 * them. Two things come of that:
 *
 * - Kwik sends its streams in turn, a packet each. It is given little at a time, just ahead of what leaves, so that what leaves next
 *   is still this side's to say: by group and order.
 * - The counter in which Kwik notes that a stream wants to be sent is not safe for several threads
 *   (StreamOutputStreamImpl.scheduleSendStreamFrameRequest: read, then changed). When a write from another thread meets
 *   the sending thread there, the stream stops for ever. Here the writes are on the sending thread.
 *
 * Kwik is never given more than the peer's credit allows, so it is never the one that waits for credit.
 *
 * @param run runs something on the sending thread as soon as a packet may leave
 * @param watch calls [nudge] on the sending thread in a while
 */
internal class KwikOutbox(private val run: (task: () -> Unit) -> Unit, private val watch: () -> Unit) {
    private val listed = ConcurrentLinkedQueue<KwikSendStream>()
    private val scheduled = AtomicBoolean()
    private val pumpTask = {
        scheduled.set(false)
        pump()
    }

    /** How many bytes the peer allows on all streams together. */
    @Volatile
    var credit: Long = 0

    // On the sending thread only.
    private val scheduler = SendScheduler<KwikSendStream>()
    private var handed = 0L
    private var unsent = 0L
    private var pumping = false
    private val holding = LinkedHashSet<KwikSendStream>()
    private var watching = false
    private var progress = 0L
    private var progressBefore = 0L
    private var whenIdle: (() -> Unit)? = null

    /** A stream has something new: bytes, an end, another priority, credit. Called from anywhere. */
    fun wake(stream: KwikSendStream) {
        if (stream.isListed.compareAndSet(false, true)) listed.add(stream)
        wake()
    }

    /** There may be something to hand over. Called from anywhere. */
    fun wake() {
        if (scheduled.compareAndSet(false, true)) run(pumpTask)
    }

    /** Calls [action] on the sending thread once nothing waits that could leave. Called from anywhere. */
    fun whenIdle(action: () -> Unit) = run {
        whenIdle = action
        pump()
    }

    /**
     * The peer has stopped [stream], and Kwik is about to reset it on the thread that processes packets. While the sending thread makes
     * a frame of the stream, that would throw it out of step, and end the connection (SendBuffer.clear is not safe for that). So the
     * sending thread is asked to do it first. If it cannot at once, it may send nothing now, and makes no frame either.
     */
    fun resetBefore(stream: KwikSendStream, code: Long) {
        if (stream.unsent == 0L) return
        val done = CountDownLatch(1)
        run {
            stream.resetInKwik(code)
            done.countDown()
        }
        done.await(RESET_MILLIS, TimeUnit.MILLISECONDS)
    }

    // What follows is called on the sending thread only.

    fun remove(sender: SendScheduler.Sender<KwikSendStream>) = scheduler.remove(sender)

    /** A frame of [stream] has left. */
    fun handleSent(stream: KwikSendStream, frame: StreamFrame) {
        handleLeft(stream, stream.handleSent(frame))
    }

    /** The reset of [stream] has left. */
    fun handleSent(stream: KwikSendStream, frame: ResetStreamFrame) {
        val held = stream.unsent
        val dropped = stream.handleResetSent(frame.finalSize)
        handed -= dropped
        handleLeft(stream, held)
    }

    private fun handleLeft(stream: KwikSendStream, bytes: Long) {
        progress++
        unsent -= bytes
        if (stream.isSettled) holding.remove(stream)
    }

    /** A packet has left. */
    fun handlePacketSent() {
        if (unsent <= LOW) pump()
    }

    /** Hands over what may leave next. */
    fun pump() {
        if (pumping) return
        pumping = true
        try {
            while (true) {
                val stream = listed.poll() ?: break
                stream.isListed.set(false)
                stream.look(scheduler)
            }
            while (unsent < HIGH && handed < credit) {
                val next = scheduler.peek() ?: break
                handOver(next)
            }
        } finally {
            pumping = false
        }
        tellIdle()
    }

    private fun tellIdle() {
        val told = whenIdle ?: return
        // A FIN that is all that is left of a stream has no bytes that could be counted.
        val isIdle = holding.all { it.isSettled } && (scheduler.readySenders() == 0 || handed >= credit)
        if (isIdle) {
            whenIdle = null
            told()
        }
    }

    private fun handOver(sender: SendScheduler.Sender<KwikSendStream>) {
        val stream = sender.owner()
        val length = stream.takeTurn(minOf(PIECE, credit - handed).toInt())
        handed += length
        unsent += length
        scheduler.handleSent(sender, length.toLong())
        if (!stream.wantsTurn) scheduler.setReady(sender, false)
        if (!stream.isSettled) hold(stream)
    }

    /** Kwik holds something of [stream] that has to leave. */
    fun hold(stream: KwikSendStream) {
        holding.add(stream)
        startWatching()
    }

    private fun startWatching() {
        if (watching) return
        watching = true
        progressBefore = progress
        watch()
    }

    /** Looks whether something that Kwik holds has been forgotten there, and asks for it once more. */
    fun nudge() {
        watching = false
        holding.removeAll { it.isSettled }
        if (progress == progressBefore) holding.toList().forEach { it.nudge() }
        if (holding.isNotEmpty()) startWatching()
    }

    private companion object {
        /** How many bytes a stream hands over before another may. Far below Kwik's buffer of a stream, 50 kB. */
        const val PIECE = 4L shl 10

        /** How much Kwik is given ahead, and at what it is given more: a dozen packets, and half of it. */
        const val HIGH = 16L shl 10
        const val LOW = 8L shl 10
        const val RESET_MILLIS = 2L
    }
}
