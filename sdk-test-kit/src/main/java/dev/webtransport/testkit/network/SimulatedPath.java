package dev.webtransport.testkit.network;

import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.testkit.quic.QuicFrame;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One direction of one connection: what is under way, and what waits for the end of a cut or of a fault. */
final class SimulatedPath {
    /** How many datagrams may be under way before the network drops further ones, as a full router does. */
    static final int MAX_DATAGRAMS_UNDER_WAY = 4_096;

    private static final long LEAST_REORDERING_NANOS = 1_000_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final SimulatedNetwork network;
    private final Direction direction;
    private final Predicate<QuicFrame> isHeldByFault;
    private final Consumer<QuicFrame> onLost;
    private final Random random;
    private final PriorityQueue<Parcel> underWay = new PriorityQueue<>();
    private final ArrayDeque<QuicFrame> held = new ArrayDeque<>();

    /** When the last frame of a stream arrives, for streams that have one under way: their order is kept. */
    private final Map<Long, Long> lastArrivals = new HashMap<>();

    private long sequence;
    private long freeAt = Long.MIN_VALUE;
    private long lastArrival = Long.MIN_VALUE;
    private int datagrams;

    SimulatedPath(
            SimulatedNetwork network,
            Direction direction,
            long seed,
            Predicate<QuicFrame> isHeldByFault,
            Consumer<QuicFrame> onLost) {
        this.network = network;
        this.direction = direction;
        this.random = new Random(seed);
        this.isHeldByFault = isHeldByFault;
        this.onLost = onLost;
    }

    /** Whether a frame that is sent now would arrive in this moment, so that it need not be sent at all. */
    boolean isImmediate() {
        return underWay.isEmpty() && held.isEmpty() && network.carriesAllAtOnce(direction);
    }

    /** Whether there is bandwidth for another frame. */
    boolean canSend(long nowNanos) {
        return freeAt <= nowNanos;
    }

    void send(QuicFrame frame, long nowNanos) {
        // What was held comes first, or a stream would lose its order.
        release(nowNanos);
        NetworkConditions conditions = network.conditions(direction);
        if (conditions.bytesPerSecond() != Long.MAX_VALUE) {
            long took = (long) Math.ceil(frame.size() * NANOS_PER_SECOND / conditions.bytesPerSecond());
            freeAt = Math.max(freeAt, nowNanos) + took;
        }
        if (frame instanceof QuicFrame.Datagram) {
            sendDatagram(frame, conditions, nowNanos);
        } else if (network.isCut(direction) || isHeldByFault.test(frame)) {
            hold(frame);
        } else {
            dispatch(frame, conditions, nowNanos);
        }
    }

    /** The next frame that has arrived by now. */
    @Nullable
    QuicFrame pollArrival(long nowNanos) {
        release(nowNanos);
        Parcel next = underWay.peek();
        if (next == null || next.arrival > nowNanos || network.isStalled(direction)) {
            return null;
        }
        underWay.remove();
        forget(next);
        return next.frame;
    }

    /** The streams whose FIN has left but not arrived. */
    Set<Long> finsUnderWay() {
        Set<Long> ids = new HashSet<>();
        for (Parcel parcel : underWay) {
            addFin(parcel.frame, ids);
        }
        for (QuicFrame frame : held) {
            addFin(frame, ids);
        }
        return ids;
    }

    private static void addFin(QuicFrame frame, Set<Long> ids) {
        if (frame instanceof QuicFrame.Stream data && data.fin()) {
            ids.add(data.streamId());
        }
    }

    /** When something happens here by itself. */
    long pollTimeoutNanos(long nowNanos) {
        Parcel next = underWay.peek();
        long arrival = next == null || network.isStalled(direction) ? Long.MAX_VALUE : next.arrival;
        return Math.min(arrival, freeAt > nowNanos ? freeAt : Long.MAX_VALUE);
    }

