package dev.webtransport.kwik;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ArrivalGuardTest {
    private static final InetSocketAddress SLOW = new InetSocketAddress("127.0.0.1", 1001);
    private static final InetSocketAddress OTHER = new InetSocketAddress("127.0.0.1", 1002);
    private final ArrivalGuard guard = new ArrivalGuard();

    private static DatagramPacket packet(int firstByte, InetSocketAddress from) {
        byte[] bytes = new byte[1200];
        bytes[0] = (byte) firstByte;
        return new DatagramPacket(bytes, bytes.length, from);
    }

    private int acceptedOf(int count, InetSocketAddress from) {
        int accepted = 0;
        for (int i = 0; i < count; i++) {
            accepted += guard.accepts(packet(0x40, from)) ? 1 : 0;
        }
        return accepted;
    }

    @Test
    void a_pause_drops_nothing_and_a_queue_that_grows_is_cut_for_its_peer_alone() {
        guard.handleProcessed(SLOW, Instant.now().minusSeconds(1));
        assertTrue(guard.accepts(packet(0x40, SLOW)));
        int accepted = acceptedOf(100_000, SLOW);
        // One who is so slow that the count is forgotten in between lets more pass.
        assertTrue(accepted >= ArrivalGuard.MAX_WAITING - 1 && accepted < 100_000, accepted + " accepted");
        assertEquals(100, acceptedOf(100, OTHER));
    }

    @Test
    void what_is_processed_makes_room_and_a_short_queue_ends_the_counting() {
        guard.handleProcessed(SLOW, Instant.now().minusSeconds(1));
        acceptedOf(ArrivalGuard.MAX_WAITING, SLOW);
        for (int i = 0; i < 100; i++) {
            guard.handleProcessed(SLOW, Instant.now().minusSeconds(1));
        }
        assertTrue(acceptedOf(100, SLOW) >= 99);
        guard.handleProcessed(SLOW, Instant.now());
        assertEquals(10_000, acceptedOf(10_000, SLOW));
    }

    @Test
    void peers_of_whom_nothing_is_heard_any_more_are_forgotten() {
        AtomicLong now = new AtomicLong();
        ArrivalGuard guard = new ArrivalGuard(now::get);
        for (int port = 1; port <= 10_000; port++) {
            // As the last packets of a connection are, after its end.
            guard.forget(peer(port));
            guard.handleProcessed(peer(port), Instant.now().minusSeconds(1));
            now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        }

        assertTrue(guard.size() <= ArrivalGuard.MAX_STALE, guard.size() + " are kept");
    }

    @Test
    void peers_with_which_it_is_behind_at_the_moment_are_not_forgotten_however_many() {
        AtomicLong now = new AtomicLong();
        ArrivalGuard guard = new ArrivalGuard(now::get);
        int peers = 4 * ArrivalGuard.MAX_STALE;
        for (int port = 1; port <= peers; port++) {
            guard.handleProcessed(peer(port), Instant.now().minusSeconds(1));
        }

        assertEquals(peers, guard.size());
    }

    private static InetSocketAddress peer(int port) {
        return new InetSocketAddress("127.0.0.1", port);
    }

    @Test
    void a_flood_of_first_packets_is_cut() {
        int accepted = 0;
        for (int i = 0; i < 1_000_000; i++) {
            accepted += guard.accepts(packet(0xc3, OTHER)) ? 1 : 0;
        }
        // A machine so slow that this takes seconds lets as many pass in each.
        assertTrue(accepted >= 2000 && accepted < 100_000, accepted + " accepted");
        assertTrue(guard.accepts(packet(0x40, OTHER)));
        assertEquals(true, guard.accepts(packet(0xe0, OTHER)), "handshake packets are not first packets");
    }
}
