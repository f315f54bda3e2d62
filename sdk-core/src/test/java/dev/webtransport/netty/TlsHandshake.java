package dev.webtransport.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** One QUIC handshake over the loopback, and what each end made of it. */
final class TlsHandshake {
    private static final long PATIENCE_SECONDS = 20;

    /** What an end saw: an established connection, or a refusal or other failure. */
    record End(
            boolean established,
            Optional<CertificateException> refusal,
            @Nullable String alpn,
            Optional<X509Certificate> peer,
            List<Throwable> failures) {}

    /** Both ends. */
    record Outcome(End client, End server) {}

    private static final End NOTHING = new End(false, Optional.empty(), null, Optional.empty(), List.of());

    private TlsHandshake() {}

    /** Connects once by the given name and tears everything down again. */
    static Outcome run(QuicSslContext server, QuicSslContext client, String serverName) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        CompletableFuture<End> serverEnd = new CompletableFuture<>();
        AtomicReference<SSLEngine> engine = new AtomicReference<>();
        Channel listener = bind(group, serverCodec(server, serverEnd));
        Channel udp = bind(group, clientCodec(client, serverName, engine));
        try {
            Failures failures = new Failures();
            Future<QuicChannel> connected = QuicChannel.newBootstrap(udp)
                    .handler(failures)
                    .streamHandler(new ChannelInboundHandlerAdapter())
                    .remoteAddress((InetSocketAddress) listener.localAddress())
                    .connect()
                    .await();
            End clientEnd = end(connected.isSuccess(), engine.get(), failures);
            // A server whose client went away in the middle of the handshake may wait for it until its idle timeout.
            return new Outcome(
                    clientEnd, clientEnd.established() ? serverEnd.get(PATIENCE_SECONDS, TimeUnit.SECONDS) : NOTHING);
        } finally {
            // Before their event loop ends: a codec gives its buffers back when it is removed.
            udp.close().sync();
            listener.close().sync();
            group.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
        }
    }

    private static ChannelHandler clientCodec(
            QuicSslContext context, String serverName, AtomicReference<SSLEngine> engine) {
        return limits(new QuicClientCodecBuilder().sslEngineProvider(channel -> {
                    var made = context.newEngine(channel.alloc(), serverName, 4433);
                    engine.set(made);
                    return made;
                }))
                .build();
    }

    private static ChannelHandler serverCodec(QuicSslContext context, CompletableFuture<End> result) {
        return limits(new QuicServerCodecBuilder().sslContext(context))
                .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
                .handler(new ServerSide(result))
                .streamHandler(new ChannelInboundHandlerAdapter())
                .build();
    }

    private static <B extends QuicCodecBuilder<B>> B limits(B builder) {
        return builder.maxIdleTimeout(PATIENCE_SECONDS / 2, TimeUnit.SECONDS)
                .initialMaxData(1 << 20)
                .initialMaxStreamDataBidirectionalLocal(1 << 16)
                .initialMaxStreamDataBidirectionalRemote(1 << 16)
                .initialMaxStreamsBidirectional(8);
    }

    private static Channel bind(EventLoopGroup group, ChannelHandler codec) throws InterruptedException {
        return new Bootstrap()
                .group(group)
                .channel(NioDatagramChannel.class)
                .handler(codec)
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    private static End end(boolean established, SSLEngine engine, Failures failures) {
        return new End(
                established,
                NettyTls.refusal(engine),
                engine.getApplicationProtocol(),
                peer(engine),
                List.copyOf(failures.seen));
    }

    private static Optional<X509Certificate> peer(SSLEngine engine) {
        try {
            return Optional.of((X509Certificate) engine.getSession().getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException showedNone) {
            return Optional.empty();
        }
    }

    /** Keeps what goes wrong on a connection for the outcome. */
    private static class Failures extends ChannelInboundHandlerAdapter {
        final Queue<Throwable> seen = new ConcurrentLinkedQueue<>();

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            seen.add(cause);
        }
    }

    /** Reports the first of: established, gone. */
    private static final class ServerSide extends Failures {
        private final CompletableFuture<End> result;

        ServerSide(CompletableFuture<End> result) {
            this.result = result;
        }

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            report(context, true);
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            // A channel that never was active is never inactive, but it closes.
            context.channel().closeFuture().addListener(closed -> report(context, false));
        }

        private void report(ChannelHandlerContext context, boolean established) {
            SSLEngine engine = ((QuicChannel) context.channel()).sslEngine();
            result.complete(end(established, engine, this));
        }
    }
}
