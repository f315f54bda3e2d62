package dev.webtransport.client

import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.transport.QuicConnectionException
import java.net.InetAddress
import java.net.InetSocketAddress

/** An address and a port as people write them: an IPv6 address in brackets. */
internal fun shown(address: InetAddress, port: Int): String = InetSocketAddress(address, port).let {
    val literal = it.address.hostAddress
    if (literal.contains(':')) "[$literal]:$port" else "$literal:$port"
}

/** One error for all addresses of a server: the message names each, and what became of it; each failure is attached. */
internal fun noConnection(target: WebTransportUrl, failures: Map<InetAddress, QuicConnectionException>): TransportUnavailableException {
    val reports = failures.map { (address, failed) -> report(target, address, failed) }
    val only = reports.singleOrNull()
    if (only != null) return only
    val each = failures.entries.joinToString("; ") { (address, failed) -> "${shown(address, target.port)} ${failed.reason}" }
    val whole = TransportUnavailableException(
        "no connection to ${target.authority} at any of ${failures.size} addresses: $each",
        failures.values.first(),
    )
    reports.forEach(whole::addSuppressed)
    return whole
}

/** The time is up; what had failed before is attached. */
internal fun outOfTime(target: WebTransportUrl, stage: ConnectStage, limit: java.time.Duration): TransportUnavailableException {
    val late = TransportUnavailableException("no session with ${target.authority} within $limit; reached: ${stage.name}", null)
    stage.race?.failures?.forEach { (address, failed) -> late.addSuppressed(report(target, address, failed)) }
    return late
}

private fun report(target: WebTransportUrl, address: InetAddress, failed: QuicConnectionException) =
    TransportUnavailableException("no connection to ${target.authority} at ${shown(address, target.port)}: ${failed.reason}", failed)

/** The stage an attempt has reached, for the message when its time is up. */
internal class ConnectStage(private val port: Int) {
    /** The race for a QUIC connection, once it runs. */
    @Volatile
    var race: HappyEyeballs<*>? = null

    private var after: String? = null

    val name: String get() = after ?: race?.let { race -> handshake(race.underWay) } ?: "resolving the name"

    /** The handshake is done, and this is what comes next. */
    fun reach(stage: String) {
        after = stage
    }

    private fun handshake(addresses: List<InetAddress>) = "QUIC handshake with " + addresses.joinToString(" and ") { shown(it, port) }
}
