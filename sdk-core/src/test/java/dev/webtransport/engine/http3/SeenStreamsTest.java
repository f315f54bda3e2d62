package dev.webtransport.engine.http3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeenStreamsTest {
    @Test
    void it_knows_every_stream_that_was_seen_and_no_other() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        SeenStreams seen = new SeenStreams(2);
        Set<Long> expected = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            long id = 2 + 4L * random.nextInt(1_000);
            seen.add(id);
            expected.add(id);
        }
        for (long id = 2; id < 6_000; id += 4) {
            long checked = id;
            assertEquals(expected.contains(id), seen.contains(id), () -> "seed " + seed + ", stream " + checked);
        }
    }

    @Test
    void streams_in_order_leave_no_gap() {
        SeenStreams seen = new SeenStreams(0);
        for (long id = 0; id < 400_000; id += 4) {
            seen.add(id);
        }
        assertEquals(0, seen.gapCount());
        assertEquals(400_000, seen.next());
    }

    @Test
    void gaps_are_bounded_and_the_lowest_is_given_up() {
        SeenStreams seen = new SeenStreams(0);
        for (long i = 0; i <= SeenStreams.MAX_GAPS; i++) {
            seen.add(8 * i + 4);
        }
        assertEquals(SeenStreams.MAX_GAPS, seen.gapCount());
        assertTrue(seen.contains(0));
        assertFalse(seen.contains(8));
    }

    @Test
    void the_largest_id_of_quic_is_one_gap() {
        SeenStreams seen = new SeenStreams(0);
        long last = (1L << 62) - 4;
        seen.add(last);
        assertTrue(seen.contains(last));
        assertFalse(seen.contains(1L << 61));
        assertEquals(1, seen.gapCount());
    }
}
