package dev.webtransport.kwik;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tech.kwik.core.frame.AckFrame;
import tech.kwik.core.frame.Range;
import tech.kwik.core.frame.StreamFrame;

class AcknowledgementsTest {
    private final Acknowledgements acknowledgements = new Acknowledgements();
    private final Acknowledgements.Progress progress = new Acknowledgements.Progress();
    private final AtomicInteger called = new AtomicInteger();

    private void send(long packet, long offset, int length, boolean isFinal) {
        acknowledgements.handleSent(packet, progress, new StreamFrame(4, offset, new byte[length], isFinal));
    }

    @Test
    void a_stream_is_acknowledged_up_to_the_first_gap() {
        send(1, 0, 100, false);
        send(2, 100, 100, false);
        send(3, 200, 100, false);
        acknowledgements.handleAcknowledged(new AckFrame(List.of(new Range(3, 3), new Range(1, 1))));
        assertEquals(100, progress.acknowledged());
        acknowledgements.handleAcknowledged(new AckFrame(new Range(1, 3)));
        assertEquals(300, progress.acknowledged());
        assertEquals(0, acknowledgements.size());
    }

    @Test
    void who_waits_hears_of_the_last_stream_that_was_finished_before() {
        acknowledgements.handleFinished(progress);
        acknowledgements.whenAcknowledged(called::incrementAndGet);
        send(1, 0, 100, false);
        send(2, 100, 0, true);
        acknowledgements.handleAcknowledged(new AckFrame(new Range(2, 2)));
        assertEquals(0, called.get());
        // Lost, and sent again.
        send(3, 0, 100, false);
        acknowledgements.handleAcknowledged(new AckFrame(List.of(new Range(2, 3))));
        assertEquals(1, called.get());
    }

    @Test
    void who_waits_for_nothing_hears_at_once_and_a_stream_that_was_abandoned_is_not_waited_for() {
        acknowledgements.whenAcknowledged(called::incrementAndGet);
        assertEquals(1, called.get());
        acknowledgements.handleFinished(progress);
        acknowledgements.whenAcknowledged(called::incrementAndGet);
        acknowledgements.handleAbandoned(progress);
        assertEquals(2, called.get());
    }

    @Test
    void an_acknowledgement_that_overtakes_the_news_of_its_packet_counts() {
        acknowledgements.handleFinished(progress);
        acknowledgements.whenAcknowledged(called::incrementAndGet);
        acknowledgements.handleAcknowledged(new AckFrame(new Range(1, 7)));
        send(7, 0, 10, true);
        assertEquals(10, progress.acknowledged());
        assertEquals(1, called.get());
        assertEquals(0, acknowledgements.size());
    }

    @Test
    void packets_that_were_lost_are_not_remembered_for_ever() {
        for (int i = 0; i < 100_000; i++) {
            send(i, i, 1, false);
            if (i % 100 == 99) {
                acknowledgements.handleAcknowledged(new AckFrame(new Range(i, i)));
            }
        }
        assertEquals(true, acknowledgements.size() < 10_000, acknowledgements.size() + " packets");
    }
}
