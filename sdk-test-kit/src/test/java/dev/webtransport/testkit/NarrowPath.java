package dev.webtransport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A path between one client and a server over UDP that carries only so much towards the server: packets wait in a short queue, and
 * those that find it full are lost. The way back is free.
 */
public final class NarrowPath implements AutoCloseable {
    private static final int LARGEST_DATAGRAM = 65_535;
    private static final int QUEUED_PACKETS = 32;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(QUEUED_PACKETS);
    private final DatagramSocket front = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    private final DatagramSocket back = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    private final long bytesPerSecond;
    private volatile @Nullable SocketAddress client;
    private volatile boolean isClosed;

    /**
     * A path that is open.
     *
     * @param server where it leads
     * @param bytesPerSecond how much it carries
     * @throws IOException if there is no socket
     */
    public NarrowPath(SocketAddress server, long bytesPerSecond) throws IOException {
        this.bytesPerSecond = bytesPerSecond;
        back.connect(server);
        start(() -> receive(front, packet -> {
            client = packet.getSocketAddress();
            // Where there is no room the packet is lost: that is the point.
            queue.offer(Arrays.copyOf(packet.getData(), packet.getLength()));
        }));
        start(() -> receive(back, packet -> {
            packet.setSocketAddress(client);
            front.send(packet);
        }));
        start(this::carry);
    }

    /** The port on the loopback address that clients connect to. */
    public int port() {
        return front.getLocalPort();
    }

    private interface Action {
        void handle(DatagramPacket packet) throws IOException;
    }

    private static void start(Runnable loop) {
        Thread thread = new Thread(loop, "narrow path");
        thread.setDaemon(true);
        thread.start();
    }

    private void receive(DatagramSocket socket, Action action) {
        DatagramPacket packet = new DatagramPacket(new byte[LARGEST_DATAGRAM], LARGEST_DATAGRAM);
        while (!isClosed) {
            try {
                packet.setLength(LARGEST_DATAGRAM);
                socket.receive(packet);
                action.handle(packet);
            } catch (IOException failed) {
                if (!isClosed) {
                    throw new UncheckedIOException(failed);
                }
            }
        }
    }

    /** Each packet takes the time that its length costs. */
    private void carry() {
        long free = System.nanoTime();
        try {
            while (!isClosed) {
                byte[] packet = queue.take();
                long now = System.nanoTime();
                free = Math.max(free, now) + packet.length * NANOS_PER_SECOND / bytesPerSecond;
                while (System.nanoTime() < free) {
                    LockSupport.parkNanos(free - System.nanoTime());
                }
                back.send(new DatagramPacket(packet, packet.length));
            }
        } catch (IOException closed) {
            if (!isClosed) {
                throw new UncheckedIOException(closed);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        isClosed = true;
        front.close();
        back.close();
        // Wakes who carries.
        queue.offer(new byte[0]);
    }
}
