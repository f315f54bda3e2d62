package dev.webtransport.testkit.contract

import dev.webtransport.kwik.KwikQuicTransport
import dev.webtransport.transport.QuicTransport

private val kwik = SocketWorld<QuicTransport>("Kwik") { KwikQuicTransport() }

class KwikQuicTransportSpec : QuicTransportContract(kwik)

class KwikQuicStreamSpec : QuicStreamContract(kwik)

class KwikSessionSpec : SessionContract(kwik)

class KwikSessionStreamSpec : SessionStreamContract(kwik)

class KwikSessionEndSpec : SessionEndContract(kwik)

class KwikStatisticsSpec : StatisticsContract(kwik)

class KwikSessionDeadlineSpec : SessionDeadlineContract(kwik)

class KwikSendOrderSpec : SendOrderContract(kwik)

class KwikFlowControlSpec : FlowControlContract(kwik)

class KwikSessionTransportSpec : SessionTransportContract(kwik)

class KwikOptimisticSpec : OptimisticContract(kwik)
