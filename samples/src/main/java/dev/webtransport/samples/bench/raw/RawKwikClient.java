package dev.webtransport.samples.bench.raw;

import dev.webtransport.samples.bench.BenchClient;
import dev.webtransport.samples.bench.BenchServer.Address;
import dev.webtransport.samples.bench.Checksum;
import dev.webtransport.samples.bench.Pattern;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import tech.kwik.core.QuicClientConnection;
import tech.kwik.core.QuicStream;

/**
 * A client on Kwik alone: blocking streams, a thread for each that works at the same time. A connection is ready when its first
 * request is answered. The certificate is not checked.
 */
public final class RawKwikClient implements BenchClient {
    private static final int CONNECTS_AT_ONCE = 50;

    private final ExecutorService threads = KwikQuic.threads();
    private final InetSocketAddress server;

    /**
     * A client without a connection.
     *
     * @param server a {@link RawKwikServer}
     */
    public RawKwikClient(Address server) {
        URI url = URI.create(server.url());
        this.server = new InetSocketAddress(url.getHost(), url.getPort());
    }

    /** What is done on a connection. */
    private interface Work {
        void run(QuicClientConnection connection) throws Exception;
    }

    /** One of several pieces of work of the same kind. */
    private interface Piece {
        void run(int number) throws Exception;
    }

    @Override
    public long upload(int streams, long bytes) throws Exception {
        String expected = Pattern.checksum(bytes);
        return onConnection(connection -> atOnce(streams, streams, number -> {
            QuicStream stream = open(connection, Command.SINK);
            try (OutputStream out = stream.getOutputStream()) {
                KwikStreams.send(out, bytes);
            }
            String told = text(stream.getInputStream());
            require(told.equals(expected), "the server received " + told + ", not " + expected);
        }));
    }

    @Override
    public long download(long bytes) throws Exception {
        String expected = Pattern.checksum(bytes);
        return onConnection(connection -> {
            QuicStream stream = open(connection, Command.SOURCE);
            try (OutputStream out = stream.getOutputStream()) {
                out.write(Long.toString(bytes).getBytes(StandardCharsets.US_ASCII));
            }
            Checksum received = KwikStreams.checksum(stream.getInputStream());
            require(received.toString().equals(expected), "received " + received + ", not " + expected);
        });
    }

    @Override
    public long[] request(int count, int bytes, StreamUse streams) throws Exception {
        long[] nanos = new long[count];
        byte[] request = request(bytes);
        onConnection(connection -> {
            if (streams == StreamUse.SAME) {
                requestOnOneStream(connection, request, nanos);
                return;
            }
            for (int i = 0; i < count; i++) {
                long begin = System.nanoTime();
                echo(connection, request);
                nanos[i] = System.nanoTime() - begin;
            }
        });
        return nanos;
    }

    private static void requestOnOneStream(QuicClientConnection connection, byte[] request, long[] nanos)
            throws IOException {
        QuicStream stream = open(connection, Command.ECHO);
        try (OutputStream out = stream.getOutputStream()) {
            InputStream in = stream.getInputStream();
            for (int i = 0; i < nanos.length; i++) {
                long begin = System.nanoTime();
                out.write(request, 1, request.length - 1);
                requireEcho(request, in.readNBytes(request.length - 1));
                nanos[i] = System.nanoTime() - begin;
            }
        }
    }

    @Override
    public long[] datagramRoundTrips(int count, int bytes) throws Exception {
        long[] nanos = new long[count];
        AtomicInteger back = new AtomicInteger();
        onConnection(connection -> {
            BlockingQueue<byte[]> arrived = new LinkedBlockingQueue<>(CONNECTS_AT_ONCE);
            connection.setDatagramHandler(arrived::offer);
            for (int i = 0; i < count; i++) {
                byte[] datagram = ByteBuffer.allocate(bytes).putInt(i).array();
                long begin = System.nanoTime();
                connection.sendDatagram(datagram);
                byte[] echo = arrived.poll(1, TimeUnit.SECONDS);
                // A late one was given up.
                while (echo != null && !Arrays.equals(echo, datagram)) {
                    echo = arrived.poll(1, TimeUnit.SECONDS);
                }
                if (echo != null) {
                    nanos[back.getAndIncrement()] = System.nanoTime() - begin;
                }
            }
        });
        return Arrays.copyOf(nanos, back.get());
    }

