package dev.webtransport.server

import dev.webtransport.runtime.OpenConnections
import dev.webtransport.runtime.Totals
import dev.webtransport.value.ServerStatistics
import java.util.concurrent.atomic.LongAdder

/** What a server did besides what its connections do. For any thread. */
internal class ServerCounters(private val totals: Totals) {
    val accepted = LongAdder()
    val refused = LongAdder()
    val failures = LongAdder()

    fun snapshot(open: OpenConnections): ServerStatistics {
        val connections = open.toList()
        return ServerStatistics
            .builder()
            .uptime(totals.uptime)
            .connectionsAccepted(accepted.sum())
            .connectionsRefused(refused.sum())
            .connectionsOpen(connections.size.toLong())
            .requestsReceived(totals.requests.sum())
            .sessionsAccepted(totals.sessions.sum())
            .requestsRejected(totals.rejected.sum())
            .requestsWithdrawn(totals.withdrawn.sum())
            .handlerFailures(failures.sum())
            .sessionsOpen(connections.sumOf { it.sessions.size }.toLong())
            .traffic(totals.traffic.statistics())
            .build()
    }
}
