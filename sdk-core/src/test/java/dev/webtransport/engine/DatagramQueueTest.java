package dev.webtransport.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class DatagramQueueTest {
    @Test
    void what_waits_leaves_in_order() {
        DatagramQueue queue = new DatagramQueue(2, Long.MAX_VALUE);
        assertNull(queue.poll());
        assertTrue(queue.offer(new byte[] {1}, 0));
        assertTrue(queue.offer(new byte[] {2}, 1L << 62));
        assertEquals(0, queue.expire(1L << 62));
        assertArrayEquals(new byte[] {1}, queue.poll());
        assertArrayEquals(new byte[] {2}, queue.poll());
        assertNull(queue.poll());
    }

    @Test
    void a_full_queue_refuses_or_lets_the_oldest_go() {
        DatagramQueue queue = new DatagramQueue(1, Long.MAX_VALUE);
        assertFalse(queue.offerDroppingOldest(new byte[] {1}, 0));
        assertFalse(queue.hasRoom());
        assertFalse(queue.offer(new byte[] {2}, 0));
        assertTrue(queue.offerDroppingOldest(new byte[] {3}, 0));
        assertEquals(1, queue.size());
        assertArrayEquals(new byte[] {3}, queue.poll());
        assertTrue(queue.hasRoom());
    }

    @Test
    void what_has_waited_for_its_maximum_age_expires_and_nothing_younger() {
        DatagramQueue queue = new DatagramQueue(8, 100);
        queue.offer(new byte[] {1}, 10);
        queue.offer(new byte[] {2}, 60);
        assertEquals(0, queue.expire(109));
        assertEquals(1, queue.expire(110));
        assertArrayEquals(new byte[] {2}, queue.peek());
        assertEquals(1, queue.expire(1000));
        assertEquals(0, queue.size());
    }

    @Test
    void only_what_was_peeked_at_is_removed() {
        DatagramQueue queue = new DatagramQueue(8, 100);
        queue.offer(new byte[] {1}, 0);
        queue.offer(new byte[] {2}, 50);
        byte[] first = queue.peek();
        queue.expire(100);
        queue.remove(first);
        assertEquals(1, queue.size());
        queue.remove(queue.peek());
        assertEquals(0, queue.size());
    }

    @Test
    void a_queue_without_room_or_time_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> new DatagramQueue(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new DatagramQueue(1, 0));
    }

    /** Random calls next to a model: nothing is lost but what is counted, and the bounds hold. */
    @RepeatedTest(20)
    void every_datagram_is_polled_refused_dropped_or_expired() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int capacity = 1 + random.nextInt(5);
        long age = 1 + random.nextInt(50);
        DatagramQueue queue = new DatagramQueue(capacity, age);
        ArrayDeque<Long> model = new ArrayDeque<>();
        long now = 0;
        for (int step = 0; step < 1000; step++) {
            now += random.nextInt(10);
            int expired = 0;
            while (!model.isEmpty() && now - model.peekFirst() >= age) {
                model.removeFirst();
                expired++;
            }
            assertEquals(expired, queue.expire(now), "seed " + seed);
            if (random.nextInt(3) == 0) {
                assertEquals(model.pollFirst() != null, queue.poll() != null, "seed " + seed);
            } else if (random.nextBoolean()) {
                assertEquals(model.size() < capacity, queue.offer(new byte[1], now), "seed " + seed);
                if (model.size() < capacity) {
                    model.addLast(now);
                }
            } else {
                boolean full = model.size() == capacity;
                assertEquals(full, queue.offerDroppingOldest(new byte[1], now), "seed " + seed);
                if (full) {
                    model.removeFirst();
                }
                model.addLast(now);
            }
            assertEquals(model.size(), queue.size(), "seed " + seed);
        }
    }
}