    @Override
    public Arrivals datagrams(int count, int bytes) throws Exception {
        List<String> answer = new ArrayList<>();
        onConnection(connection -> {
            QuicStream stream = open(connection, Command.COUNT);
            InputStream in = stream.getInputStream();
            try (OutputStream out = stream.getOutputStream()) {
                out.flush();
                require(in.read() == Command.COUNT, "the server does not count");
                for (int i = 0; i < count; i++) {
                    connection.sendDatagram(ByteBuffer.allocate(bytes).putInt(i).array());
                }
            }
            answer.add(text(in));
        });
        return Arrivals.parse(answer.get(0));
    }

    @Override
    public Connects connect(int count, int atOnce) throws Exception {
        long[] untilReady = new long[count];
        long begin = System.nanoTime();
        atOnce(count, atOnce, number -> {
            long begun = System.nanoTime();
            QuicClientConnection connection = connect();
            untilReady[number] = System.nanoTime() - begun;
            connection.close();
        });
        return new Connects(System.nanoTime() - begin, untilReady);
    }

    @Override
    public long echoAtOnce(int streams, int bytes) throws Exception {
        String expected = Pattern.checksum(bytes);
        return onConnection(connection -> atOnce(streams, streams, number -> {
            QuicStream stream = open(connection, Command.ECHO);
            // Both directions at once: a server that cannot send its echo reads no further.
            threads.execute(() -> {
                try (OutputStream out = stream.getOutputStream()) {
                    KwikStreams.send(out, bytes);
                } catch (IOException failed) {
                    stream.abortReading(0);
                }
            });
            Checksum received = KwikStreams.checksum(stream.getInputStream());
            require(received.toString().equals(expected), "of a stream " + received + " came back, not " + expected);
        }));
    }

    @Override
    public void openIdle(int count, IntConsumer opened) throws Exception {
        AtomicInteger done = new AtomicInteger();
        atOnce(count, CONNECTS_AT_ONCE, number -> {
            connect();
            opened.accept(done.incrementAndGet());
        });
    }

    @Override
    public long shortStreams(int[] parts, int atOnce, int bytes, Steps steps) throws Exception {
        byte[] request = request(bytes);
        AtomicInteger done = new AtomicInteger();
        QuicClientConnection connection = connect();
        long taken = 0;
        for (int part = 0; part < parts.length; part++) {
            long begin = System.nanoTime();
            atOnce(parts[part], atOnce, number -> {
                echo(connection, request);
                steps.done(done.incrementAndGet());
            });
            taken += System.nanoTime() - begin;
            steps.partDone(part);
        }
        connection.close();
        return taken;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private long onConnection(Work work) throws Exception {
        QuicClientConnection connection = connect();
        long begin = System.nanoTime();
        work.run(connection);
        long nanos = System.nanoTime() - begin;
        connection.close();
        return nanos;
    }

    private QuicClientConnection connect() throws IOException {
        QuicClientConnection connection = KwikQuic.connect(server);
        echo(connection, request(1));
        return connection;
    }

    /** Does {@code count} pieces of work with so many threads; ends with the first failure. */
    private void atOnce(int count, int threadCount, Piece piece) throws Exception {
        AtomicInteger next = new AtomicInteger();
        ExecutorCompletionService<Void> workers = new ExecutorCompletionService<>(threads);
        for (int i = 0; i < threadCount; i++) {
            workers.submit(() -> {
                for (int number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                    piece.run(number);
                }
                return null;
            });
        }
        for (int i = 0; i < threadCount; i++) {
            try {
                workers.take().get();
            } catch (ExecutionException failed) {
                throw failed.getCause() instanceof Exception cause ? cause : failed;
            }
        }
    }

    private static QuicStream open(QuicClientConnection connection, byte command) throws IOException {
        QuicStream stream = connection.createStream(true);
        stream.getOutputStream().write(command);
        return stream;
    }

    private static void echo(QuicClientConnection connection, byte[] request) throws IOException {
        QuicStream stream = connection.createStream(true);
        try (OutputStream out = stream.getOutputStream()) {
            out.write(request);
        }
        requireEcho(request, stream.getInputStream().readAllBytes());
    }

    /** The command and so many bytes of the pattern. */
    private static byte[] request(int bytes) {
        byte[] request = new byte[bytes + 1];
        request[0] = Command.ECHO;
        Pattern.piece(0, bytes).get(request, 1, bytes);
        return request;
    }

    private static void requireEcho(byte[] request, byte[] echo) {
        require(Arrays.equals(request, 1, request.length, echo, 0, echo.length), "the echo is not what was sent");
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }
}
