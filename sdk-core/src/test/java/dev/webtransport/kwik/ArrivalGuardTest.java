package dev.webtransport.kwik;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

    @Test
    void a_peer_whose_packets_wait_long_is_not_heard_until_the_queue_is_short_again() {
        assertTrue(guard.accepts(packet(0x40, SLOW)));
        guard.handleProcessed(SLOW, Instant.now().minusSeconds(1));
        assertFalse(guard.accepts(packet(0x40, SLOW)));
        assertTrue(guard.accepts(packet(0x40, OTHER)));
        guard.handleProcessed(SLOW, Instant.now());
        assertTrue(guard.accepts(packet(0x40, SLOW)));
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
