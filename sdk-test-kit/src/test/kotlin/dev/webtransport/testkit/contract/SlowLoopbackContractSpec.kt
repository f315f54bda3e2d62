package dev.webtransport.testkit.contract

import dev.webtransport.testkit.LoopbackTransport
import dev.webtransport.testkit.network.NetworkConditions
import dev.webtransport.testkit.network.SimulatedNetwork
import dev.webtransport.transport.QuicTransport
import java.time.Duration

/** A round trip of 50 ms: whatever takes none in memory takes one here. */
private val slowLoopback = MemoryWorld<QuicTransport>("the loopback with latency") { timers ->
    LoopbackTransport(timers, SimulatedNetwork(0, NetworkConditions.builder().latency(Duration.ofMillis(25)).build()))
}

class SlowLoopbackQuicTransportSpec : QuicTransportContract(slowLoopback)

class SlowLoopbackQuicStreamSpec : QuicStreamContract(slowLoopback)

class SlowLoopbackSessionSpec : SessionContract(slowLoopback)

class SlowLoopbackSessionStreamSpec : SessionStreamContract(slowLoopback)

class SlowLoopbackSessionEndSpec : SessionEndContract(slowLoopback)

class SlowLoopbackStatisticsSpec : StatisticsContract(slowLoopback)

class SlowLoopbackSessionDeadlineSpec : SessionDeadlineContract(slowLoopback)

class SlowLoopbackSendOrderSpec : SendOrderContract(slowLoopback)

class SlowLoopbackFlowControlSpec : FlowControlContract(slowLoopback)

class SlowLoopbackOptimisticSpec : OptimisticContract(slowLoopback)
