package dev.webtransport.transport

import java.util.ServiceLoader

/**
 * Names an engine to [ServiceLoader]: clients and servers that are given no transport take the first provider that is
 * available, in the order of [priority].
 */
@TransportSpi
public interface QuicTransportProvider {
    /** The engine's name. */
    public val name: String

    /** Higher goes first. */
    public val priority: Int

    /** Why this engine cannot run here (a library or its native code is missing), or null if it can. Never throws. */
    public fun unavailabilityCause(): Throwable?

    /** A new engine, owned and to be closed by the caller. */
    public fun create(): QuicTransport
}
