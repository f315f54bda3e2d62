package dev.webtransport.samples.bench.raw;

import dev.webtransport.config.QuicConfig;
import dev.webtransport.netty.NettyQuicOptions;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.EpollQuicUtils;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicCongestionControlAlgorithm;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Netty's QUIC codec with the settings that the SDK gives it by default. */
final class NettyQuic implements AutoCloseable {
    static final String ALPN = "wt-bench";

    private static final QuicConfig CONFIG = QuicConfig.defaults();
    private static final boolean EPOLL = Epoll.isAvailable();
    private static final int SEGMENTS = 10;
    private static final int SOCKET_BUFFER = 4 << 20;
    private static final int READS_AT_ONCE = 16;
    private static final int LARGEST_PACKET = 2048;
    private static final int LARGEST_BATCH = 1 << 16;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(
            new NettyQuicOptions().getEventLoopThreads(),
            new DefaultThreadFactory("raw-quic", true),
            EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());

    /** The means by which several packets leave in one system call. */
    SegmentedDatagramPacketAllocator segments() {
        return EPOLL ? EpollQuicUtils.newSegmentedAllocator(SEGMENTS) : SegmentedDatagramPacketAllocator.NONE;
    }

    /** Binds a UDP socket of the loopback address that hands its packets to {@code codec}. */
    ChannelFuture bind(ChannelHandler codec) {
        Bootstrap bootstrap = new Bootstrap()
                .group(group)
                .handler(codec)
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
                .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER);
        if (EPOLL) {
            bootstrap
                    .channel(EpollDatagramChannel.class)
                    .option(EpollChannelOption.UDP_GRO, true)
                    .option(
                            ChannelOption.RECVBUF_ALLOCATOR,
                            new FixedRecvByteBufAllocator(LARGEST_BATCH).maxMessagesPerRead(READS_AT_ONCE));
        } else {
            bootstrap
                    .channel(NioDatagramChannel.class)
                    .option(
                            ChannelOption.RECVBUF_ALLOCATOR,
                            new FixedRecvByteBufAllocator(LARGEST_PACKET).maxMessagesPerRead(READS_AT_ONCE));
        }
        return bootstrap.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** Hands the SDK's default settings to a codec. */
    static <B extends QuicCodecBuilder<B>> B configure(QuicCodecBuilder<B> codec) {
        return codec.maxIdleTimeout(CONFIG.idleTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .initialMaxData(CONFIG.maxData())
                .initialMaxStreamDataBidirectionalLocal(CONFIG.maxStreamData())
                .initialMaxStreamDataBidirectionalRemote(CONFIG.maxStreamData())
                .initialMaxStreamDataUnidirectional(CONFIG.maxStreamData())
                .initialMaxStreamsBidirectional(CONFIG.maxIncomingBidirectionalStreams())
                .initialMaxStreamsUnidirectional(CONFIG.maxIncomingUnidirectionalStreams())
                .maxSendUdpPayloadSize(CONFIG.maxUdpPayloadSize())
                .maxRecvUdpPayloadSize(LARGEST_PACKET)
                .datagram(
                        CONFIG.datagrams().incomingQueueLength(),
                        CONFIG.datagrams().outgoingQueueLength())
                .congestionControlAlgorithm(QuicCongestionControlAlgorithm.CUBIC);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
