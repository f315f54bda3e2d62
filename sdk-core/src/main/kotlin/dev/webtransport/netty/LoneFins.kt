package dev.webtransport.netty

import io.netty.util.concurrent.EventExecutor
import java.util.concurrent.TimeUnit

/**
 * FINs that no bytes go with. On the event loop only.
 *
 * quiche 0.29 takes a stream for acknowledged when all its bytes are, and forgets it even if FIN has not left yet (cloudflare/quiche issue
 * 2525): whoever reads at the other end then waits for ever. FIN with bytes is safe. FIN alone is handed over only when it leaves at once:
 * while quiche [may send][maySend], which it does not between the packets of one reading, and while the congestion window [has room][hasRoom]. One
 * that has waited for [PATIENCE_NANOS] goes in any case: what went before it was acknowledged by then, and then quiche does keep it; what
 * held it up is the peer's credit, of which FIN needs none.
 */
internal class LoneFins(private val loop: EventExecutor, private val maySend: () -> Boolean, private val hasRoom: () -> Boolean) {
    /** Whose FIN waits, and since when. */
    private val waiting = LinkedHashMap<NettySendStream, Long>()
    private var isTimed = false

    val isEmpty: Boolean get() = waiting.isEmpty()

    fun add(stream: NettySendStream) {
        waiting.putIfAbsent(stream, System.nanoTime())
    }

    fun remove(stream: NettySendStream) {
        waiting.remove(stream)
    }

    /** Hands over what may go, and has [resume] called in case that nothing else brings the rest on; answers whether none is left. */
    fun handOver(resume: () -> Unit): Boolean {
        while (waiting.isNotEmpty()) {
            val (stream, since) = waiting.entries.first()
            val hasWaited = System.nanoTime() - since >= PATIENCE_NANOS
            if (!maySend() || (!hasWaited && !hasRoom())) {
                time(since, resume)
                return false
            }
            waiting.remove(stream)
            stream.handOverFin()
        }
        return true
    }

    private fun time(since: Long, resume: () -> Unit) {
        if (isTimed) return
        isTimed = true
        loop.schedule({
            isTimed = false
            resume()
        }, maxOf(0, since + PATIENCE_NANOS - System.nanoTime()), TimeUnit.NANOSECONDS)
    }

    private companion object {
        val PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1)
    }
}
