package dev.webtransport.testkit.contract

import dev.webtransport.netty.NettyQuicOptions
import dev.webtransport.netty.NettyQuicTransport
import dev.webtransport.testkit.LoopbackTransport
import dev.webtransport.testkit.network.NetworkConditions
import dev.webtransport.testkit.network.SimulatedNetwork
import dev.webtransport.transport.QuicTransport
import java.time.Duration

class LoopbackSessionTransportSpec :
    SessionTransportContract(MemoryWorld<QuicTransport>("the loopback") { timers -> LoopbackTransport(timers) })

class SlowLoopbackSessionTransportSpec :
    SessionTransportContract(
        MemoryWorld<QuicTransport>("the loopback with latency") { timers ->
            LoopbackTransport(timers, SimulatedNetwork(0, NetworkConditions.builder().latency(Duration.ofMillis(25)).build()))
        },
    )

class NettySessionTransportSpec :
    SessionTransportContract(SocketWorld<QuicTransport>("Netty") { NettyQuicTransport(NettyQuicOptions(2)) })
