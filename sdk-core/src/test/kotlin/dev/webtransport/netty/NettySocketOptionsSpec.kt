package dev.webtransport.netty

import dev.webtransport.config.AddressReuse
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.SocketConfig
import dev.webtransport.transport.TransportCapability
import dev.webtransport.transport.TransportSpi
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.ints.shouldBeInRange
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.netty.channel.ChannelHandler
import io.netty.channel.ChannelInboundHandlerAdapter
import io.netty.channel.MultiThreadIoEventLoopGroup
import io.netty.channel.socket.DatagramChannel
import io.netty.channel.socket.SocketProtocolFamily
import java.io.IOException
import java.net.BindException
import java.net.InetSocketAddress

/** What the settings of sockets do to them. */
@OptIn(TransportSpi::class)
internal class NettySocketOptionsSpec : NettyTests() {
    init {
        for (kind in UdpSocketKind.values()) {
            test("$kind: buffers are asked for and packets are marked, over IPv4 and IPv6") {
                val socket = SocketConfig
                    .builder()
                    .receiveBufferSize(SMALL)
                    .sendBufferSize(2 * SMALL)
                    .dscp(46)
                    .build()
                for ((family, address) in listOf(SocketProtocolFamily.INET to "127.0.0.1", SocketProtocolFamily.INET6 to "::1")) {
                    bound(kind, family, address, socket) { channel ->
                        // Linux doubles what it is asked for, to account for its own bookkeeping.
                        channel.config().receiveBufferSize shouldBeInRange SMALL..2 * SMALL
                        channel.config().sendBufferSize shouldBeInRange 2 * SMALL..4 * SMALL
                        channel.config().trafficClass shouldBe (46 shl 2)
                    }
                }
            }
        }

        test("a transport sets up its sockets, and connections work") {
            transport.capabilities shouldContain TransportCapability.SOCKET_OPTIONS
            val config = QuicConfig
                .builder()
                .socket(
                    SocketConfig
                        .builder()
                        .receiveBufferSize(SMALL)
                        .dscp(34)
                        .build(),
                ).build()
            connected(config) { ends -> stream(ends) }
        }

        test("two servers share a port where both say so, over native sockets, and otherwise not") {
            val sharing = QuicConfig.builder().socket(SocketConfig.builder().addressReuse(AddressReuse.PORT).build()).build()
            bounded {
                val overNio = NettyQuicTransport(NettyQuicOptions(1, UdpSocketKind.NIO))
                try {
                    shouldThrow<IOException> { overNio.listen(InetSocketAddress("127.0.0.1", 0), tls.server, sharing) }
                        .message
                        .shouldContain("cannot share a port")
                } finally {
                    overNio.close()
                }
                if (UdpSocketKind.BEST.sockets().name() != "nio") {
                    val first = transport.listen(InetSocketAddress("127.0.0.1", 0), tls.server, sharing)
                    val second = transport.listen(first.localAddress, tls.server, sharing)
                    second.localAddress shouldBe first.localAddress
                    shouldThrow<BindException> { transport.listen(first.localAddress, tls.server, QuicConfig.defaults()) }
                    first.close()
                    second.close()
                }
            }
        }
    }

    private suspend fun bound(
        kind: UdpSocketKind,
        family: SocketProtocolFamily,
        address: String,
        socket: SocketConfig,
        look: (DatagramChannel) -> Unit,
    ) {
        val sockets = kind.sockets()
        val group = MultiThreadIoEventLoopGroup(1, sockets.ioHandlers())
        try {
            val binding = sockets
                .bootstrap(family, 1500, socket, AddressReuse.NONE)
                .group(group)
                .handler(ChannelInboundHandlerAdapter() as ChannelHandler)
                .bind(InetSocketAddress(address, 0))
            binding.awaitResult()
            look(binding.channel() as DatagramChannel)
            binding.channel().close().awaitResult()
        } finally {
            group.shutdownGracefully()
        }
    }

    private companion object {
        const val SMALL = 64 shl 10
    }
}
