package dev.webtransport.kwik

import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.QuicTransportProvider
import dev.webtransport.transport.TransportSpi

/** Finds [KwikQuicTransport] where Kwik is on the class path. */
@OptIn(TransportSpi::class)
public class KwikQuicTransportProvider : QuicTransportProvider {
    override val name: String get() = KwikQuicTransport.NAME

    /** After engines with native code: it runs everywhere, but slower, and with threads for each connection. */
    override val priority: Int get() = 50

    override fun unavailabilityCause(): Throwable? =
        try {
            KwikProbe.unavailabilityCause()
        } catch (absent: LinkageError) {
            absent
        }?.let { lack ->
            TransportUnavailableException(
                "tech.kwik:kwik, or tech.kwik:agent15 that it needs, is not on the class path ($lack); sdk-core brings both, unless excluded",
                lack,
            )
        }

    override fun create(): QuicTransport = KwikQuicTransport()
}
