package dev.webtransport.transport

import dev.webtransport.config.Engine
import dev.webtransport.error.TransportUnavailableException
import java.util.concurrent.atomic.AtomicBoolean

/**
 * Picks a provider: the one that settings name, else the one that [property] names, else the best that can run here. What was left
 * open and decided here goes to [log], the first time only.
 */
internal class EngineChoice(
    private val providers: () -> List<QuicTransportProvider>,
    private val property: () -> String?,
    private val log: (String) -> Unit,
) {
    private val logged = AtomicBoolean()

    fun of(engine: Engine): QuicTransport {
        if (engine != Engine.AUTO) return named(engine, "which the settings ask for")
        return when (val byProperty = byProperty()) {
            Engine.AUTO -> best()
            else -> named(byProperty, BY_PROPERTY).also { logOnce("QUIC is ${it.name}, $BY_PROPERTY") }
        }
    }

    private fun byProperty(): Engine {
        val label = property() ?: return Engine.AUTO
        try {
            return Engine.of(label.trim())
        } catch (unknown: IllegalArgumentException) {
            throw IllegalArgumentException(
                "the system property ${QuicTransports.ENGINE_PROPERTY} is \"$label\": ${unknown.message}",
                unknown,
            )
        }
    }

    private fun best(): QuicTransport {
        val lacking = mutableListOf<Pair<QuicTransportProvider, Throwable>>()
        for (provider in providers().sortedByDescending { it.priority }) {
            val cause = provider.unavailabilityCause()
            if (cause == null) {
                val why = if (lacking.isEmpty()) "the first choice" else "because others cannot run here: ${describe(lacking)}"
                return provider.create().also { logOnce("QUIC is ${provider.name}, $why") }
            }
            lacking += provider to cause
        }
        throw TransportUnavailableException(
            if (lacking.isEmpty()) "there is no QUIC engine: $NO_PROVIDER" else "no QUIC engine can run here: ${describe(lacking)}",
            lacking.firstOrNull()?.second,
        )
    }

    private fun named(engine: Engine, by: String): QuicTransport {
        val provider = providers().firstOrNull { it.name == engine.label() }
            ?: throw TransportUnavailableException("there is no QUIC engine ${engine.label()}, $by: $NO_PROVIDER", null)
        provider.unavailabilityCause()?.let {
            throw TransportUnavailableException("the QUIC engine ${engine.label()}, $by, cannot run here: ${it.message}", it)
        }
        return provider.create()
    }

    private fun describe(lacking: List<Pair<QuicTransportProvider, Throwable>>): String =
        lacking.joinToString("; ") { (provider, cause) -> "${provider.name}: ${cause.message}" }

    private fun logOnce(line: String) {
        if (logged.compareAndSet(false, true)) log(line)
    }

    private companion object {
        const val BY_PROPERTY = "which the system property ${QuicTransports.ENGINE_PROPERTY} asks for"

        val NO_PROVIDER =
            "META-INF/services/${QuicTransportProvider::class.java.name} of sdk-core, which lists the engines, is missing or incomplete; " +
                "where jars are merged into one, merge the files of META-INF/services too"
    }
}
