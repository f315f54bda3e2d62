package dev.webtransport.kwik;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.time.Instant;
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
