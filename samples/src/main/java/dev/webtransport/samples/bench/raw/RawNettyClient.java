package dev.webtransport.samples.bench.raw;

import dev.webtransport.config.QuicConfig;
import dev.webtransport.samples.bench.BenchClient;
import dev.webtransport.samples.bench.BenchServer.Address;
import dev.webtransport.samples.bench.Checksum;
import dev.webtransport.samples.bench.Pattern;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A client on Netty's QUIC codec alone. What follows upon an answer happens on the event loop, without a change of threads. A
 * connection is ready when its first request is answered, as a session of WebTransport is. The certificate is not checked.
 */
public final class RawNettyClient implements BenchClient {
    private static final int CONNECTS_AT_ONCE = 50;

    private final NettyQuic quic = new NettyQuic();
    private final InetSocketAddress server;
    private final QuicSslContext tls = QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocols(NettyQuic.ALPN)
            .build();

    /**
     * A client without a connection.
     *
     * @param server a {@link RawNettyServer}
     */
    public RawNettyClient(Address server) {
        URI url = URI.create(server.url());
        this.server = new InetSocketAddress(url.getHost(), url.getPort());
    }

    @Override
    public long upload(int streams, long bytes) throws Exception {
        String expected = Pattern.checksum(bytes);
        return onConnection((connection, work) -> {
            AtomicInteger left = new AtomicInteger(streams);
            for (int i = 0; i < streams; i++) {
                open(connection, work, new Upload(work, bytes, expected, () -> {
                    if (left.decrementAndGet() == 0) {
                        work.trySuccess(null);
                    }
                }));
            }
        });
    }

    @Override
    public long download(long bytes) throws Exception {
        String expected = Pattern.checksum(bytes);
        return onConnection((connection, work) -> {
            ByteBuf request = ByteBufUtil.writeAscii(connection.alloc(), (char) Command.SOURCE + Long.toString(bytes));
            open(connection, work, new ChecksummedStream(work, expected, () -> work.trySuccess(null)) {
                @Override
                void begin(ChannelHandlerContext ctx) {
                    ctx.writeAndFlush(Frames.last(request));
                }
            });
        });
    }

    @Override
    public long[] request(int count, int bytes, StreamUse streams) throws Exception {
        long[] nanos = new long[count];
        RawMessages messages = new RawMessages(bytes);
        onConnection((connection, work) -> {
            if (streams == StreamUse.SAME) {
                open(connection, work, new PingPong(work, messages, nanos));
            } else {
                nextRequest(connection, work, messages, nanos, 0);
            }
        });
        return nanos;
    }

    private static void nextRequest(
            QuicChannel connection, Promise<Void> work, RawMessages messages, long[] nanos, int number) {
        if (number == nanos.length) {
            work.trySuccess(null);
            return;
        }
        long begin = System.nanoTime();
        open(connection, work, messages.stream(work, () -> {
            nanos[number] = System.nanoTime() - begin;
            nextRequest(connection, work, messages, nanos, number + 1);
        }));
    }

    @Override
    public long[] datagramRoundTrips(int count, int bytes) throws Exception {
        DatagramEcho echo = new DatagramEcho(count, bytes);
        onConnection(echo::run);
        return echo.taken();
    }

    @Override
    public Arrivals datagrams(int count, int bytes) throws Exception {
        DatagramFlood flood = new DatagramFlood(count, bytes);
        onConnection((connection, work) -> open(connection, work, flood.stream(connection, work)));
        return Arrivals.parse(flood.answer());
    }

    @Override
    public Connects connect(int count, int atOnce) throws Exception {
        long[] untilReady = new long[count];
        AtomicInteger next = new AtomicInteger();
        AtomicInteger left = new AtomicInteger(count);
        Promise<Void> work = ImmediateEventExecutor.INSTANCE.newPromise();
        long begin = System.nanoTime();
        for (int i = 0; i < atOnce; i++) {
            nextConnect(next, left, untilReady, work);
        }
        work.get();
        return new Connects(System.nanoTime() - begin, untilReady);
    }

