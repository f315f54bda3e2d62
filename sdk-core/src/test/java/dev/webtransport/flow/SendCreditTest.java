package dev.webtransport.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SendCreditTest {
    @Test
    void credit_is_taken_up_to_the_limit() {
        SendCredit credit = new SendCredit(10);
        assertEquals(7, credit.take(7));
        assertEquals(3, credit.take(7));
        assertEquals(0, credit.take(7));
        assertEquals(10, credit.used());
    }

    @Test
    void only_a_higher_limit_changes_anything() {
        SendCredit credit = new SendCredit(10);
        assertEquals(SendCredit.Raise.SAME, credit.raise(10));
        assertEquals(SendCredit.Raise.LOWER, credit.raise(9));
        assertEquals(10, credit.limit());
        assertEquals(SendCredit.Raise.RAISED, credit.raise((1L << 62) - 1));
        assertEquals((1L << 62) - 1, credit.take(Long.MAX_VALUE));
    }

    @Test
    void what_comes_back_can_be_taken_again_but_no_more_than_was_taken() {
        SendCredit credit = new SendCredit(10);
        credit.take(6);
        credit.giveBack(2);
        assertEquals(6, credit.take(100));
        assertThrows(IllegalStateException.class, () -> credit.giveBack(11));
        assertThrows(IllegalStateException.class, () -> credit.giveBack(-1));
    }

    @Test
    void the_peer_is_told_once_for_each_limit_that_stands_in_the_way() {
        SendCredit credit = new SendCredit(2);
        assertFalse(credit.block(), "there is credit left");
        credit.take(2);
        assertTrue(credit.block());
        assertFalse(credit.block());
        assertEquals(2, credit.pollBlocked());
        assertEquals(SendCredit.NOTHING, credit.pollBlocked());
        credit.raise(3);
        credit.take(1);
        assertTrue(credit.block());
        assertEquals(3, credit.pollBlocked());
    }

    @Test
    void nothing_is_told_of_a_limit_that_was_raised_meanwhile() {
        SendCredit credit = new SendCredit(0);
        assertTrue(credit.block());
        credit.raise(5);
        assertEquals(SendCredit.NOTHING, credit.pollBlocked());
    }
}
