package dev.webtransport.runtime

import dev.webtransport.session.FlowControl
import dev.webtransport.session.SessionLimits
import dev.webtransport.value.DatagramStatistics
import dev.webtransport.value.FlowControlStatistics
import dev.webtransport.value.SessionStatistics
import dev.webtransport.value.StreamType
import java.time.Duration

/** The traffic and the times of one session, for who asks. For any thread; asks no engine. */
internal class SessionCounters(
    private val connection: Http3Connection,
    private val createdAt: Duration,
) {
    val traffic = Traffic(connection.totals.traffic)

    @Volatile
    private var readyAt: Duration? = null

    @Volatile
    private var closedAt: Duration? = null

    /** The session stands. */
    fun handleReady() {
        readyAt = connection.age
    }

    /** The end is decided; the first one counts. */
    fun handleEnd() {
        if (closedAt == null) closedAt = connection.age
    }

    fun snapshot(
        end: SessionEnd?,
        streams: LiveStreams.Counts,
        datagrams: DatagramStatistics,
        credit: FlowControl,
    ): SessionStatistics {
        val snapshot =
            SessionStatistics
                .builder()
                .bytesWritten(traffic.bytesWritten)
                .bytesRead(traffic.bytesRead)
                .datagrams(datagrams)
                .datagramBytesSent(traffic.datagramBytesSent)
                .datagramBytesReceived(traffic.datagramBytesReceived)
                .localFlowControl(credit.local?.asStatistics())
                .remoteFlowControl(credit.remote?.asStatistics())
                .createdAt(createdAt)
                .readyAt(readyAt)
                .closedAt(closedAt)
                .takenAt(connection.age)
                .closeInfo((end as? SessionEnd.Closed)?.info)
                .closedBy(end?.initiator)
        streams.forEach { type, initiator, opened, closed -> snapshot.streams(type, initiator, opened, closed) }
        return snapshot.build()
    }

    private fun SessionLimits.asStatistics(): FlowControlStatistics =
        FlowControlStatistics
            .builder()
            .maxData(maxData)
            .usedData(usedData)
            .maxBidirectionalStreams(maxStreams(StreamType.BIDIRECTIONAL))
            .usedBidirectionalStreams(usedStreams(StreamType.BIDIRECTIONAL))
            .maxUnidirectionalStreams(maxStreams(StreamType.UNIDIRECTIONAL))
            .usedUnidirectionalStreams(usedStreams(StreamType.UNIDIRECTIONAL))
            .build()
}