    private void nextConnect(AtomicInteger next, AtomicInteger left, long[] untilReady, Promise<Void> work) {
        int number = next.getAndIncrement();
        if (number >= untilReady.length) {
            return;
        }
        long begin = System.nanoTime();
        connectUntilReady(work, connection -> {
            untilReady[number] = System.nanoTime() - begin;
            connection.close().addListener(closed -> {
                if (left.decrementAndGet() == 0) {
                    work.trySuccess(null);
                } else {
                    nextConnect(next, left, untilReady, work);
                }
            });
        });
    }

    @Override
    public long echoAtOnce(int streams, int bytes) throws Exception {
        String expected = Pattern.checksum(bytes);
        return onConnection((connection, work) -> {
            AtomicInteger left = new AtomicInteger(streams);
            for (int i = 0; i < streams; i++) {
                open(
                        connection,
                        work,
                        new ChecksummedStream(work, expected, () -> {
                            if (left.decrementAndGet() == 0) {
                                work.trySuccess(null);
                            }
                        }) {
                            @Override
                            void begin(ChannelHandlerContext ctx) {
                                ctx.write(Frames.command(Command.ECHO));
                                new PatternPump(ctx.channel(), bytes, this::fail).run();
                            }
                        });
            }
        });
    }

    @Override
    public void openIdle(int count, IntConsumer opened) throws Exception {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        Promise<Void> work = ImmediateEventExecutor.INSTANCE.newPromise();
        for (int i = 0; i < CONNECTS_AT_ONCE; i++) {
            nextIdle(next, done, count, opened, work);
        }
        work.get();
    }

    private void nextIdle(AtomicInteger next, AtomicInteger done, int count, IntConsumer opened, Promise<Void> work) {
        if (next.getAndIncrement() >= count) {
            return;
        }
        connectUntilReady(work, connection -> {
            int now = done.incrementAndGet();
            opened.accept(now);
            if (now == count) {
                work.trySuccess(null);
            } else {
                nextIdle(next, done, count, opened, work);
            }
        });
    }

    @Override
    public long shortStreams(int[] parts, int atOnce, int bytes, Steps steps) throws Exception {
        RawMessages messages = new RawMessages(bytes);
        AtomicInteger done = new AtomicInteger();
        QuicChannel connection = connect();
        long taken = 0;
        for (int part = 0; part < parts.length; part++) {
            int end = done.get() + parts[part];
            AtomicInteger next = new AtomicInteger(done.get());
            taken += timed(connection, (channel, work) -> {
                for (int i = 0; i < atOnce; i++) {
                    nextShortStream(channel, work, messages, next, done, end, steps);
                }
            });
            steps.partDone(part);
        }
        connection.close().await();
        return taken;
    }

    private static void nextShortStream(
            QuicChannel connection,
            Promise<Void> work,
            RawMessages messages,
            AtomicInteger next,
            AtomicInteger done,
            int end,
            Steps steps) {
        if (next.getAndIncrement() >= end) {
            return;
        }
        open(connection, work, messages.stream(work, () -> {
            int now = done.incrementAndGet();
            steps.done(now);
            if (now == end) {
                work.trySuccess(null);
            } else {
                nextShortStream(connection, work, messages, next, done, end, steps);
            }
        }));
    }

    @Override
    public void close() {
        quic.close();
    }

    /** What is done on a connection; fulfils the promise at the end. Runs on its event loop. */
    private interface Work {
        void run(QuicChannel connection, Promise<Void> done);
    }

    private long onConnection(Work work) throws Exception {
        QuicChannel connection = connect();
        long nanos = timed(connection, work);
        connection.close().await();
        return nanos;
    }

    private static long timed(QuicChannel connection, Work work) throws Exception {
        Promise<Void> done = connection.eventLoop().newPromise();
        connection
                .closeFuture()
                .addListener(closed -> done.tryFailure(new IllegalStateException("the connection was lost")));
        long begin = System.nanoTime();
        connection.eventLoop().execute(() -> work.run(connection, done));
        done.get();
        return System.nanoTime() - begin;
    }

    private QuicChannel connect() throws Exception {
        Promise<QuicChannel> ready = ImmediateEventExecutor.INSTANCE.newPromise();
        connectUntilReady(ready, ready::trySuccess);
        return ready.get();
    }

