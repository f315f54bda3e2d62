package dev.webtransport.client

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicTransport
import kotlinx.coroutines.awaitCancellation
import java.net.InetAddress
import java.net.InetSocketAddress
import kotlin.time.Duration
import kotlin.time.TimeSource

/** What becomes of an attempt to reach an address, before the transport below is asked. */
internal enum class Fate {
    /** As the transport says. */
    REACHED,

    /** Nobody answers. */
    SILENT,

    /** An error comes back at once. */
    REFUSED,
}

/** A transport where a host has the addresses that a test gives it; notes when each was tried and which attempts ended. */
internal class NamedHosts(
    private val inner: QuicTransport,
    private val time: TimeSource,
    private val addresses: List<Pair<String, Fate>>,
) : QuicTransport by inner {
    private val start = time.markNow()

    /** Address and time of each attempt. */
    val tried = mutableListOf<Pair<String, Duration>>()

    /** Attempts that were cancelled. */
    val givenUp = mutableListOf<String>()

    override suspend fun resolve(host: String): List<InetAddress> = addresses.map { InetAddress.getByName(it.first) }

    override suspend fun connect(
        remote: InetSocketAddress,
        serverName: String,
        tls: ClientTlsConfig,
        config: QuicConfig,
    ): QuicConnection {
        val (name, fate) = addresses.first { InetAddress.getByName(it.first) == remote.address }
        tried += name to start.elapsedNow()
        return when (fate) {
            Fate.REACHED -> inner.connect(remote, serverName, tls, config)

            Fate.REFUSED -> throw QuicConnectionException(QuicCloseReason.Refused("nobody at $name"))

            Fate.SILENT -> try {
                awaitCancellation()
            } finally {
                givenUp += name
            }
        }
    }
}
