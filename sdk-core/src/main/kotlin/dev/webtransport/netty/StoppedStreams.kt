package dev.webtransport.netty

import io.netty.util.concurrent.EventExecutor
import java.util.concurrent.TimeUnit

/**
 * Finds the send streams of a connection that the peer stopped. quiche reports STOP_SENDING only to who asks, so live send
 * streams are asked after packets arrived: at most every [INTERVAL_NANOS] ns, at most [STREAMS_PER_LOOK] at a time, in
 * turn, until each was asked once. [LingeringStreams] are asked on the same occasions. On the event loop only.
 */
internal class StoppedStreams(
    private val loop: EventExecutor,
    private val lingeringCount: () -> Int,
    private val askLingering: (count: Int) -> Unit,
) {
    private val live = LinkedHashSet<NettySendStream>()
    private var lastLook = System.nanoTime() - INTERVAL_NANOS
    private var lookScheduled = false
    private var toAsk = 0
    private var lingeringToAsk = 0
    private var closed = false

    fun add(stream: NettySendStream) {
        live.add(stream)
    }

    fun remove(stream: NettySendStream) {
        live.remove(stream)
    }

    /** The connection has ended. */
    fun close() {
        closed = true
        live.clear()
    }

    /** Packets arrived: any stream may have been stopped. */
    fun handlePackets() {
        toAsk = live.size
        lingeringToAsk = lingeringCount()
        if (closed || lookScheduled || toAsk + lingeringToAsk == 0) return
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
        if (closed) return
        lastLook = System.nanoTime()
        val asked = live.take(minOf(toAsk, STREAMS_PER_LOOK))
        toAsk -= asked.size
        for (stream in asked) {
            // To the end of the line; one that has ended leaves it.
            live.remove(stream)
            live.add(stream)
            stream.checkStopped()
        }
        val lingering = minOf(lingeringToAsk, STREAMS_PER_LOOK)
        lingeringToAsk -= lingering
        askLingering(lingering)
        if (toAsk + lingeringToAsk > 0 && !closed) scheduleLook()
    }

    private companion object {
        val INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10)

        /** One question costs about 0.2 µs: one per cent of a core for both kinds together. */
        const val STREAMS_PER_LOOK = 256
    }
}
