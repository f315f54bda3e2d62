package dev.webtransport.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.handler.codec.quic.EpollQuicUtils;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;

/** UDP sockets on Linux: several packets per system call both ways. */
final class EpollUdpSockets extends UdpSockets {
    /** Measured: more segments gain nothing, fewer cost. */
    private static final int SEGMENTS = 10;

    private static final int PACKETS_PER_RECEIVE = 16;

    @Override
    String name() {
        return "epoll";
    }

    @Override
    IoHandlerFactory ioHandlers() {
        return EpollIoHandler.newFactory();
    }

    @Override
    SegmentedDatagramPacketAllocator segments() {
        return EpollQuicUtils.newSegmentedAllocator(SEGMENTS);
    }

    @Override
    void configure(Bootstrap bootstrap, SocketProtocolFamily family, int maxPayload) {
        bootstrap
                .channelFactory(() -> new EpollDatagramChannel(family))
                .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, maxPayload)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(PACKETS_PER_RECEIVE * maxPayload));
    }
}
