package dev.webtransport.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.BoringSSLKeylog;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import io.netty.handler.codec.quic.QuicResetTokenGenerator;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.AttributeKey;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A real QUIC server and a real client socket on the loopback, each with an observer in front of its codec. */
final class QuicPair implements AutoCloseable {
    static final int ID_LENGTH = StopSendingObserver.DEFAULT_ID_LENGTH;
    private static final long PATIENCE_SECONDS = 30;
    private static final AttributeKey<End> END = AttributeKey.valueOf(QuicPair.class, "end");

    /** What one end knows of one connection. */
    static final class End {
        final QuicChannel channel;
        final ObservedConnection observed;
        final BlockingQueue<Map.Entry<Long, Long>> stopped = new LinkedBlockingQueue<>();
        final BlockingQueue<QuicStreamChannel> streams = new LinkedBlockingQueue<>();
        final AtomicLong packets = new AtomicLong();
        final AtomicLong bytesRead = new AtomicLong();
        final Map<Long, Throwable> failures = new ConcurrentHashMap<>();

        private End(QuicChannel channel, StopSendingObserver observer) {
            this.channel = channel;
            this.observed = observer.observe(channel, new PeerPacketListener() {
                @Override
                public void onStopSending(long streamId, long errorCode) {
                    stopped.add(Map.entry(streamId, errorCode));
                }

                @Override
                public void onPacket() {
                    packets.incrementAndGet();
                }
            });
        }

        Map.Entry<Long, Long> nextStopped() throws InterruptedException {
            return present(stopped.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "STOP_SENDING");
        }

        QuicStreamChannel nextStream() throws InterruptedException {
            return present(streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "stream");
        }

