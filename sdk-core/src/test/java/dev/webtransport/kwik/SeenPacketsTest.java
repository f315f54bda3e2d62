package dev.webtransport.kwik;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SeenPacketsTest {
    private final SeenPackets seen = new SeenPackets();

    @Test
    void a_packet_is_new_once() {
        assertTrue(seen.add(0));
        assertFalse(seen.add(0));
        assertTrue(seen.add(5));
        assertTrue(seen.add(3));
        assertFalse(seen.add(3));
        assertFalse(seen.add(5));
    }

    @Test
    void a_number_is_not_taken_for_one_that_shares_its_place() {
        assertTrue(seen.add(7));
        assertTrue(seen.add(7 + 1024));
        assertTrue(seen.add(8 + 2048));
        assertTrue(seen.add(8 + 1024 + 1));
    }

    @Test
    void what_is_older_than_the_window_counts_as_seen() {
        assertTrue(seen.add(5000));
        assertFalse(seen.add(5000 - 1024));
        assertTrue(seen.add(5000 - 1023));
    }
}
