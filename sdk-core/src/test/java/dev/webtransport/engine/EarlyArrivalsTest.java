package dev.webtransport.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class EarlyArrivalsTest {
    private final EarlyArrivals early = new EarlyArrivals(3, 2);

    @Test
    void streams_come_out_by_session_in_order_of_arrival() {
        early.addStream(0, 10, StreamType.UNIDIRECTIONAL, 100);
        early.addStream(4, 8, StreamType.BIDIRECTIONAL, 100);
        early.addStream(0, 6, StreamType.UNIDIRECTIONAL, 100);
        assertEquals(List.of(10L, 6L), ids(early.takeStreams(0)));
        assertEquals(List.of(), ids(early.takeStreams(0)));
        assertEquals(List.of(8L), ids(early.takeStreams(4)));
        assertEquals(0, early.size());
    }

    @Test
    void room_that_is_left_again_can_be_taken_again() {
        for (int id = 2; id <= 10; id += 4) {
            assertTrue(early.addStream(0, id, StreamType.UNIDIRECTIONAL, 100));
        }
        assertFalse(early.addStream(0, 14, StreamType.UNIDIRECTIONAL, 100));
        early.removeStream(6);
        early.removeStream(6);
        assertTrue(early.addStream(0, 14, StreamType.UNIDIRECTIONAL, 100));
        assertTrue(early.addDatagram(0, ByteBuffer.allocate(1), 100));
        assertTrue(early.addDatagram(4, ByteBuffer.allocate(2), 100));
        assertFalse(early.addDatagram(0, ByteBuffer.allocate(3), 100));
        assertEquals(1, early.takeDatagrams(4).size());
        assertTrue(early.addDatagram(0, ByteBuffer.allocate(3), 100));
    }

    @Test
    void what_waits_too_long_comes_out_once() {
        early.addStream(0, 2, StreamType.UNIDIRECTIONAL, 100);
        early.addStream(0, 6, StreamType.UNIDIRECTIONAL, 101);
        early.addDatagram(0, ByteBuffer.allocate(1), 99);
        assertEquals(99, early.nextDeadlineNanos());
        assertEquals(List.of(2L), ids(early.expire(100)));
        assertEquals(1, early.size());
        assertEquals(101, early.nextDeadlineNanos());
        assertEquals(List.of(6L), ids(early.expire(101)));
        assertEquals(EarlyArrivals.NO_DEADLINE, early.nextDeadlineNanos());
    }

    @Test
    void what_is_held_for_a_session_does_not_expire() {
        early.addStream(0, 2, StreamType.UNIDIRECTIONAL, 100);
        early.addStream(4, 6, StreamType.UNIDIRECTIONAL, 100);
        early.addDatagram(0, ByteBuffer.allocate(1), 100);
        early.holdFor(0);
        assertEquals(List.of(6L), ids(early.expire(Long.MAX_VALUE - 1)));
        assertEquals(2, early.size());
        early.clear();
        assertEquals(0, early.size());
    }

    private static List<Long> ids(List<EarlyArrivals.WaitingStream> streams) {
        return streams.stream().map(EarlyArrivals.WaitingStream::streamId).toList();
    }
}
