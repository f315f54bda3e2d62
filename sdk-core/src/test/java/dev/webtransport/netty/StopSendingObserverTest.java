package dev.webtransport.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real clients and servers over the loopback. */
@Timeout(60)
final class StopSendingObserverTest {
    private static final long CODE = 0x52e4a40fb9faL;
    private static final long LARGEST_CODE = (1L << 62) - 1;

    @Test
    void the_server_learns_the_code_while_a_write_is_outstanding() throws Exception {
        try (QuicPair pair = new QuicPair()) {
            QuicPair.End client = pair.connect();
            QuicPair.End server = pair.accept();
            QuicStreamChannel asked = client.open(false);
            asked.writeAndFlush(QuicPair.bytes(1)).sync();
            QuicStreamChannel answered = server.nextStream();
            BlockingQueue<Optional<Long>> knownAtFailure = new LinkedBlockingQueue<>();
            ChannelFuture write = answered.writeAndFlush(QuicPair.bytes(8_000_000));
            write.addListener(
                    done -> knownAtFailure.add(Optional.ofNullable(server.observed.codeOf(answered.streamId()))));

            QuicPair.stop(asked, CODE);

            assertEquals(Map.entry(asked.streamId(), CODE), server.nextStopped());
            assertEquals(CODE, server.codeOf(answered.streamId()));
            assertInstanceOf(ChannelOutputShutdownException.class, failure(write));
            assertEquals(Optional.of(CODE), knownAtFailure.poll(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void the_server_learns_the_code_with_nothing_outstanding_and_5000_packets_later() throws Exception {
        try (QuicPair pair = new QuicPair()) {
            QuicPair.End client = pair.connect();
            QuicPair.End server = pair.accept();
            QuicStreamChannel asked = client.open(false);
            asked.writeAndFlush(QuicPair.bytes(1)).sync();
            QuicStreamChannel answered = server.nextStream();

            QuicPair.stop(asked, LARGEST_CODE);
            assertEquals(Map.entry(asked.streamId(), LARGEST_CODE), server.nextStopped());

            long received = received(server);
            QuicStreamChannel bulk = client.open(true);
            while (received(server) - received < 5_000) {
                bulk.writeAndFlush(QuicPair.bytes(1_000_000)).sync();
            }
            Throwable failure = failure(answered.writeAndFlush(QuicPair.bytes(1)));
            assertInstanceOf(ChannelOutputShutdownException.class, failure);
            assertEquals(LARGEST_CODE, server.codeOf(answered.streamId()));
            long opened =
                    server.channel.eventLoop().submit(server.observed::opened).get();
            assertTrue(opened < 100, "packets deciphered whole: " + opened);
        }
    }

    @Test
    void connections_of_one_socket_are_told_apart() throws Exception {
        try (QuicPair pair = new QuicPair()) {
            QuicPair.End firstClient = pair.connect();
            QuicPair.End first = pair.accept();
            QuicPair.End secondClient = pair.connect();
            QuicPair.End second = pair.accept();
            QuicStreamChannel one = firstClient.open(false);
            QuicStreamChannel two = secondClient.open(false);
            one.writeAndFlush(QuicPair.bytes(1)).sync();
            two.writeAndFlush(QuicPair.bytes(1)).sync();
            assertEquals(one.streamId(), two.streamId());
            first.nextStream();
            second.nextStream();

            QuicPair.stop(two, CODE + 2);
            QuicPair.stop(one, CODE + 1);

            assertEquals(Map.entry(one.streamId(), CODE + 1), first.nextStopped());
            assertEquals(Map.entry(two.streamId(), CODE + 2), second.nextStopped());
            assertEquals(CODE + 1, first.codeOf(one.streamId()));
            assertEquals(CODE + 2, second.codeOf(two.streamId()));
        }
    }

    @Test
    void a_connection_is_told_of_its_own_packets_and_of_no_others() throws Exception {
        try (QuicPair pair = new QuicPair()) {
            QuicPair.End busyClient = pair.connect();
            QuicPair.End busy = pair.accept();
            QuicPair.End quietClient = pair.connect();
            QuicPair.End quiet = pair.accept();
            QuicStreamChannel stream = busyClient.open(false);
            QuicStreamChannel other = quietClient.open(false);
            other.writeAndFlush(QuicPair.bytes(1)).sync();
            quiet.nextStream();
            long ofQuiet = quiet.packets.get();
            long ofBusy = busy.packets.get();

            stream.writeAndFlush(QuicPair.bytes(50_000)).sync();
            busy.nextStream();
            QuicPair.stop(stream, CODE);
            busy.nextStopped();

            assertTrue(ofQuiet > 0, "nothing was told of the quiet one");
            long busyGrowth = busy.packets.get() - ofBusy;
            long quietGrowth = quiet.packets.get() - ofQuiet;
            // Acknowledgements of the quiet one may still come.
            assertTrue(
                    busyGrowth > 5 * quietGrowth && busyGrowth >= 20,
                    "of the busy one " + busyGrowth + ", of the quiet one " + quietGrowth);
        }
    }

    @Test
    void a_packet_that_is_nobodys_is_told_as_unknown() throws Exception {
        try (QuicPair pair = new QuicPair()) {
            pair.connect();
            pair.accept();
            CountDownLatch unknown = new CountDownLatch(1);
            pair.serverSocket
                    .eventLoop()
                    .submit(() -> pair.serverObserver.onUnknownPacket(unknown::countDown))
                    .get(30, TimeUnit.SECONDS);

            byte[] forged = new byte[100];
            forged[0] = 0x40;
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.send(new DatagramPacket(forged, forged.length, pair.serverSocket.localAddress()));
            }

            assertTrue(unknown.await(30, TimeUnit.SECONDS), "it was not told");
        }
    }

    @Test
    void the_client_learns_the_code_of_the_server() throws Exception {
        try (QuicPair pair = new QuicPair()) {
            QuicPair.End client = pair.connect();
            QuicPair.End server = pair.accept();
            QuicStreamChannel sent = client.open(true);
            sent.writeAndFlush(QuicPair.bytes(1)).sync();
            QuicPair.stop(server.nextStream(), CODE);
            assertEquals(Map.entry(sent.streamId(), CODE), client.nextStopped());
            assertInstanceOf(ChannelOutputShutdownException.class, failure(sent.writeAndFlush(QuicPair.bytes(1))));
            assertEquals(CODE, client.codeOf(sent.streamId()));
        }
    }

    @Test
    void many_streams_stopped_at_once_each_have_their_code() throws Exception {
        try (QuicPair pair = new QuicPair()) {
            QuicPair.End client = pair.connect();
            QuicPair.End server = pair.accept();
            int streams = 500;
            QuicStreamChannel[] asked = new QuicStreamChannel[streams];
            for (int i = 0; i < streams; i++) {
                asked[i] = client.open(false);
                asked[i].writeAndFlush(QuicPair.bytes(1));
            }
            for (int i = 0; i < streams; i++) {
                server.nextStream();
            }
            for (QuicStreamChannel stream : asked) {
                QuicPair.stop(stream, CODE + stream.streamId());
            }
            for (int i = 0; i < streams; i++) {
                Map.Entry<Long, Long> stopped = server.nextStopped();
                assertEquals(CODE + stopped.getKey(), stopped.getValue());
            }
            for (QuicStreamChannel stream : asked) {
                assertEquals(CODE + stream.streamId(), server.codeOf(stream.streamId()));
            }
        }
    }

    @Test
    void the_code_is_learned_after_the_peers_address_changed() throws Exception {
        try (QuicPair pair = new QuicPair();
                MovingRelay relay = new MovingRelay(pair.serverSocket.localAddress())) {
            QuicPair.End client = pair.connect(relay.address());
            QuicPair.End server = pair.accept();
            Object before = server.channel.remoteSocketAddress();
            QuicStreamChannel asked = client.open(false);
            asked.writeAndFlush(QuicPair.bytes(1)).sync();
            server.nextStream();

            relay.move();
            QuicStreamChannel later = client.open(false);
            later.writeAndFlush(QuicPair.bytes(1)).sync();
            server.nextStream();
            assertFalse(before.equals(server.channel.remoteSocketAddress()), "the relay has not moved");

            QuicPair.stop(asked, CODE);
            assertEquals(Map.entry(asked.streamId(), CODE), server.nextStopped());
        }
    }

    @Test
    void packets_that_arrive_segmented_by_the_kernel_are_seen() throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "epoll");
        try (QuicPair pair = new QuicPair(
                EpollIoHandler.newFactory(),
                EpollDatagramChannel.class,
                PeerTrafficSecrets.KEY_LOG,
                Map.of(EpollChannelOption.UDP_GRO, true))) {
            QuicPair.End client = pair.connect();
            QuicPair.End server = pair.accept();
            QuicStreamChannel asked = client.open(false);
            asked.writeAndFlush(QuicPair.bytes(200_000)).sync();
            server.nextStream();
            QuicPair.stop(asked, CODE);
            assertEquals(Map.entry(asked.streamId(), CODE), server.nextStopped());
        }
    }

    @Test
    void without_the_key_log_nothing_is_known_and_nothing_is_broken() throws Exception {
        try (QuicPair pair =
                new QuicPair(NioIoHandler.newFactory(), NioDatagramChannel.class, (engine, line) -> {}, Map.of())) {
            QuicPair.End client = pair.connect();
            QuicPair.End server = pair.accept();
            assertFalse(
                    server.channel.eventLoop().submit(server.observed::canRead).get());
            QuicStreamChannel asked = client.open(false);
            asked.writeAndFlush(QuicPair.bytes(1)).sync();
            QuicStreamChannel answered = server.nextStream();
            ChannelFuture write = answered.writeAndFlush(QuicPair.bytes(8_000_000));
            asked.shutdownInput(7).sync();
            QuicStreamChannel next = client.open(true);
            next.writeAndFlush(QuicPair.bytes(1)).sync();
            server.nextStream();
            assertNull(server.codeOf(asked.streamId()));
            answered.shutdownOutput(0).sync();
            assertFalse(write.isSuccess());
        }
    }

    @Test
    void a_closed_connection_leaves_nothing_behind() throws Exception {
        try (QuicPair pair = new QuicPair()) {
            QuicPair.End client = pair.connect();
            QuicPair.End server = pair.accept();
            QuicStreamChannel asked = client.open(false);
            asked.writeAndFlush(QuicPair.bytes(1)).sync();
            server.nextStream();
            assertTrue(serverTables(pair) > 0);
            client.channel.close().sync();
            server.channel.closeFuture().sync();
            assertEquals(0, serverTables(pair));
        }
    }

    @Test
    void observing_elsewhere_than_on_the_event_loop_is_refused() throws Exception {
        try (QuicPair pair = new QuicPair()) {
            QuicPair.End client = pair.connect();
            assertThrows(
                    IllegalStateException.class, () -> pair.clientObserver.observe(client.channel, (id, code) -> {}));
        }
    }

    private static int serverTables(QuicPair pair) throws Exception {
        return pair.serverSocket
                .eventLoop()
                .submit(pair.serverObserver::entries)
                .get();
    }

    private static long received(QuicPair.End end) throws Exception {
        return end.channel.collectStats().get(10, TimeUnit.SECONDS).recv();
    }

    private static Throwable failure(ChannelFuture write) throws Exception {
        assertTrue(write.await(30, TimeUnit.SECONDS), "the write neither succeeded nor failed");
        return write.cause();
    }
}
