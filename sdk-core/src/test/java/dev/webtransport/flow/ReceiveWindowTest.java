package dev.webtransport.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ReceiveWindowTest {
    private static final long LARGEST = CreditKind.DATA.largest();

    @Test
    void the_limit_is_told_when_it_gains_more_than_half_a_window() {
        ReceiveWindow window = ReceiveWindow.automatic(100, 100, LARGEST);
        assertTrue(window.receive(100));
        assertFalse(window.consume(50));
        assertEquals(SendCredit.NOTHING, window.pollGrant());
        assertTrue(window.consume(1));
        assertEquals(151, window.pollGrant());
        assertEquals(SendCredit.NOTHING, window.pollGrant());
        assertEquals(151, window.limit());
    }

    @Test
    void any_gain_is_told_while_the_peer_is_blocked_at_the_limit() {
        ReceiveWindow window = ReceiveWindow.automatic(100, 100, LARGEST);
        window.receive(100);
        assertTrue(window.handleBlocked(100));
        assertFalse(window.handleBlocked(100), "it is no news");
        assertEquals(SendCredit.NOTHING, window.pollGrant());
        assertTrue(window.consume(1));
        assertEquals(101, window.pollGrant());
        assertFalse(window.consume(1), "the peer has credit again");
    }

    @Test
    void a_window_that_begins_lower_than_it_is_wide_opens_at_once() {
        assertEquals(64, ReceiveWindow.automatic(0, 64, LARGEST).pollGrant());
    }

    @Test
    void a_window_that_begins_higher_than_it_is_wide_waits_until_it_is_used_up_to_that() {
        ReceiveWindow window = ReceiveWindow.automatic(1000, 10, LARGEST);
        window.receive(1000);
        assertFalse(window.consume(990));
        assertTrue(window.consume(6));
        assertEquals(1006, window.pollGrant());
    }

    @Test
    void more_than_was_given_is_seen_for_ever() {
        ReceiveWindow window = ReceiveWindow.automatic(10, 10, LARGEST);
        assertTrue(window.receive(10));
        assertFalse(window.isExceeded());
        assertFalse(window.receive(1));
        assertTrue(window.isExceeded());
    }

    @Test
    void a_manual_window_moves_only_by_grants_that_are_higher() {
        ReceiveWindow window = ReceiveWindow.manual(10, LARGEST);
        window.receive(10);
        window.consume(10);
        window.handleBlocked(10);
        assertEquals(SendCredit.NOTHING, window.pollGrant());
        assertFalse(window.grant(10));
        assertFalse(window.grant(9));
        assertTrue(window.grant(11));
        assertTrue(window.grant(20));
        assertEquals(20, window.pollGrant());
        assertEquals(SendCredit.NOTHING, window.pollGrant());
        assertThrows(IllegalArgumentException.class, () -> window.grant(-1));
        assertThrows(IllegalArgumentException.class, () -> window.grant(LARGEST + 1));
    }

    @Test
    void an_automatic_window_takes_no_grants() {
        assertThrows(IllegalStateException.class, () -> ReceiveWindow.automatic(0, 1, LARGEST)
                .grant(5));
    }

    @Test
    void the_limit_ends_at_the_largest_number() {
        ReceiveWindow window = ReceiveWindow.automatic(LARGEST, 10, LARGEST);
        window.receive(LARGEST);
        window.consume(LARGEST);
        assertEquals(SendCredit.NOTHING, window.pollGrant());
        assertEquals(LARGEST, window.limit());
    }

    @Test
    void what_was_abandoned_shows_when_the_peer_is_blocked_and_can_be_used_again() {
        ReceiveWindow window = ReceiveWindow.automatic(100, 100, LARGEST);
        window.receive(30);
        window.consume(30);
        assertFalse(window.abandon());
        window.handleBlocked(100);
        assertEquals(200, window.pollGrant(), "70 bytes of a stream that was reset are lost");
    }

    @Test
    void it_also_shows_when_the_peer_was_blocked_before() {
        ReceiveWindow window = ReceiveWindow.automatic(100, 100, LARGEST);
        window.handleBlocked(100);
        assertEquals(SendCredit.NOTHING, window.pollGrant());
        assertTrue(window.abandon());
        assertEquals(200, window.pollGrant());
    }

    @Test
    void an_estimate_of_what_is_lost_never_accuses_the_peer() {
        ReceiveWindow window = ReceiveWindow.automatic(100, 100, LARGEST);
        window.abandon();
        window.handleBlocked(100);
        assertEquals(200, window.pollGrant());
        assertTrue(window.receive(100), "it was only late");
        assertTrue(window.receive(100));
        assertFalse(window.isExceeded());
    }

    @Test
    void what_may_be_lost_is_lost_only_where_something_is_missing() {
        ReceiveWindow window = ReceiveWindow.automatic(5, 5, LARGEST);
        assertEquals(0, window.lose(3), "the peer is not blocked");
        window.receive(4);
        window.handleBlocked(5);
        assertEquals(1, window.lose(3));
        assertEquals(6, window.pollGrant());
    }
}
