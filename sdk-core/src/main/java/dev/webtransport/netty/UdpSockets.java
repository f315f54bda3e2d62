package dev.webtransport.netty;

import dev.webtransport.config.AddressReuse;
import dev.webtransport.config.SocketConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** UDP sockets by the best means of this platform: epoll, kqueue or the JDK's selector. */
abstract class UdpSockets {
    /**
     * How many reads of a socket are handled before quiche sends, as Netty has it for sockets whose allocator is its own. With one at a
     * time each packet is acknowledged by itself, whoever gets that sends one packet more, and what a batch costs
     * once (system calls, the acknowledgement, Netty's walk over writable streams) is paid for each packet.
     */
    private static final int READS_AT_ONCE = 16;

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
     * @param reuse whether the port may be another's, too
     * @throws IOException if these sockets cannot share a port
     */
    final Bootstrap bootstrap(SocketProtocolFamily family, int maxPayload, SocketConfig config, AddressReuse reuse)
            throws IOException {
        Bootstrap bootstrap = new Bootstrap()
                .option(ChannelOption.SO_RCVBUF, config.receiveBufferSize())
                .option(ChannelOption.SO_SNDBUF, config.sendBufferSize());
        if (config.dscp() != 0) {
            // Their other two bits are those of ECN.
            bootstrap.option(ChannelOption.IP_TOS, config.dscp() << 2);
        }
        switch (reuse) {
            case NONE -> {
                // As Netty does it.
            }
            case ADDRESS -> bootstrap.option(ChannelOption.SO_REUSEADDR, true);
            case PORT -> sharePort(bootstrap);
        }
        configure(bootstrap, family, maxPayload);
        return bootstrap;
    }

    /** Lets other sockets of the same user have the same port. */
    void sharePort(Bootstrap bootstrap) throws IOException {
        throw new IOException("sockets of " + name() + " cannot share a port (AddressReuse.PORT); native sockets can");
    }

    /** Where packets are put, {@link #READS_AT_ONCE}. */
    static RecvByteBufAllocator buffers(int largest) {
        return new FixedRecvByteBufAllocator(largest).maxMessagesPerRead(READS_AT_ONCE);
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
                    .option(ChannelOption.RECVBUF_ALLOCATOR, buffers(maxPayload));
        }
    }
}
