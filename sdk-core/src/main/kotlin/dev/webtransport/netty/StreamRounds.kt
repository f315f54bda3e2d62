package dev.webtransport.netty

import io.netty.util.concurrent.EventExecutor
import java.util.concurrent.TimeUnit

/** Streams of a connection about which quiche has something to tell that it tells only to who asks. On the event loop only. */
internal interface AskedStreams {
    val size: Int

    /** Asks about [count] of them, and next time about others. */
    fun ask(count: Int)

    /** The connection has ended. */
    fun close()
}

/**
 * Asks about streams after packets arrived: at most every [INTERVAL_NANOS] ns, of each of the [kinds] at most [STREAMS_PER_LOOK] at a
 * time, in turn, until each was asked about once. On the event loop only.
 */
internal class StreamRounds(private val loop: EventExecutor, private vararg val kinds: AskedStreams) {
    private val toAsk = IntArray(kinds.size)
    private var lastLook = System.nanoTime() - INTERVAL_NANOS
    private var lookScheduled = false
    private var closed = false

    /** Packets arrived: there may be something to tell about any stream. */
    fun handlePackets() {
        if (closed) return
        var isAny = false
        for (i in kinds.indices) {
            toAsk[i] = kinds[i].size
            isAny = isAny || toAsk[i] > 0
        }
        if (lookScheduled || !isAny) return
        if (System.nanoTime() - lastLook >= INTERVAL_NANOS) look() else scheduleLook()
    }

    /** The connection has ended. */
    fun close() {
        closed = true
        kinds.forEach { it.close() }
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
        var isLeft = false
        for (i in kinds.indices) {
            if (closed) return
            val count = minOf(toAsk[i], STREAMS_PER_LOOK)
            toAsk[i] -= count
            isLeft = isLeft || toAsk[i] > 0
            if (count > 0) kinds[i].ask(count)
        }
        if (isLeft && !closed) scheduleLook()
    }

    private companion object {
        val INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10)

        /** One question costs about 0.2 µs: one or two per cent of a core for all kinds together. */
        const val STREAMS_PER_LOOK = 256
    }
}
