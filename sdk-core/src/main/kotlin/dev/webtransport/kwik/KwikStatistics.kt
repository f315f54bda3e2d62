package dev.webtransport.kwik

import dev.webtransport.transport.QuicStatistics
import dev.webtransport.transport.TransportSpi
import tech.kwik.core.impl.QuicConnectionImpl
import java.util.concurrent.TimeUnit

/**
 * Kwik's counters and those of this engine. Round-trip times are whole milliseconds in Kwik, and so are often 0 on a fast network. It
 * tells no congestion window.
 */
@OptIn(TransportSpi::class)
internal fun collectStatistics(kwik: QuicConnectionImpl, packets: KwikPackets, datagrams: KwikDatagrams): QuicStatistics {
    val sent = kwik.stats
    return QuicStatistics(
        packetsSent = sent.packetsSent(),
        packetsReceived = packets.received,
        packetsLost = sent.lostPackets(),
        bytesSent = sent.bytesSent(),
        bytesReceived = packets.receivedBytes,
        smoothedRttNanos = TimeUnit.MILLISECONDS.toNanos(sent.smoothedRtt().toLong()),
        rttVariationNanos = TimeUnit.MILLISECONDS.toNanos(sent.rttVar().toLong()),
        pathMtuBytes = kwik.maxPacketSize.toLong(),
        datagramsSent = datagrams.sent,
        datagramsReceived = datagrams.received,
        datagramsLost = datagrams.lost,
    )
}
