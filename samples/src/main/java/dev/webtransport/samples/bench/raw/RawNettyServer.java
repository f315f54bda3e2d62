package dev.webtransport.samples.bench.raw;

import dev.webtransport.samples.bench.BenchServer;
import dev.webtransport.testkit.certificate.SelfSignedCertificate;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.net.InetSocketAddress;

/** A server on Netty's QUIC codec alone. */
public final class RawNettyServer implements BenchServer {
    private final NettyQuic quic = new NettyQuic();
    private final Channel socket;
    private final Address address;

    /** Listens on a free port of the loopback address. */
    public RawNettyServer() {
        SelfSignedCertificate certificate = SelfSignedCertificate.forLoopback();
        QuicSslContext tls = QuicSslContextBuilder.forServer(
                        certificate.identity().privateKey(), null, certificate.certificate())
                .applicationProtocols(NettyQuic.ALPN)
                .build();
        ChannelHandler codec = NettyQuic.configure(new QuicServerCodecBuilder())
                .sslContext(tls)
                .handler(new ChannelInitializer<QuicChannel>() {
                    @Override
                    protected void initChannel(QuicChannel connection) {
                        connection.pipeline().addLast(new RawServerConnection());
                    }
                })
                .streamHandler(new ChannelInitializer<QuicStreamChannel>() {
                    @Override
                    protected void initChannel(QuicStreamChannel stream) {
                        RawServerConnection connection =
                                stream.parent().pipeline().get(RawServerConnection.class);
                        stream.pipeline().addLast(new RawServerStream(connection));
                    }
                })
                .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, quic.segments())
                .build();
        socket = quic.bind(codec).syncUninterruptibly().channel();
        int port = ((InetSocketAddress) socket.localAddress()).getPort();
        address = new Address("https://127.0.0.1:" + port, certificate.hash().toHex(), "netty");
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public void close() {
        socket.close().awaitUninterruptibly();
        quic.close();
    }
}
