package dev.webtransport.kwik;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReceivedRangesTest {
    private final ReceivedRanges ranges = new ReceivedRanges();

    @Test
    void bytes_behind_a_gap_do_not_count_until_it_is_closed() {
        ranges.add(10, 20);
        assertEquals(0, ranges.contiguous());
        ranges.add(0, 5);
        assertEquals(5, ranges.contiguous());
        ranges.add(5, 10);
        assertEquals(20, ranges.contiguous());
        assertEquals(0, ranges.gaps());
    }

    @Test
    void what_comes_twice_or_overlaps_counts_once() {
        ranges.add(0, 10);
        ranges.add(0, 10);
        ranges.add(5, 15);
        ranges.add(3, 3);
        assertEquals(15, ranges.contiguous());
    }

    @Test
    void neighbours_beyond_a_gap_are_remembered_as_one() {
        ranges.add(10, 20);
        ranges.add(30, 40);
        ranges.add(20, 30);
        assertEquals(1, ranges.gaps());
        ranges.add(5, 50);
        assertEquals(1, ranges.gaps());
        ranges.add(0, 5);
        assertEquals(50, ranges.contiguous());
    }

    @Test
    void a_stream_is_complete_when_its_end_is_known_and_everything_before_it_is_there() {
        ranges.finish(10);
        assertFalse(ranges.isComplete());
        ranges.add(5, 10);
        assertFalse(ranges.isComplete());
        ranges.add(0, 5);
        assertTrue(ranges.isComplete());
        assertTrue(ranges.isEnd(10));
    }

    @Test
    void an_empty_stream_is_complete_with_its_end() {
        assertFalse(ranges.isComplete());
        ranges.finish(0);
        assertTrue(ranges.isComplete());
    }

    @Test
    void any_order_of_arrival_ends_alike() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            ReceivedRanges any = new ReceivedRanges();
            List<Integer> starts = new ArrayList<>();
            for (int start = 0; start < 1000; start += 10) {
                starts.add(start);
            }
            Collections.shuffle(starts, random);
            for (int start : starts) {
                any.add(Math.max(0, start - random.nextInt(15)), start + 10);
            }
            assertEquals(1000, any.contiguous(), "seed " + seed);
            assertEquals(0, any.gaps(), "seed " + seed);
        }
    }
}
