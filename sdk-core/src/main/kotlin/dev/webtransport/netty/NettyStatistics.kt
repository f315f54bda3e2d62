package dev.webtransport.netty

import dev.webtransport.transport.QuicStatistics
import io.netty.handler.codec.quic.QuicChannel
import io.netty.handler.codec.quic.QuicConnectionPathStats
import io.netty.handler.codec.quic.QuicConnectionStats

/**
 * Asks quiche for its counters, of the connection and of the path in use, as far as they are known. On the event loop, where Netty
 * answers at once; without a connection all are unknown.
 */
internal fun collectStatistics(channel: QuicChannel): QuicStatistics {
    val all = channel.collectStats().now
    return statistics(all, all?.let { activePath(channel, it.pathsCount()) })
}

/** Paths that were left behind are still counted. */
private fun activePath(channel: QuicChannel, paths: Long): QuicConnectionPathStats? {
    for (number in 0 until minOf(paths, MAX_PATHS).toInt()) {
        val path = channel.collectPathStats(number).now ?: return null
        if (path.active()) return path
    }
    return null
}

/**
 * Netty hands out neither the smallest round-trip time nor its variation, nor anything of datagrams. quiche knows a delivery rate
 * only once something was acknowledged.
 */
private fun statistics(all: QuicConnectionStats?, path: QuicConnectionPathStats?): QuicStatistics = QuicStatistics(
    packetsSent = all?.sent(),
    packetsReceived = all?.recv(),
    packetsLost = all?.lost(),
    bytesSent = all?.sentBytes(),
    bytesReceived = all?.recvBytes(),
    bytesLost = all?.lostBytes(),
    bytesRetransmitted = all?.streamRetransBytes(),
    smoothedRttNanos = path?.rtt(),
    congestionWindowBytes = path?.cwnd(),
    deliveryRateBytesPerSecond = path?.deliveryRate()?.takeIf { it > 0 },
    pathMtuBytes = path?.pmtu(),
)

private const val MAX_PATHS = 64L
