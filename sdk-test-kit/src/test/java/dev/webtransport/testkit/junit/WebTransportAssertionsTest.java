package dev.webtransport.testkit.junit;

import static dev.webtransport.testkit.junit.WebTransportAssertions.assertClosedWith;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertFinished;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertLost;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertNoDatagram;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertReceives;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertReceivesDatagram;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertReset;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertStopped;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.async.AsyncReceiveStream;
import dev.webtransport.async.AsyncSendStream;
import dev.webtransport.error.ConnectionLostException;
import dev.webtransport.error.SessionTimedOutException;
import dev.webtransport.testkit.LeakCheck;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Perspective;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.opentest4j.AssertionFailedError;

@Loopback(leakCheck = LeakCheck.COROUTINES)
final class WebTransportAssertionsTest {
    private AsyncLoopbackPair pair;
    private AsyncSendStream sending;
    private AsyncReceiveStream receiving;

    @BeforeEach
    void openStream(AsyncLoopbackPair pair) throws Exception {
        this.pair = pair;
        sending = pair.await(pair.client().createUnidirectionalStream());
        pair.await(sending.write("hello".getBytes()));
        receiving = pair.await(pair.server().acceptUnidirectionalStream()).orElseThrow();
    }

    /** The failure of an assertion, whose message has all of these. */
    private static AssertionFailedError fails(Executable assertion, String... parts) {
        AssertionFailedError failure = assertThrows(AssertionFailedError.class, assertion);
        for (String part : parts) {
            assertTrue(failure.getMessage().contains(part), part + " is not in: " + failure.getMessage());
        }
        assertTrue(
                failure.isExpectedDefined() && failure.isActualDefined(), "expected and actual are there to compare");
        return failure;
    }

    @Test
    void bytes_are_read_as_far_as_they_are_expected() {
        assertReceives(receiving, "he");
        assertReceives(receiving, new byte[] {'l', 'l', 'o'});
    }

    @Test
    void other_bytes_are_shown() {
        AssertionFailedError failure = fails(() -> assertReceives(receiving, "howdy"), "other bytes");
        assertEquals("\"howdy\" (5 bytes)", failure.getExpected().getValue());
        assertEquals("\"hello\" (5 bytes)", failure.getActual().getValue());
    }

    @Test
    void bytes_that_do_not_come_are_waited_for_until_nothing_is_left_to_do_and_the_stream_stays_usable()
            throws Exception {
        fails(
                () -> assertReceives(receiving, "hello, world"),
                "\"hello\" (5 bytes)",
                "no more",
                "AsyncReceiveStream.read");
        pair.await(sending.write("again".getBytes()));
        assertReceives(receiving, "again");
    }

    @Test
    void a_stream_that_ends_early_is_told_from_one_that_waits() throws Exception {
        pair.await(sending.finish());
        fails(() -> assertReceives(receiving, "hello, world"), "ended then");
    }

    @Test
    void the_clean_end_is_told_from_bytes_from_a_wait_and_from_a_reset() throws Exception {
        fails(() -> assertFinished(receiving), "goes on", "\"hello\"");
        fails(() -> assertFinished(receiving), "did not end", "did not complete within");
        sending.reset(7);
        fails(() -> assertFinished(receiving), "did not end well", "7");
    }

    @Test
    void the_clean_end_is_seen_again_and_again() throws Exception {
        pair.await(sending.finish());
        assertReceives(receiving, "hello");
        assertFinished(receiving);
        assertFinished(receiving);
        fails(() -> assertReset(receiving, 7), "its clean end");
    }

    @Test
    void a_reset_is_seen_with_its_code_whatever_came_before() {
        fails(() -> assertReset(receiving, 7), "not reset", "did not complete within");
        sending.reset(7);
        fails(() -> assertReset(receiving, 8), "code 8", "code 7");
        assertReset(receiving, 7);
    }

    @Test
    void a_stop_is_seen_with_its_code() {
        fails(() -> assertStopped(sending, 9), "not stopped");
        receiving.stopSending(9);
        assertStopped(sending, 9);
        fails(() -> assertStopped(sending, 10), "code 10", "code 9");
    }

    @Test
    void a_close_is_seen_with_code_and_reason_at_both_ends() throws Exception {
        fails(() -> assertClosedWith(pair.server(), 4, "enough"), "not closed", "CONNECTED");
        pair.await(pair.client().close(CloseInfo.of(4, "enough")));
        assertClosedWith(pair.server(), 4, "enough");
        assertClosedWith(pair.client(), 4, "enough");
        fails(() -> assertClosedWith(pair.server(), 4, "more"), "in another way", "enough");
        fails(() -> assertLost(pair.server()), "not lost");
        fails(() -> assertReceivesDatagram(pair.server(), "late"), "no datagram");
    }

    @Test
    void a_loss_is_told_from_a_close() {
        fails(() -> assertLost(pair.client()), "not lost", "CONNECTED");
        pair.loopback().network().kill(Perspective.SERVER);
        assertInstanceOf(ConnectionLostException.class, assertLost(pair.server()));
        assertInstanceOf(SessionTimedOutException.class, assertLost(pair.client()));
        fails(() -> assertClosedWith(pair.client(), 0, ""), "not closed but lost");
        fails(() -> assertReceives(receiving, "hello, world"), "failed then");
    }

    @Test
    void a_datagram_is_compared_with_the_next_one() throws Exception {
        assertNoDatagram(pair.server(), Duration.ofSeconds(1));
        assertEquals(Duration.ofSeconds(1), pair.time().now());
        fails(() -> assertReceivesDatagram(pair.server(), "one"), "no datagram came", "did not complete within");
        pair.client().sendDatagram("one".getBytes());
        assertReceivesDatagram(pair.server(), "one");
        pair.client().sendDatagram(new byte[] {1, 2});
        fails(() -> assertReceivesDatagram(pair.server(), new byte[] {1, 3}), "0x0102 (2 bytes)", "0x0103 (2 bytes)");
        pair.client().sendDatagram("two".getBytes());
        fails(() -> assertNoDatagram(pair.server(), Duration.ofSeconds(1)), "a datagram came", "\"two\"");
    }
}
