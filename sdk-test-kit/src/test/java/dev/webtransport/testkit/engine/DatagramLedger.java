package dev.webtransport.testkit.engine;

import dev.webtransport.codec.HttpDatagram;
import dev.webtransport.value.DatagramStatus;
import dev.webtransport.value.Perspective;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** All datagrams of a walk: each has a number of its own in its first bytes. */
final class DatagramLedger {
    /** Twice by the weather, and each of these twice by a fault. */
    private static final int MAX_COPIES = 4;

    private final FrameLedger frames;
    private final Map<Integer, Sent> sent = new HashMap<>();
    private final Map<Integer, Integer> received = new HashMap<>();
    private boolean mayDuplicate;
    private int next;

    private record Sent(Perspective end, long sessionId, int size) {}

    DatagramLedger(FrameLedger frames) {
        this.frames = frames;
    }

    void mayDuplicate() {
        mayDuplicate = true;
    }

    DatagramStatus send(EngineEnd end, long sessionId, int padding) {
        int number = next++;
        DatagramStatus status = end.sendDatagram(sessionId, payload(number, padding));
        if (status == DatagramStatus.SENT) {
            sent.put(number, new Sent(end.perspective(), sessionId, padding));
        }
        return status;
    }

    /** Takes what a session has; how many. */
    int receive(EngineEnd end, long sessionId) {
        int count = 0;
        for (ByteBuffer next = end.receiveDatagram(sessionId); next != null; next = end.receiveDatagram(sessionId)) {
            check(end, sessionId, next);
            count++;
        }
        return count;
    }

    private void check(EngineEnd end, long sessionId, ByteBuffer payload) {
        int number = payload.remaining() < Integer.BYTES ? -1 : payload.getInt(payload.position());
        Sent known = sent.get(number);
        Invariant.DATAGRAMS.require(known != null, () -> "datagram " + number + " was never sent");
        Invariant.DATAGRAMS.require(
                known.end() != end.perspective() && known.sessionId() == sessionId,
                () -> "datagram " + number + " came to the " + end + " in session " + sessionId + ", but it is "
                        + known);
        Invariant.DATAGRAMS.require(
                payload.equals(payload(number, known.size())), () -> "datagram " + number + " has changed on its way");
        int times = received.merge(number, 1, Integer::sum);
        int delivered = frames.deliveries(HttpDatagram.encode(sessionId, payload(number, known.size())));
        Invariant.DATAGRAMS.require(
                times <= delivered && delivered <= (mayDuplicate ? MAX_COPIES : 1),
                () -> "datagram " + number + " was received " + times + " times, delivered " + delivered + " times");
    }

    private static ByteBuffer payload(int number, int padding) {
        byte[] bytes = new byte[Integer.BYTES + padding];
        ByteBuffer payload = ByteBuffer.wrap(bytes);
        payload.putInt(0, number);
        for (int i = 0; i < padding; i++) {
            bytes[Integer.BYTES + i] = Payload.at(number, i);
        }
        return payload;
    }
}
