package dev.webtransport.netty

import io.netty.util.concurrent.EventExecutor
import io.netty.util.concurrent.Future
import java.util.concurrent.TimeUnit

/**
 * FINs that no bytes go with. On the event loop only.
 *
 * quiche 0.29 takes a stream for acknowledged when all its bytes are, and forgets it even if FIN has not left yet (cloudflare/quiche issue
 * 2525): whoever reads at the other end then waits for ever. FIN with bytes is safe. FIN alone is handed over only when it leaves at once:
 * while quiche [may send][maySend], which it does not between the packets of one reading, and while the congestion window [has room][hasRoom].
 * A packet that is lost on its way with FIN alone in it is beyond reach.
 *
 * What looks like a full window may be the peer's credit, of which FIN needs none. So FIN also goes when no packet was sent or received
 * [for a while][TICK_NANOS], because nothing is on its way then and the window is empty; and in the end [in any case][LIMIT_NANOS],
 * because what went before it is acknowledged by then, and only a stream that is acknowledged or read to its end later is forgotten.
 *
 * @param packets how many packets were sent and received so far
 */
internal class LoneFins(
    private val loop: EventExecutor,
    private val maySend: () -> Boolean,
    private val hasRoom: (stream: NettySendStream) -> Boolean,
    private val packets: () -> Long,
) {
    /** Whose FIN waits, and since when. */
    private val waiting = LinkedHashMap<NettySendStream, Long>()
    private var timer: Future<*>? = null
    private var packetsAtTick = 0L
    private var isQuiet = false

    val isEmpty: Boolean get() = waiting.isEmpty()

    fun add(stream: NettySendStream) {
        waiting.putIfAbsent(stream, System.nanoTime())
    }

    fun remove(stream: NettySendStream) {
        // Nearly always; a stream's hash code costs more.
        if (waiting.isNotEmpty()) waiting.remove(stream)
    }

    /** Hands over what may go, and has [resume] called in case that nothing else brings the rest on; answers whether none is left. */
    fun handOver(resume: () -> Unit): Boolean {
        while (waiting.isNotEmpty()) {
            val (stream, since) = waiting.entries.first()
            if (!maySend() || (!hasRoom(stream) && !isOverdue(since))) {
                tick(resume)
                return false
            }
            handOver(stream)
        }
        return true
    }

    /** Hands over all, for they have no other chance. */
    fun handOverAll() {
        while (waiting.isNotEmpty()) handOver(waiting.keys.first())
    }

    /** The connection has ended. */
    fun close() {
        timer?.cancel(false)
        waiting.clear()
    }

    private fun handOver(stream: NettySendStream) {
        waiting.remove(stream)
        stream.handOverFin()
    }

    private fun isOverdue(since: Long): Boolean {
        val waited = System.nanoTime() - since
        return waited >= LIMIT_NANOS || (isQuiet && waited >= TICK_NANOS)
    }

    private fun tick(resume: () -> Unit) {
        if (timer != null) return
        packetsAtTick = packets()
        timer = loop.schedule({
            timer = null
            isQuiet = packets() == packetsAtTick
            resume()
            isQuiet = false
        }, TICK_NANOS, TimeUnit.NANOSECONDS)
    }

    private companion object {
        val TICK_NANOS = TimeUnit.SECONDS.toNanos(1)
        val LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10)
    }
}
