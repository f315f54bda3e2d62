package dev.webtransport.transport

import dev.webtransport.error.TransportUnavailableException
import java.util.ServiceLoader

/** Finds the engine for clients and servers that were given none. */
@TransportSpi
public object QuicTransports {
    /**
     * A new transport of the first provider that is available, by priority.
     *
     * @throws TransportUnavailableException if there is none; the message lists each provider and what it lacks
     */
    public fun default(): QuicTransport {
        val providers =
            ServiceLoader
                .load(
                    QuicTransportProvider::class.java,
                    QuicTransportProvider::class.java.classLoader,
                ).sortedByDescending { it.priority }
        val causes = providers.associateWith { it.unavailabilityCause() }
        causes.entries.firstOrNull { it.value == null }?.let { return it.key.create() }
        val lacks = causes.entries.joinToString("; ") { "${it.key.name}: ${it.value}" }
        throw TransportUnavailableException(
            "no QUIC engine is available (" + lacks.ifEmpty { "no provider on the class path" } + "); " +
                "add netty-codec-native-quic with the classifier of this platform, see the README",
            causes.values.firstOrNull(),
        )
    }
}
