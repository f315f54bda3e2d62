package dev.webtransport.client

import dev.webtransport.runtime.OpenConnections
import dev.webtransport.runtime.Totals
import dev.webtransport.value.ClientStatistics
import java.time.Duration
import kotlin.time.TimeMark
import kotlin.time.TimeSource
import kotlin.time.toJavaDuration

/** How the attempts of a client to connect went, and how long they took. For any thread. */
internal class ConnectCounters(private val totals: Totals, private val timeSource: TimeSource) {
    private val lock = Any()

    // Under the lock.
    private var attempted = 0L
    private var succeeded = 0L
    private var failed = 0L
    private var cancelled = 0L
    private var total = Duration.ZERO
    private var shortest: Duration? = null
    private var longest: Duration? = null

    fun begin(): TimeMark {
        synchronized(lock) { attempted++ }
        return timeSource.markNow()
    }

    fun handleSuccess(begun: TimeMark) {
        val took = begun.elapsedNow().toJavaDuration()
        synchronized(lock) {
            succeeded++
            total += took
            shortest = minOf(shortest ?: took, took)
            longest = maxOf(longest ?: took, took)
        }
    }

    fun handleFailure() = synchronized(lock) { failed++ }

    fun handleCancellation() = synchronized(lock) { cancelled++ }

    fun snapshot(open: OpenConnections): ClientStatistics {
        val connections = open.toList()
        val snapshot =
            ClientStatistics
                .builder()
                .uptime(totals.uptime)
                .connectionsOpen(connections.size.toLong())
                .sessionsEstablished(totals.sessions.sum())
                .sessionsOpen(connections.sumOf { it.sessions.size }.toLong())
                .traffic(totals.traffic.statistics())
        synchronized(lock) {
            snapshot
                .connectsAttempted(attempted)
                .connectsSucceeded(succeeded)
                .connectsFailed(failed)
                .connectsCancelled(cancelled)
                .connectTimeTotal(total)
                .connectTimeMin(shortest)
                .connectTimeMax(longest)
        }
        return snapshot.build()
    }
}
