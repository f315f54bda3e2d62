package dev.webtransport.netty

import dev.webtransport.value.Perspective
import io.netty.handler.codec.quic.QuicChannel
import java.time.Duration
import java.util.concurrent.ScheduledFuture
import java.util.concurrent.TimeUnit

/**
 * Sends something that must be acknowledged when nothing was sent for a whole interval, so that neither end nor a NAT between
 * them takes the connection for dead. On the event loop only.
 */
internal class KeepAlive(private val channel: QuicChannel, private val perspective: Perspective, interval: Duration) {
    private var sentBefore = -1L
    private val timer: ScheduledFuture<*> =
        channel.eventLoop().scheduleWithFixedDelay(::tick, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS)

    fun stop() {
        timer.cancel(false)
    }

    private fun tick() {
        channel.collectStats().addListener { answer ->
            val sent = statistics(answer.now, null).packetsSent ?: return@addListener
            val silent = sent == sentBefore
            if (silent) QuicheAccess.find()?.ping(channel, perspective == Perspective.SERVER)
            // The packet that goes out now is no sign of life.
            sentBefore = if (silent) sent + 1 else sent
        }
    }
}
