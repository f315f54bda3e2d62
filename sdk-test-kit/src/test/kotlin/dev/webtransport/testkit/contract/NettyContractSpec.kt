package dev.webtransport.testkit.contract

import dev.webtransport.netty.NettyQuicOptions
import dev.webtransport.netty.NettyQuicTransport
import dev.webtransport.netty.UdpSocketKind
import dev.webtransport.transport.QuicTransport

/** Over the best sockets of this platform. */
private val netty = SocketWorld<QuicTransport>("Netty") { NettyQuicTransport(NettyQuicOptions(2)) }

/** Over the sockets of the JDK. */
private val nettyNio = SocketWorld<QuicTransport>("Netty over NIO") { NettyQuicTransport(NettyQuicOptions(2, UdpSocketKind.NIO)) }

class NettyQuicTransportSpec : QuicTransportContract(netty)

class NettyQuicStreamSpec : QuicStreamContract(netty)

class NettySessionSpec : SessionContract(netty)

class NettySessionStreamSpec : SessionStreamContract(netty)

class NettySessionEndSpec : SessionEndContract(netty)

class NettyStatisticsSpec : StatisticsContract(netty)

class NettySessionDeadlineSpec : SessionDeadlineContract(netty)

class NettySendOrderSpec : SendOrderContract(netty)

class NettyNioQuicTransportSpec : QuicTransportContract(nettyNio)

class NettyNioQuicStreamSpec : QuicStreamContract(nettyNio)

class NettyFlowControlSpec : FlowControlContract(netty)

class NettyOptimisticSpec : OptimisticContract(netty)
