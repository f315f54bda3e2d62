package dev.webtransport.transport

import java.util.ServiceLoader

/**
 * Names an engine to [ServiceLoader]: clients and servers that are given no transport take the engine that their settings name
 * ([dev.webtransport.config.Engine]), or the first provider that is available, in the order of [priority].
 *
 * Nothing but its provider knows an engine: whoever uses a transport cannot tell which it is, but by its name.
 */
@TransportSpi
public interface QuicTransportProvider {
    /** The engine's name, that of its constant in [dev.webtransport.config.Engine] in lower case. */
    public val name: String

    /** Higher goes first. */
    public val priority: Int

    /**
     * Why this engine cannot run here, or null if it can. The message is for the user: it says what is missing, a library or its
     * native code, and what to add. Never throws.
     */
    public fun unavailabilityCause(): Throwable?

    /** A new engine, owned and to be closed by the caller. */
    public fun create(): QuicTransport
}