    /** The network has changed: a cut takes what is under way. */
    void handleChange() {
        if (!network.isCut(direction) || underWay.isEmpty()) {
            return;
        }
        // What a fault holds was sent later, and stays behind.
        ArrayDeque<QuicFrame> later = new ArrayDeque<>(held);
        held.clear();
        for (Parcel next = underWay.poll(); next != null; next = underWay.poll()) {
            forget(next);
            if (next.frame instanceof QuicFrame.Datagram) {
                onLost.accept(next.frame);
            } else {
                hold(next.frame);
            }
        }
        later.forEach(this::hold);
    }

    /** Forgets everything. */
    void clear() {
        underWay.clear();
        held.clear();
        lastArrivals.clear();
        datagrams = 0;
    }

    private void sendDatagram(QuicFrame frame, NetworkConditions conditions, long nowNanos) {
        // Each draws the same number of chances, so that a change of one probability leaves the others' draws alone.
        boolean lost = random.nextDouble() < conditions.datagramLoss();
        boolean twice = random.nextDouble() < conditions.datagramDuplication();
        boolean late = random.nextDouble() < conditions.datagramReordering();
        if (lost || network.isCut(direction)) {
            onLost.accept(frame);
            return;
        }
        if (isHeldByFault.test(frame)) {
            hold(frame);
            return;
        }
        if (datagrams >= MAX_DATAGRAMS_UNDER_WAY) {
            onLost.accept(frame);
        }
        for (int copy = twice ? 2 : 1; copy > 0 && datagrams < MAX_DATAGRAMS_UNDER_WAY; copy--) {
            long arrival = arrival(conditions, nowNanos);
            if (late) {
                arrival += Math.max(conditions.latencyNanos(), LEAST_REORDERING_NANOS);
            }
            datagrams++;
            underWay.add(new Parcel(frame, arrival, sequence++));
        }
    }

    private void dispatch(QuicFrame frame, NetworkConditions conditions, long nowNanos) {
        long arrival = arrival(conditions, nowNanos);
        if (frame instanceof QuicFrame.Stream data) {
            arrival = Math.max(arrival, lastArrivals.getOrDefault(data.streamId(), Long.MIN_VALUE));
            lastArrivals.put(data.streamId(), arrival);
        } else if (frame instanceof QuicFrame.ConnectionClose) {
            // Overtakes nothing: what was written before a close arrives before it.
            arrival = Math.max(arrival, lastArrival);
        }
        lastArrival = Math.max(lastArrival, arrival);
        underWay.add(new Parcel(frame, arrival, sequence++));
    }

    private long arrival(NetworkConditions conditions, long nowNanos) {
        long jitter = conditions.jitterNanos() == 0 ? 0 : (long) (random.nextDouble() * conditions.jitterNanos());
        return Math.max(freeAt, nowNanos) + conditions.latencyNanos() + jitter;
    }

    private void hold(QuicFrame frame) {
        boolean sign = frame instanceof QuicFrame.Ack || frame instanceof QuicFrame.Ping;
        // One sign of life is as good as many, and what waits stays bounded by the peer's credit.
        if (!sign || !held.contains(frame)) {
            held.addLast(frame);
        }
    }

    private void release(long nowNanos) {
        if (held.isEmpty() || network.isCut(direction)) {
            return;
        }
        for (Iterator<QuicFrame> frames = held.iterator(); frames.hasNext(); ) {
            QuicFrame frame = frames.next();
            if (!isHeldByFault.test(frame)) {
                frames.remove();
                dispatch(frame, network.conditions(direction), nowNanos);
            }
        }
    }

    private void forget(Parcel parcel) {
        if (parcel.frame instanceof QuicFrame.Datagram) {
            datagrams--;
        } else if (parcel.frame instanceof QuicFrame.Stream data) {
            lastArrivals.remove(data.streamId(), parcel.arrival);
        }
    }

    private static final class Parcel implements Comparable<Parcel> {
        private final QuicFrame frame;
        private final long arrival;
        private final long number;

        Parcel(QuicFrame frame, long arrival, long number) {
            this.frame = frame;
            this.arrival = arrival;
            this.number = number;
        }

        @Override
        public int compareTo(Parcel other) {
            int byTime = Long.compare(arrival, other.arrival);
            return byTime == 0 ? Long.compare(number, other.number) : byTime;
        }
    }
}