        /** The code, asked for on the event loop as is the rule. */
        Long codeOf(long streamId) throws Exception {
            return channel.eventLoop().submit(() -> observed.codeOf(streamId)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        QuicStreamChannel open(boolean reading) throws Exception {
            return channel.newStreamBootstrap()
                    .type(QuicStreamType.BIDIRECTIONAL)
                    .option(ChannelOption.AUTO_READ, reading)
                    .handler(new StreamReader(this))
                    .create()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    final Channel serverSocket;
    final Channel clientSocket;
    final StopSendingObserver serverObserver = new StopSendingObserver(ID_LENGTH);
    final StopSendingObserver clientObserver = new StopSendingObserver(ID_LENGTH);
    final BlockingQueue<End> accepted = new LinkedBlockingQueue<>();
    final BlockingQueue<End> connected = new LinkedBlockingQueue<>();
    private final EventLoopGroup group;
    private final Class<? extends DatagramChannel> socketType;

    /** Over the JDK's sockets, with the key log. */
    QuicPair() throws Exception {
        this(NioIoHandler.newFactory(), NioDatagramChannel.class, PeerTrafficSecrets.KEY_LOG, Map.of());
    }

    QuicPair(
            IoHandlerFactory io,
            Class<? extends DatagramChannel> socketType,
            BoringSSLKeylog keyLog,
            Map<ChannelOption<Boolean>, Boolean> options)
            throws Exception {
        this.group = new MultiThreadIoEventLoopGroup(2, io);
        this.socketType = socketType;
        X509Bundle identity = new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildSelfSigned();
        QuicSslContext serverTls = QuicSslContextBuilder.forServer(
                        identity.getKeyPair().getPrivate(), null, identity.getCertificatePath())
                .applicationProtocols("test")
                .keylog(keyLog)
                .build();
        X509Certificate trusted = identity.getCertificate();
        QuicSslContext clientTls = QuicSslContextBuilder.forClient()
                .trustManager(trusted)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .applicationProtocols("test")
                .keylog(keyLog)
                .build();
        ChannelHandler serverCodec = configured(new QuicServerCodecBuilder())
                .sslContext(serverTls)
                .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
                .connectionIdAddressGenerator(QuicConnectionIdGenerator.signGenerator())
                .resetTokenGenerator(QuicResetTokenGenerator.signGenerator())
                .handler(new Connections(serverObserver, accepted))
                .streamHandler(new Accepting())
                .build();
        ChannelHandler clientCodec =
                configured(new QuicClientCodecBuilder()).sslContext(clientTls).build();
        serverSocket = bind(serverObserver, serverCodec, options);
        clientSocket = bind(clientObserver, clientCodec, options);
    }

    private static <T extends QuicCodecBuilder<T>> T configured(T builder) {
        return builder.maxIdleTimeout(60, TimeUnit.SECONDS)
                .activeMigration(true)
                .initialMaxData(4_000_000)
                .initialMaxStreamDataBidirectionalLocal(1_000_000)
                .initialMaxStreamDataBidirectionalRemote(1_000_000)
                .initialMaxStreamDataUnidirectional(1_000_000)
                .initialMaxStreamsBidirectional(10_000)
                .initialMaxStreamsUnidirectional(100);
    }

    Channel bind(ChannelHandler observer, ChannelHandler codec, Map<ChannelOption<Boolean>, Boolean> options)
            throws Exception {
        Bootstrap bootstrap = new Bootstrap().group(group).channel(socketType);
        options.forEach(bootstrap::option);
        return bootstrap
                .handler(new ChannelInitializer<DatagramChannel>() {
                    @Override
                    protected void initChannel(DatagramChannel socket) {
                        socket.pipeline().addLast(observer, codec);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    End connect() throws Exception {
        return connect(serverSocket.localAddress());
    }

    End connect(SocketAddress address) throws Exception {
        QuicChannel.newBootstrap(clientSocket)
                .handler(new Connections(clientObserver, connected))
                .streamHandler(new Accepting())
                .remoteAddress(address)
                .connect()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return present(connected.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "connection of the client");
    }

    End accept() throws InterruptedException {
        return present(accepted.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "connection of the server");
    }

    /** Sends STOP_SENDING with all 62 bits of a code, which the public method has not. */
    static void stop(QuicStreamChannel stream, long errorCode) throws Exception {
        stream.eventLoop()
                .submit(() -> {
                    NativeStop.call(stream, errorCode);
                    // Anything that makes the connection send what it has.
                    stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[1]));
                    return null;
                })
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    static ByteBuf bytes(int length) {
        return Unpooled.directBuffer(length).writeZero(length);
    }

    static <T> T present(T value, String what) {
        if (value == null) {
            throw new AssertionError("no " + what + " within " + PATIENCE_SECONDS + " s");
        }
        return value;
    }

    @Override
    public void close() {
        clientSocket.close().syncUninterruptibly();
        serverSocket.close().syncUninterruptibly();
        group.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Observes connections as they become active. */
    private static final class Connections extends ChannelInboundHandlerAdapter {
        private final StopSendingObserver observer;
        private final BlockingQueue<End> ends;

        Connections(StopSendingObserver observer, BlockingQueue<End> ends) {
            this.observer = observer;
            this.ends = ends;
        }

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            End end = new End((QuicChannel) context.channel(), observer);
            context.channel().attr(END).set(end);
            ends.add(end);
            context.fireChannelActive();
        }
    }

    /** Reads the streams that the peer opens. */
    @ChannelHandler.Sharable
    private static final class Accepting extends ChannelInitializer<QuicStreamChannel> {
        @Override
        protected void initChannel(QuicStreamChannel stream) {
            End end = stream.parent().attr(END).get();
            stream.pipeline().addLast(new StreamReader(end));
            end.streams.add(stream);
        }
    }

    private static final class StreamReader extends ChannelInboundHandlerAdapter {
        private final End end;

        StreamReader(End end) {
            this.end = end;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            end.bytesRead.addAndGet(bytes.readableBytes());
            bytes.release();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            end.failures.put(((QuicStreamChannel) context.channel()).streamId(), cause);
        }
    }

    /** {@code quiche_conn_stream_shutdown} itself, which takes the whole code. */
    private static final class NativeStop {
        private static final int READ_SIDE = 0;

        static void call(QuicStreamChannel stream, long errorCode) throws Exception {
            ClassLoader loader = QuicChannel.class.getClassLoader();
            String in = "io.netty.handler.codec.quic.";
            Class<?> channelType = Class.forName(in + "QuicheQuicChannel", false, loader);
            Class<?> connectionType = Class.forName(in + "QuicheQuicConnection", false, loader);
            Class<?> quiche = Class.forName(in + "Quiche", false, loader);
            MethodHandles.Lookup own = MethodHandles.lookup();
            MethodHandle shutdown = MethodHandles.privateLookupIn(quiche, own)
                    .findStatic(
                            quiche,
                            "quiche_conn_stream_shutdown",
                            MethodType.methodType(int.class, long.class, long.class, int.class, long.class));
            try {
                Object connection = MethodHandles.privateLookupIn(channelType, own)
                        .findGetter(channelType, "connection", connectionType)
                        .invoke(stream.parent());
                long address = (long) MethodHandles.privateLookupIn(connectionType, own)
                        .findVirtual(connectionType, "address", MethodType.methodType(long.class))
                        .invoke(connection);
                int result = (int) shutdown.invokeExact(address, stream.streamId(), READ_SIDE, errorCode);
                if (result != 0) {
                    throw new AssertionError("quiche_conn_stream_shutdown: " + result);
                }
            } catch (Exception | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }
}
