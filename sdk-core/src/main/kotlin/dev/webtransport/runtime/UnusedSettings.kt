package dev.webtransport.runtime

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportCapability
import org.slf4j.LoggerFactory

private val LOG = LoggerFactory.getLogger("dev.webtransport.runtime.UnusedSettings")

/** Says what is asked for and has no effect, once per client or server. */
internal fun warnOfUnusedSettings(transport: QuicTransport, config: QuicConfig) {
    val qlog = config.qlogDirectory().orElse(null) ?: return
    if (TransportCapability.QLOG !in transport.capabilities) {
        LOG.warn("qlogDirectory is {}, but the transport {} writes no qlog: there will be no file", qlog, transport.name)
    }
}
