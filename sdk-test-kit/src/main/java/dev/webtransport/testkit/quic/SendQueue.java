package dev.webtransport.testkit.quic;

import dev.webtransport.flow.SendScheduler;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one end has to send, and in which order: control frames, then datagrams, then streams by group, order and turn, as
 * far as the peer's credit for the connection goes.
 */
final class SendQueue {
    /** In order; bounded by what the application does and by the streams there are. */
    private final ArrayDeque<QuicFrame> control = new ArrayDeque<>();

    private final int maxDatagrams;
    private final ArrayDeque<byte[]> datagrams = new ArrayDeque<>();

    /** Who has bytes that the stream's own credit allows. */
    private final SendScheduler<EndpointStream> sendable = new SendScheduler<>();

    private final Map<EndpointStream, SendScheduler.Sender<EndpointStream>> senders = new HashMap<>();

    /** Who has nothing but FIN to send, which takes no credit. */
    private final Set<EndpointStream> finishing = new LinkedHashSet<>();

    /** Who wants to send on a stream of which the peer does not know yet. */
    private final Set<EndpointStream> unannounced = new LinkedHashSet<>();

    private long maxData;
    private long dataSent;

    SendQueue(int maxDatagrams, long maxData) {
        this.maxDatagrams = maxDatagrams;
        this.maxData = maxData;
    }

    void add(QuicFrame frame) {
        control.addLast(frame);
    }

    boolean hasDatagramRoom() {
        return datagrams.size() < maxDatagrams;
    }

    /** False with a full queue. */
    boolean addDatagram(byte[] payload) {
        return datagrams.size() < maxDatagrams && datagrams.add(payload);
    }

    /** A stream has bytes or FIN to send, or more credit to send them. */
    void add(EndpointStream stream) {
        SendHalf half = stream.send();
        if (half.canSend()) {
            if (half.pendingBytes() > 0) {
                sendable.setReady(sender(stream), true);
            } else {
                finishing.add(stream);
            }
        }
        if (!stream.isAnnounced()) {
            unannounced.add(stream);
        }
    }

    /** A stream has nothing to send now. */
    void remove(EndpointStream stream) {
        SendScheduler.Sender<EndpointStream> sender = senders.get(stream);
        if (sender != null) {
            sendable.setReady(sender, false);
        }
        finishing.remove(stream);
        unannounced.remove(stream);
    }

    /** A stream is over. */
    void forget(EndpointStream stream) {
        remove(stream);
        SendScheduler.Sender<EndpointStream> sender = senders.remove(stream);
        if (sender != null) {
            sendable.remove(sender);
        }
    }

    void prioritize(EndpointStream stream, Object group, long order) {
        sendable.prioritize(sender(stream), group, order);
    }

    private SendScheduler.Sender<EndpointStream> sender(EndpointStream stream) {
        return senders.computeIfAbsent(stream, added -> sendable.add(added, null, 0));
    }

    void clear() {
        control.clear();
        datagrams.clear();
        senders.values().forEach(sendable::remove);
        senders.clear();
        finishing.clear();
        unannounced.clear();
    }

    void handleMaxData(long limit) {
        maxData = Math.max(maxData, limit);
    }

    long maxData() {
        return maxData;
    }

    long dataSent() {
        return dataSent;
    }

    @Nullable
    QuicFrame poll(int maxStreamBytes) {
        QuicFrame frame = control.pollFirst();
        if (frame != null) {
            return frame;
        }
        byte[] datagram = datagrams.pollFirst();
        return datagram != null ? new QuicFrame.Datagram(datagram) : pollStream(maxStreamBytes);
    }

    private QuicFrame.@Nullable Stream pollStream(int maxStreamBytes) {
        long credit = maxData - dataSent;
        SendScheduler.Sender<EndpointStream> next = sendable.peek();
        if (credit > 0 && next != null) {
            return poll(next.owner(), Math.min(maxStreamBytes, credit));
        }
        if (!finishing.isEmpty()) {
            return poll(finishing.iterator().next(), 0);
        }
        // What waits for credit shows itself by an empty frame: else the peer could not even refuse it.
        return unannounced.isEmpty() ? null : poll(unannounced.iterator().next(), 0);
    }

    private QuicFrame.Stream poll(EndpointStream stream, long atMost) {
        QuicFrame.Stream frame = stream.send().poll(atMost);
        dataSent += frame.length();
        SendScheduler.Sender<EndpointStream> sender = senders.get(stream);
        if (sender != null) {
            sendable.handleSent(sender, frame.length());
        }
        stream.announce();
        // Behind those who have waited longer.
        remove(stream);
        add(stream);
        stream.progressed();
        return frame;
    }
}
