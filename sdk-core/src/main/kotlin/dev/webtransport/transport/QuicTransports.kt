package dev.webtransport.transport

import dev.webtransport.config.Engine
import dev.webtransport.error.TransportUnavailableException
import org.slf4j.LoggerFactory
import java.util.ServiceLoader

/** Makes the engine of clients and servers that were given none. */
@TransportSpi
public object QuicTransports {
    /** The system property that says which engine [Engine.AUTO] is: `auto`, `netty` or `kwik`. */
    public const val ENGINE_PROPERTY: String = "dev.webtransport.engine"

    private val choice = EngineChoice(
        ::providers,
        property = { System.getProperty(ENGINE_PROPERTY) },
        log = LoggerFactory.getLogger(QuicTransports::class.java)::info,
    )

    /**
     * A new transport of [engine], owned and to be closed by the caller. [Engine.AUTO] is what [ENGINE_PROPERTY] says, else the first
     * provider by priority that can run here; which one, and why, is logged once per process.
     *
     * @throws TransportUnavailableException if it cannot run here, or none can; the message says what each lacks and what to add
     * @throws IllegalArgumentException if [ENGINE_PROPERTY] is consulted and names no engine
     */
    @JvmStatic
    @Throws(TransportUnavailableException::class)
    public fun of(engine: Engine): QuicTransport = choice.of(engine)

    /** The engines whose providers are on the class path, by priority, whether or not they can run here. */
    @JvmStatic
    public fun engines(): List<Engine> {
        val labels = providers().sortedByDescending { it.priority }.map { it.name }
        return labels.mapNotNull { label -> Engine.entries.find { it.label() == label } }
    }

    private fun providers(): List<QuicTransportProvider> =
        ServiceLoader.load(QuicTransportProvider::class.java, QuicTransportProvider::class.java.classLoader).toList()
}
