package dev.webtransport.samples.bench

import dev.webtransport.config.Engine
import dev.webtransport.samples.bench.BenchSettings.Coroutines
import dev.webtransport.transport.QuicTransports
import dev.webtransport.transport.TransportSpi
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers

/** What [engine] is here: never [Engine.AUTO]. Throws if it cannot run. */
@OptIn(TransportSpi::class)
internal fun resolved(engine: Engine): Engine = QuicTransports.of(engine).use { Engine.of(it.name) }

internal val Coroutines.dispatcher: CoroutineDispatcher
    get() = when (this) {
        Coroutines.DEFAULT -> Dispatchers.Default
        Coroutines.UNCONFINED -> Dispatchers.Unconfined
    }
