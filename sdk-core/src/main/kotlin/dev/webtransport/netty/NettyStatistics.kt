package dev.webtransport.netty

import dev.webtransport.transport.QuicStatistics
import io.netty.handler.codec.quic.QuicConnectionPathStats
import io.netty.handler.codec.quic.QuicConnectionStats

/** The counters of quiche, of the connection and of its first path, as far as they are known. */
internal fun statistics(counters: Any?, path: Any?): QuicStatistics {
    val all = counters as? QuicConnectionStats
    val first = path as? QuicConnectionPathStats
    return QuicStatistics(
        packetsSent = all?.sent(),
        packetsReceived = all?.recv(),
        packetsLost = all?.lost(),
        bytesSent = all?.sentBytes(),
        bytesReceived = all?.recvBytes(),
        smoothedRttNanos = first?.rtt(),
        congestionWindowBytes = first?.cwnd(),
    )
}
