package dev.webtransport.kwik;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.AddressReuse;
import dev.webtransport.config.SocketConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GuardedSocketTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private static GuardedSocket socket() throws IOException {
        return socket(SocketConfig.defaults());
    }

    private static GuardedSocket socket(SocketConfig config) throws IOException {
        return GuardedSocket.bind(
                new InetSocketAddress(LOOPBACK, 0), new ArrivalGuard(), config, config.addressReuse());
    }

    @Test
    void it_is_set_up_as_asked() throws IOException {
        SocketConfig config = SocketConfig.builder()
                .receiveBufferSize(64 << 10)
                .sendBufferSize(128 << 10)
                .addressReuse(AddressReuse.ADDRESS)
                .dscp(46)
                .build();
        try (GuardedSocket socket = socket(config)) {
            // Linux doubles what it is asked for, and so some JDKs tell.
            assertTrue(socket.getReceiveBufferSize() <= 128 << 10, () -> "it has more than was asked for");
            assertTrue(socket.getSendBufferSize() <= 256 << 10, () -> "it has more than was asked for");
            assertTrue(socket.getReuseAddress());
            assertEquals(46 << 2, socket.getTrafficClass());
        }
    }

    @Test
    void a_port_is_nobody_elses_and_cannot_be_shared() throws IOException {
        SocketConfig sharing =
                SocketConfig.builder().addressReuse(AddressReuse.PORT).build();
        IOException refused = assertThrows(IOException.class, () -> socket(sharing));
        assertTrue(refused.getMessage().contains("cannot share a port"), refused::getMessage);
        try (GuardedSocket first = socket()) {
            assertThrows(
                    BindException.class,
                    () -> GuardedSocket.bind(
                            first.getLocalSocketAddress(),
                            new ArrivalGuard(),
                            SocketConfig.defaults(),
                            AddressReuse.NONE));
        }
    }

    private static CompletableFuture<Integer> receive(GuardedSocket socket) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                DatagramPacket packet = new DatagramPacket(new byte[100], 100);
                socket.receive(packet);
                return packet.getLength();
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        });
    }

    private static void send(GuardedSocket to, int length) throws IOException {
        try (DatagramSocket from = new DatagramSocket(0, LOOPBACK)) {
            from.send(new DatagramPacket(new byte[length], length, LOOPBACK, to.getLocalPort()));
        }
    }

    @Test
    void the_first_answer_is_kept_back_until_the_thread_that_connects_waits() throws Exception {
        CountDownLatch mayWait = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread connecting = new Thread(() -> {
            while (mayWait.getCount() > 0) {
                Thread.onSpinWait();
            }
            try {
                end.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
        });
        try (GuardedSocket socket = socket()) {
            connecting.start();
            socket.start(connecting);
            CompletableFuture<Integer> received = receive(socket);
            send(socket, 10);
            assertThrows(TimeoutException.class, () -> received.get(100, TimeUnit.MILLISECONDS));
            mayWait.countDown();
            assertEquals(10, received.get());
        } finally {
            end.countDown();
            connecting.join();
        }
    }

    @Test
    void a_packet_has_its_own_length_after_a_shorter_one() throws Exception {
        try (GuardedSocket socket = socket()) {
            send(socket, 10);
            assertEquals(10, receive(socket).get());
            send(socket, 90);
            assertEquals(90, receive(socket).get());
            assertNull(socket.unreachable());
        }
    }

    @Test
    void a_port_on_which_nothing_listens_is_told() throws Exception {
        int port;
        try (DatagramSocket gone = new DatagramSocket(0, LOOPBACK)) {
            port = gone.getLocalPort();
        }
        try (GuardedSocket socket = socket()) {
            socket.connect(new InetSocketAddress(LOOPBACK, port));
            socket.send(new DatagramPacket(new byte[1], 1));
            assertThrows(Exception.class, () -> receive(socket).get());
            assertEquals(true, socket.unreachable() != null);
        }
    }
}
