package dev.webtransport.kwik;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tech.kwik.core.frame.AckFrame;
import tech.kwik.core.frame.DatagramFrame;
import tech.kwik.core.frame.PingFrame;
import tech.kwik.core.frame.QuicFrame;
import tech.kwik.core.frame.Range;

/** Two ends that run Kwik acknowledge each other's acknowledgements without end, unless one asks twice. */
class PingExchangeTest {
    private static final List<QuicFrame> PING = List.of(new AckFrame(new Range(1, 2)), new PingFrame());
    private static final List<QuicFrame> ACKNOWLEDGEMENT = List.of(new AckFrame(new Range(1, 2)));
    private static final List<QuicFrame> DATA = List.of(new DatagramFrame(new byte[1]));

    private final PingExchange exchange = new PingExchange();

    @Test
    void a_ping_that_answers_a_ping_is_followed_by_another_once() {
        exchange.handleReceived(PING);
        assertTrue(exchange.handleSent(PING));
        assertFalse(exchange.handleSent(PING));
    }

    @Test
    void a_ping_of_ones_own_accord_stays_alone() {
        assertFalse(exchange.handleSent(PING));
        exchange.handleReceived(DATA);
        assertFalse(exchange.handleSent(PING));
        exchange.handleReceived(ACKNOWLEDGEMENT);
        assertFalse(exchange.handleSent(PING));
    }

    @Test
    void a_ping_is_answered_by_an_acknowledgement_alone() {
        exchange.handleReceived(PING);
        assertFalse(exchange.handleSent(ACKNOWLEDGEMENT));
    }

    @Test
    void data_between_the_two_is_no_answer() {
        exchange.handleReceived(PING);
        assertFalse(exchange.handleSent(DATA));
        exchange.handleReceived(DATA);
        assertFalse(exchange.handleSent(PING));
    }
}
