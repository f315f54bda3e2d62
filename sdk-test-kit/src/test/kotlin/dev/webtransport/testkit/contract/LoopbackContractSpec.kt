package dev.webtransport.testkit.contract

import dev.webtransport.testkit.LoopbackTransport
import dev.webtransport.transport.QuicTransport

private val loopback = MemoryWorld<QuicTransport>("the loopback") { timers -> LoopbackTransport(timers) }

class LoopbackQuicTransportSpec : QuicTransportContract(loopback)

class LoopbackQuicStreamSpec : QuicStreamContract(loopback)

class LoopbackSessionSpec : SessionContract(loopback)

class LoopbackSessionStreamSpec : SessionStreamContract(loopback)

class LoopbackSessionEndSpec : SessionEndContract(loopback)

class LoopbackStatisticsSpec : StatisticsContract(loopback)

class LoopbackSessionDeadlineSpec : SessionDeadlineContract(loopback)

class LoopbackSendOrderSpec : SendOrderContract(loopback)

class LoopbackFlowControlSpec : FlowControlContract(loopback)

class LoopbackOptimisticSpec : OptimisticContract(loopback)