    /** Hands over a connection on which a request was answered; on its event loop. */
    private void connectUntilReady(Promise<?> work, Consumer<QuicChannel> onReady) {
        ChannelHandler codec = NettyQuic.configure(new QuicClientCodecBuilder())
                .datagram(QuicConfig.defaults().datagrams().incomingQueueLength(), DatagramFlood.QUEUE)
                .sslContext(tls)
                .build();
        ChannelFuture bound = quic.bind(codec);
        bound.addListener(socket -> {
            if (!socket.isSuccess()) {
                work.tryFailure(socket.cause());
                return;
            }
            bound.channel().connect(server);
            Future<QuicChannel> connected = QuicChannel.newBootstrap(bound.channel())
                    .handler(new ChannelInboundHandlerAdapter())
                    .remoteAddress(server)
                    .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, quic.segments())
                    .connect();
            connected.addListener(done -> {
                if (!done.isSuccess()) {
                    work.tryFailure(done.cause());
                    return;
                }
                QuicChannel connection = connected.getNow();
                // Later, because the socket may be read just now.
                connection
                        .closeFuture()
                        .addListener(closed -> bound.channel().eventLoop().execute(bound.channel()::close));
                open(connection, work, new RawMessages(1).stream(work, () -> onReady.accept(connection)));
            });
        });
    }

    private static void open(QuicChannel connection, Promise<?> work, ChannelHandler handler) {
        Future<QuicStreamChannel> opened = connection
                .newStreamBootstrap()
                .type(QuicStreamType.BIDIRECTIONAL)
                .handler(handler)
                .create();
        opened.addListener(done -> {
            if (!done.isSuccess()) {
                work.tryFailure(done.cause());
            }
        });
    }

    /** Sends the pattern and compares the server's answer. */
    private static final class Upload extends RawStream {
        private final ByteBuf answer = Unpooled.buffer(Command.LONGEST_ANSWER);
        private final long bytes;
        private final String expected;
        private final Runnable confirmed;

        Upload(Promise<?> work, long bytes, String expected, Runnable confirmed) {
            super(work);
            this.bytes = bytes;
            this.expected = expected;
            this.confirmed = confirmed;
        }

        @Override
        void begin(ChannelHandlerContext ctx) {
            ctx.write(Frames.command(Command.SINK));
            new PatternPump(ctx.channel(), bytes, this::fail).run();
        }

        @Override
        void take(ChannelHandlerContext ctx, ByteBuf data) {
            answer.writeBytes(data);
        }

        @Override
        void end() {
            String told = answer.toString(StandardCharsets.US_ASCII);
            if (told.equals(expected)) {
                confirmed.run();
            } else {
                fail(new IllegalStateException("the server received " + told + ", not " + expected));
            }
        }
    }

    /** Compares the checksum of all that arrives. */
    private abstract static class ChecksummedStream extends RawStream {
        private final Checksum sum = new Checksum();
        private final String expected;
        private final Runnable received;

        ChecksummedStream(Promise<?> work, String expected, Runnable received) {
            super(work);
            this.expected = expected;
            this.received = received;
        }

        @Override
        final void take(ChannelHandlerContext ctx, ByteBuf data) {
            sum.add(data.nioBuffer());
        }

        @Override
        final void end() {
            if (sum.toString().equals(expected)) {
                received.run();
            } else {
                fail(new IllegalStateException("received " + sum + ", not " + expected));
            }
        }
    }

    /** Messages on one stream, each sent when the one before has come back. */
    private static final class PingPong extends RawStream {
        private final Promise<Void> work;
        private final RawMessages messages;
        private final long[] nanos;
        private int number;
        private int received;
        private long begun;

        PingPong(Promise<Void> work, RawMessages messages, long[] nanos) {
            super(work);
            this.work = work;
            this.messages = messages;
            this.nanos = nanos;
        }

        @Override
        void begin(ChannelHandlerContext ctx) {
            begun = System.nanoTime();
            ctx.writeAndFlush(messages.request());
        }

        @Override
        void take(ChannelHandlerContext ctx, ByteBuf data) {
            if (!messages.isEchoAt(received, data)) {
                fail(new IllegalStateException("the echo is not what was sent"));
            }
            received += data.readableBytes();
            if (received < messages.length()) {
                return;
            }
            long now = System.nanoTime();
            nanos[number++] = now - begun;
            received = 0;
            if (number == nanos.length) {
                work.trySuccess(null);
            } else {
                begun = now;
                ctx.writeAndFlush(messages.message());
            }
        }

        @Override
        void end() {
            fail(new IllegalStateException("the echo ended"));
        }
    }
}
