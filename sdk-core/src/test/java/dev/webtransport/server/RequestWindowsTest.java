package dev.webtransport.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Windows of time that slide, a client each. */
class RequestWindowsTest {
    private static InetAddress address(String literal) throws UnknownHostException {
        return InetAddress.getByName(literal);
    }

    @Test
    void so_many_pass_within_any_window_and_the_rest_is_told_how_long_to_wait() throws Exception {
        RequestWindows windows = new RequestWindows(2, 100, 10);
        InetAddress client = address("192.0.2.1");
        assertEquals(0, windows.take(client, 0));
        assertEquals(0, windows.take(client, 60));
        assertEquals(1, windows.take(client, 99));
        assertEquals(0, windows.take(client, 100), "the first one is out of the window");
        assertEquals(59, windows.take(client, 101), "what was refused does not count, what passed does");
        assertEquals(0, windows.take(client, 160));
    }

    @Test
    void clients_do_not_count_for_each_other_but_those_of_one_ipv6_network_do() throws Exception {
        RequestWindows windows = new RequestWindows(1, 100, 10);
        assertEquals(0, windows.take(address("192.0.2.1"), 0));
        assertEquals(0, windows.take(address("192.0.2.2"), 0));
        assertEquals(0, windows.take(address("2001:db8:0:1::1"), 0));
        assertEquals(100, windows.take(address("2001:db8:0:1:ffff::2"), 0));
        assertEquals(0, windows.take(address("2001:db8:0:2::1"), 0));
    }

    @Test
    void the_client_that_was_quiet_for_longest_is_forgotten_first() throws Exception {
        RequestWindows windows = new RequestWindows(1, 100, 2);
        InetAddress old = address("192.0.2.1");
        InetAddress busy = address("192.0.2.2");
        assertEquals(0, windows.take(busy, 0));
        assertEquals(0, windows.take(old, 1));
        assertEquals(98, windows.take(busy, 2));
        assertEquals(0, windows.take(address("192.0.2.3"), 3));
        assertEquals(2, windows.tracked());
        assertEquals(96, windows.take(busy, 4), "one who keeps asking is not forgotten");
        assertEquals(0, windows.take(old, 5));
    }

    @Test
    void a_random_walk_agrees_with_a_list_of_all_times() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int limit = 1 + random.nextInt(20);
        RequestWindows windows = new RequestWindows(limit, 1_000, 10);
        ArrayDeque<Long> passed = new ArrayDeque<>();
        long now = random.nextLong();
        for (int i = 0; i < 5_000; i++) {
            now += random.nextInt(150);
            while (!passed.isEmpty() && now - passed.getFirst() >= 1_000) {
                passed.removeFirst();
            }
            long expected = passed.size() < limit ? 0 : passed.getFirst() + 1_000 - now;
            assertEquals(expected, windows.take(address("192.0.2.1"), now), "seed " + seed + ", step " + i);
            if (expected == 0) {
                passed.addLast(now);
            }
        }
    }
}
