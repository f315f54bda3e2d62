package dev.webtransport.kwik;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import tech.kwik.core.frame.AckFrame;
import tech.kwik.core.frame.MaxDataFrame;
import tech.kwik.core.frame.Range;

/** Kwik does not repeat a MAX_DATA frame that was lost. */
class CreditRepeaterTest {
    private final CreditRepeater repeater = new CreditRepeater();

    @Test
    void credit_whose_packet_was_acknowledged_is_not_sent_again() {
        repeater.handleSent(10, new MaxDataFrame(1000));
        assertNull(repeater.handleAcknowledged(new AckFrame(new Range(8, 10))));
        assertNull(repeater.handleAcknowledged(new AckFrame(new Range(20, 30))));
        assertNull(repeater.handleBlocked());
    }

    @Test
    void credit_whose_packet_was_lost_is_sent_again_once() {
        repeater.handleSent(10, new MaxDataFrame(1000));
        assertNull(repeater.handleAcknowledged(new AckFrame(new Range(11, 12))));
        MaxDataFrame again = repeater.handleAcknowledged(new AckFrame(List.of(new Range(11, 13), new Range(1, 9))));
        assertNotNull(again);
        assertEquals(1000, again.getMaxData());
        assertNull(repeater.handleAcknowledged(new AckFrame(new Range(11, 20))));
    }

    @Test
    void the_newest_credit_counts_and_a_peer_that_is_blocked_is_told_it() {
        repeater.handleSent(10, new MaxDataFrame(2000));
        repeater.handleSent(11, new MaxDataFrame(1000));
        MaxDataFrame again = repeater.handleBlocked();
        assertNotNull(again);
        assertEquals(2000, again.getMaxData());
    }
}
