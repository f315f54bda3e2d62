package dev.webtransport.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** UDP sockets by the best means of this platform: epoll, kqueue or the JDK's selector. */
abstract class UdpSockets {
    /** Asked of the system, which may give less: room for about 20 ms at 1.6 Gbit/s. */
    private static final int SOCKET_BUFFER_SIZE = 4 << 20;

    /** What the means are called, for threads and logs. */
    abstract String name();

    /** What event loops run on. */
    abstract IoHandlerFactory ioHandlers();

    /** How several packets leave in one system call, if at all. */
    SegmentedDatagramPacketAllocator segments() {
        return SegmentedDatagramPacketAllocator.NONE;
    }

    /** Whether a client's socket may be connected to its server, so that it hears of ports where nothing listens. */
    boolean connects() {
        return true;
    }

    /**
     * Sets up a bootstrap with the channel type and its options.
     *
     * @param maxPayload the largest UDP payload that is to be received
     */
    final Bootstrap bootstrap(SocketProtocolFamily family, int maxPayload) {
        Bootstrap bootstrap = new Bootstrap()
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_SIZE)
                .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_SIZE);
        configure(bootstrap, family, maxPayload);
        return bootstrap;
    }

    abstract void configure(Bootstrap bootstrap, SocketProtocolFamily family, int maxPayload);

    /** The best that is available here. */
    static UdpSockets best() {
        if (isThere("io.netty.channel.epoll.Epoll", () -> io.netty.channel.epoll.Epoll.isAvailable())) {
            return create(EpollUdpSockets::new);
        }
        if (isThere("io.netty.channel.kqueue.KQueue", () -> io.netty.channel.kqueue.KQueue.isAvailable())) {
            return create(KQueueUdpSockets::new);
        }
        return new Nio();
    }

    /** The JDK's selector, which is everywhere. */
    static UdpSockets nio() {
        return new Nio();
    }

    private static UdpSockets create(Supplier<UdpSockets> sockets) {
        return sockets.get();
    }

    private static boolean isThere(String className, BooleanSupplier isAvailable) {
        try {
            Class.forName(className, false, UdpSockets.class.getClassLoader());
            return isAvailable.getAsBoolean();
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }

    private static final class Nio extends UdpSockets {
        @Override
        String name() {
            return "nio";
        }

        @Override
        IoHandlerFactory ioHandlers() {
            return NioIoHandler.newFactory();
        }

        @Override
        void configure(Bootstrap bootstrap, SocketProtocolFamily family, int maxPayload) {
            bootstrap
                    .channelFactory(() -> new NioDatagramChannel(family))
                    .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(maxPayload));
        }
    }
}
