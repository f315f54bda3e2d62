package dev.webtransport.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.UnixChannelOption;

/** UDP sockets on macOS and the BSDs. */
final class KQueueUdpSockets extends UdpSockets {
    @Override
    String name() {
        return "kqueue";
    }

    @Override
    IoHandlerFactory ioHandlers() {
        return KQueueIoHandler.newFactory();
    }

    @Override
    boolean connects() {
        // Netty's QUIC names the receiver with each packet, which these systems refuse on a connected socket (EISCONN).
        return false;
    }

    @Override
    void sharePort(Bootstrap bootstrap) {
        bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
    }

    @Override
    void configure(Bootstrap bootstrap, SocketProtocolFamily family, int maxPayload) {
        bootstrap
                .channelFactory(() -> new KQueueDatagramChannel(family))
                .option(ChannelOption.RECVBUF_ALLOCATOR, buffers(maxPayload));
    }
}
