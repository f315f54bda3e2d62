package dev.webtransport.samples.bench

import dev.webtransport.config.Engine
import dev.webtransport.transport.QuicTransports
import dev.webtransport.transport.TransportSpi

/** What [engine] is here: never [Engine.AUTO]. Throws if it cannot run. */
@OptIn(TransportSpi::class)
internal fun resolved(engine: Engine): Engine = QuicTransports.of(engine).use { Engine.of(it.name) }
