package dev.webtransport.runtime

import dev.webtransport.config.QuicConfig
import dev.webtransport.config.SocketConfig
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportCapability
import org.slf4j.LoggerFactory

private val LOG = LoggerFactory.getLogger("dev.webtransport.runtime.UnusedSettings")

/** Logs what is asked for and has no effect, once per client or server. */
internal fun warnOfUnusedSettings(transport: QuicTransport, config: QuicConfig) {
    unusedSettings(transport, config).forEach(LOG::warn)
}

/** What is asked for and has no effect on this transport, a sentence each. */
internal fun unusedSettings(transport: QuicTransport, config: QuicConfig): List<String> =
    listOfNotNull(
        config
            .qlogDirectory()
            .filter { TransportCapability.QLOG !in transport.capabilities }
            .map { "qlogDirectory is $it, but the transport ${transport.name} writes no qlog: there will be no file" }
            .orElse(null),
        config
            .socket()
            .takeIf { it != SocketConfig.defaults() && TransportCapability.SOCKET_OPTIONS !in transport.capabilities }
            ?.let { "socket is $it, but the transport ${transport.name} sets up no sockets: it has no effect" },
    )
