package dev.webtransport.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.flow.SendScheduler.Sender;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class SendSchedulerTest {
    private static final int PIECE = 1000;

    private final SendScheduler<Stream> scheduler = new SendScheduler<>();
    private final Object a = new Object();
    private final Object b = new Object();

    /** What the tests know of a sender. */
    private static final class Stream {
        final String name;
        Object group;
        long order;
        boolean ready;
        long sent;

        Stream(String name, Object group, long order) {
            this.name = name;
            this.group = group;
            this.order = order;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private Sender<Stream> ready(String name, Object group, long order) {
        Sender<Stream> sender = scheduler.add(new Stream(name, group, order), group, order);
        scheduler.setReady(sender, true);
        return sender;
    }

    /** Lets the next one send a piece. */
    private Stream turn(int bytes) {
        Sender<Stream> next = scheduler.peek();
        assertNotNull(next);
        scheduler.handleSent(next, bytes);
        next.owner().sent += bytes;
        return next.owner();
    }

    private void turns(int count) {
        for (int i = 0; i < count; i++) {
            turn(PIECE);
        }
    }

    @Test
    void nobody_is_next_while_nobody_is_ready() {
        assertNull(scheduler.peek());
        Sender<Stream> sender = scheduler.add(new Stream("one", a, 0), a, 0);
        assertNull(scheduler.peek());
        scheduler.setReady(sender, true);
        assertSame(sender, scheduler.peek());
        scheduler.setReady(sender, false);
        assertNull(scheduler.peek());
    }

    @Test
    void who_comes_after_one_that_has_gone_inherits_nothing_of_it() {
        Sender<Stream> gone = ready("gone", a, 5);
        turns(10);
        scheduler.remove(gone);
        Sender<Stream> next = ready("next", b, 5);
        Sender<Stream> other = ready("other", a, 5);
        turns(10);
        assertEquals(5 * PIECE, next.owner().sent);
        assertEquals(5 * PIECE, other.owner().sent);
        scheduler.remove(next);
        scheduler.remove(other);
        assertNull(scheduler.peek());
        assertEquals(0, scheduler.held());
    }

    @Test
    void a_lower_order_starves_until_the_higher_has_nothing_to_send() {
        Sender<Stream> low = ready("low", a, -1);
        Sender<Stream> high = ready("high", a, Long.MAX_VALUE);
        turns(100);
        assertEquals(0, low.owner().sent);
        scheduler.setReady(high, false);
        turns(3);
        assertEquals(3 * PIECE, low.owner().sent);
        scheduler.setReady(high, true);
        assertSame(high, scheduler.peek());
    }

    @Test
    void equal_orders_share_and_pieces_may_differ() {
        Sender<Stream> small = ready("small", a, 0);
        Sender<Stream> large = ready("large", a, 0);
        for (int i = 0; i < 1000; i++) {
            turn(scheduler.peek() == small ? 100 : 700);
        }
        assertTrue(Math.abs(small.owner().sent - large.owner().sent) <= 700);
    }

    @Test
    void groups_share_whatever_the_orders_in_them() {
        Sender<Stream> first = ready("first", a, 10);
        Sender<Stream> second = ready("second", a, 5);
        Sender<Stream> other = ready("other", b, 0);
        turns(1000);
        assertEquals(500 * PIECE, first.owner().sent);
        assertEquals(0, second.owner().sent);
        assertEquals(500 * PIECE, other.owner().sent);
    }

    @Test
    void many_senders_of_a_group_get_no_more_than_one_of_another() {
        for (int i = 0; i < 9; i++) {
            ready("crowd " + i, a, 0);
        }
        Sender<Stream> alone = ready("alone", b, 0);
        turns(1000);
        assertEquals(500 * PIECE, alone.owner().sent);
    }

    @Test
    void who_was_away_has_saved_nothing_up() {
        Sender<Stream> busy = ready("busy", a, 0);
        Sender<Stream> lazy = ready("lazy", a, 0);
        Sender<Stream> otherGroup = ready("other group", b, 0);
        scheduler.setReady(lazy, false);
        scheduler.setReady(otherGroup, false);
        turns(1000);
        scheduler.setReady(lazy, true);
        scheduler.setReady(otherGroup, true);
        busy.owner().sent = 0;
        turns(400);
        assertTrue(
                Math.abs(otherGroup.owner().sent - 200 * PIECE) <= 2 * PIECE,
                "other group: " + otherGroup.owner().sent);
        assertTrue(Math.abs(lazy.owner().sent - 100 * PIECE) <= 2 * PIECE, "lazy: " + lazy.owner().sent);
    }

    @Test
    void a_new_order_counts_at_once() {
        Sender<Stream> one = ready("one", a, 1);
        Sender<Stream> two = ready("two", a, 2);
        assertSame(two, scheduler.peek());
        scheduler.prioritize(one, a, 3);
        assertSame(one, scheduler.peek());
        scheduler.prioritize(one, b, 0);
        turns(10);
        assertEquals(5 * PIECE, one.owner().sent);
        assertEquals(5 * PIECE, two.owner().sent);
    }

    @Test
    void who_is_in_no_group_comes_before_everybody() {
        ready("urgent", a, Long.MAX_VALUE);
        Sender<Stream> protocol = ready("control stream", null, Long.MIN_VALUE);
        turns(10);
        assertEquals(10 * PIECE, protocol.owner().sent);
    }

    @Test
    void who_was_removed_is_forgotten() {
        Sender<Stream> gone = ready("gone", a, 7);
        scheduler.remove(gone);
        scheduler.remove(gone);
        scheduler.setReady(gone, true);
        scheduler.handleSent(gone, 5);
        scheduler.prioritize(gone, b, 1);
        assertNull(scheduler.peek());
        assertEquals(0, scheduler.held());
        assertEquals(0, scheduler.readySenders());
    }

    /** Walks through random calls next to a model that looks at everybody each time. */
    @RepeatedTest(50)
    void whatever_happens_nobody_is_passed_over() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Object[] groups = {a, b, new Object(), null};
        List<Sender<Stream>> senders = new ArrayList<>();
        for (int step = 0; step < 2000; step++) {
            int what = random.nextInt(10);
            if (senders.isEmpty() || what == 0) {
                Stream stream = new Stream("s" + step, groups[random.nextInt(4)], random.nextInt(3) - 1);
                senders.add(scheduler.add(stream, stream.group, stream.order));
            } else {
                Sender<Stream> sender = senders.get(random.nextInt(senders.size()));
                Stream stream = sender.owner();
                if (what == 1) {
                    scheduler.remove(sender);
                    senders.remove(sender);
                } else if (what == 2) {
                    stream.group = groups[random.nextInt(4)];
                    stream.order = random.nextInt(3) - 1;
                    scheduler.prioritize(sender, stream.group, stream.order);
                } else if (what < 6) {
                    stream.ready = random.nextBoolean();
                    scheduler.setReady(sender, stream.ready);
                } else if (scheduler.peek() != null) {
                    turn(1 + random.nextInt(PIECE));
                }
            }
            check(senders, "seed " + seed + ", step " + step);
        }
        senders.forEach(scheduler::remove);
        assertEquals(0, scheduler.held(), "seed " + seed);
        assertNull(scheduler.peek(), "seed " + seed);
    }

    private void check(List<Sender<Stream>> senders, String where) {
        Sender<Stream> next = scheduler.peek();
        Map<Object, Long> highest = new HashMap<>();
        long ready = 0;
        for (Sender<Stream> sender : senders) {
            Stream stream = sender.owner();
            assertEquals(stream.ready, sender.isReady(), where);
            if (stream.ready) {
                ready++;
                highest.merge(stream.group, stream.order, Math::max);
            }
        }
        assertEquals(ready, scheduler.readySenders(), where);
        if (highest.isEmpty()) {
            assertNull(next, where);
            return;
        }
        assertNotNull(next, where);
        assertTrue(next.owner().ready, where);
        assertEquals(highest.get(next.owner().group), next.owner().order, where);
        if (highest.containsKey(null)) {
            assertNull(next.owner().group, where);
        }
    }

    /** Random pieces, random groups, all ready all the time: nobody is further ahead than two pieces. */
    @RepeatedTest(20)
    void shares_of_those_who_always_have_something_to_send_stay_equal() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<Object, List<Sender<Stream>>> groups = new HashMap<>();
        for (int i = 0; i < 2 + random.nextInt(20); i++) {
            Object group = random.nextBoolean() ? a : b;
            groups.computeIfAbsent(group, any -> new ArrayList<>()).add(ready("s" + i, group, 0));
        }
        for (int i = 0; i < 5000; i++) {
            turn(1 + random.nextInt(PIECE));
        }
        long[] sums = groups.values().stream()
                .mapToLong(members ->
                        members.stream().mapToLong(s -> s.owner().sent).sum())
                .toArray();
        if (sums.length == 2) {
            assertTrue(Math.abs(sums[0] - sums[1]) <= 2 * PIECE, "seed " + seed);
        }
        for (List<Sender<Stream>> members : groups.values()) {
            long least = members.stream().mapToLong(s -> s.owner().sent).min().orElseThrow();
            long most = members.stream().mapToLong(s -> s.owner().sent).max().orElseThrow();
            assertTrue(most - least <= 2 * PIECE, "seed " + seed);
        }
    }
}
