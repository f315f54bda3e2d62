package dev.webtransport.netty

import io.netty.util.concurrent.EventExecutor
import java.util.concurrent.TimeUnit

/**
 * Finds the send streams of a connection that the peer stopped. quiche reports STOP_SENDING only to who asks, so live send
 * streams are asked after packets arrived: at most every [INTERVAL_NANOS] ns, at most [STREAMS_PER_LOOK] at a time, in
 * turn, until each was asked once. On the event loop only.
 */
internal class StoppedStreams(private val loop: EventExecutor) {
    private val live = LinkedHashSet<NettySendStream>()
    private var lastLook = System.nanoTime() - INTERVAL_NANOS
    private var lookScheduled = false
    private var toAsk = 0

    fun add(stream: NettySendStream) {
        live.add(stream)
    }

    fun remove(stream: NettySendStream) {
        live.remove(stream)
    }

    /** Packets arrived: any stream may have been stopped. */
    fun handlePackets() {
        if (live.isEmpty()) return
        toAsk = live.size
        if (lookScheduled) return
        if (System.nanoTime() - lastLook >= INTERVAL_NANOS) look() else scheduleLook()
    }

    private fun scheduleLook() {
        lookScheduled = true
        val wait = lastLook + INTERVAL_NANOS - System.nanoTime()
        loop.schedule({
            lookScheduled = false
            look()
        }, maxOf(wait, 0), TimeUnit.NANOSECONDS)
    }

    private fun look() {
        lastLook = System.nanoTime()
        val asked = live.take(minOf(toAsk, STREAMS_PER_LOOK))
        toAsk -= asked.size
        for (stream in asked) {
            // To the end of the line; one that has ended leaves it.
            live.remove(stream)
            live.add(stream)
            stream.checkStopped()
        }
        if (toAsk > 0 && live.isNotEmpty()) scheduleLook()
    }

    private companion object {
        val INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10)

        /** One question costs about 0.2 µs: half a per cent of a core. */
        const val STREAMS_PER_LOOK = 256
    }
}
