package dev.webtransport.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A relay between one client and a server, whose address towards the server can change as behind a NAT. */
final class MovingRelay implements AutoCloseable {
    private final SocketAddress server;
    private final DatagramSocket front;
    private volatile DatagramSocket back;
    private volatile DatagramSocket formerBack;
    private volatile SocketAddress client;

    MovingRelay(SocketAddress server) throws IOException {
        this.server = server;
        this.front = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        this.back = newBack();
        start(this::toServer);
    }

    SocketAddress address() {
        return front.getLocalSocketAddress();
    }

    void move() throws IOException {
        formerBack = back;
        back = newBack();
        formerBack.close();
    }

    private DatagramSocket newBack() throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        start(() -> toClient(socket));
        return socket;
    }

    private static void start(Runnable loop) {
        Thread thread = new Thread(loop, "moving relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void toServer() {
        relay(front, () -> back, true);
    }

    private void toClient(DatagramSocket from) {
        relay(from, () -> front, false);
    }

    private void relay(DatagramSocket from, java.util.function.Supplier<DatagramSocket> to, boolean up) {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        while (!from.isClosed()) {
            try {
                packet.setLength(65_535);
                from.receive(packet);
                if (up) {
                    client = packet.getSocketAddress();
                    packet.setSocketAddress(server);
                } else {
                    packet.setSocketAddress(client);
                }
                to.get().send(packet);
            } catch (IOException e) {
                if (!from.isClosed() && !to.get().isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Override
    public void close() {
        front.close();
        back.close();
    }
}
