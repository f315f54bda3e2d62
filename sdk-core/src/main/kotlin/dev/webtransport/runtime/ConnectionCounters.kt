package dev.webtransport.runtime

import dev.webtransport.transport.QuicStatistics
import dev.webtransport.value.ConnectionStatistics
import java.time.Duration

/** The counters of QUIC, as applications see them. */
internal fun QuicStatistics.asConnectionStatistics(): ConnectionStatistics =
    ConnectionStatistics
        .builder()
        .bytesSent(bytesSent)
        .bytesReceived(bytesReceived)
        .bytesLost(bytesLost)
        .bytesRetransmitted(bytesRetransmitted)
        .packetsSent(packetsSent)
        .packetsReceived(packetsReceived)
        .packetsLost(packetsLost)
        .congestionWindow(congestionWindowBytes)
        .estimatedSendRate(deliveryRateBytesPerSecond?.let { it * BITS_PER_BYTE })
        .pathMtu(pathMtuBytes)
        .datagramsSent(datagramsSent)
        .datagramsReceived(datagramsReceived)
        .datagramsLost(datagramsLost)
        .smoothedRtt(smoothedRttNanos?.let(Duration::ofNanos))
        .rttVariation(rttVariationNanos?.let(Duration::ofNanos))
        .minRtt(minRttNanos?.let(Duration::ofNanos))
        .build()

private const val BITS_PER_BYTE = 8
