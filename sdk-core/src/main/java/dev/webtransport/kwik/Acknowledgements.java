package dev.webtransport.kwik;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tech.kwik.core.frame.AckFrame;
import tech.kwik.core.frame.Range;
import tech.kwik.core.frame.StreamFrame;

/**
 * What the peer has acknowledged of the streams of a connection, by the packets that left and the acknowledgements that came.
 * Kwik knows, and tells nobody. Safe for several threads.
 *
 * <p>Bounded: of packets so old that they were lost for sure nothing is kept; what was in them has left again in another.
 */
final class Acknowledgements {
    /** Many times what is ever in flight between a packet and the one that shows it to be lost. */
    private static final int MAX_AGE = 8192;

    private final TreeMap<Long, List<Piece>> packets = new TreeMap<>();
    private final Set<Progress> unfinished = new HashSet<>();
    private final List<Waiter> waiters = new ArrayList<>();

    /** The last one that came: it may overtake the news that the packet has left. */
    private @Nullable AckFrame latest;

    /** How far the peer has acknowledged one stream. */
    static final class Progress {
        private final ReceivedRanges ranges = new ReceivedRanges();
        private volatile long acknowledged;

        /** How many bytes the peer has acknowledged, up to the first gap. */
        long acknowledged() {
            return acknowledged;
        }
    }

    private static final class Piece {
        private final Progress progress;
        private final long from;
        private final long to;
        private final boolean isFinal;

        Piece(Progress progress, StreamFrame frame) {
            this.progress = progress;
            this.from = frame.getOffset();
            this.to = frame.getUpToOffset();
            this.isFinal = frame.isFinal();
        }
    }

    private static final class Waiter {
        private final Set<Progress> awaited;
        private final Runnable action;

        Waiter(Set<Progress> awaited, Runnable action) {
            this.awaited = awaited;
            this.action = action;
        }
    }

    /** A stream was finished: from now on somebody may wait for its acknowledgement. */
    synchronized void handleFinished(Progress progress) {
        unfinished.add(progress);
    }

    /** A stream will not be acknowledged whole: it was reset or stopped, or the connection has ended. */
    void handleAbandoned(Progress progress) {
        run(complete(progress));
    }

    /** A frame of a stream has left. */
    void handleSent(long packet, Progress progress, StreamFrame frame) {
        List<Runnable> actions;
        synchronized (this) {
            Piece piece = new Piece(progress, frame);
            if (!isAcknowledged(packet)) {
                packets.computeIfAbsent(packet, any -> new ArrayList<>(2)).add(piece);
                return;
            }
            actions = acknowledge(piece);
        }
        run(actions);
    }

    private boolean isAcknowledged(long packet) {
        AckFrame ack = latest;
        if (ack == null || packet > ack.getLargestAcknowledged()) {
            return false;
        }
        for (Range range : ack.getAcknowledgedRanges()) {
            if (range.contains(packet)) {
                return true;
            }
        }
        return false;
    }

    /** An acknowledgement came. */
    void handleAcknowledged(AckFrame frame) {
        List<Runnable> actions = new ArrayList<>();
        synchronized (this) {
            latest = frame;
            for (Range range : frame.getAcknowledgedRanges()) {
                Map<Long, List<Piece>> covered = packets.subMap(range.getSmallest(), true, range.getLargest(), true);
                for (List<Piece> pieces : covered.values()) {
                    for (Piece piece : pieces) {
                        actions.addAll(acknowledge(piece));
                    }
                }
                covered.clear();
            }
            packets.headMap(frame.getLargestAcknowledged() - MAX_AGE).clear();
        }
        run(actions);
    }

    /**
     * Calls an action once every stream that was finished so far is acknowledged or abandoned.
     *
     * @param action at once if there is none, else by whoever brings the last acknowledgement
     */
    void whenAcknowledged(Runnable action) {
        synchronized (this) {
            if (!unfinished.isEmpty()) {
                waiters.add(new Waiter(new HashSet<>(unfinished), action));
                return;
            }
        }
        action.run();
    }

    /** How many packets are remembered, for tests. */
    synchronized int size() {
        return packets.size();
    }

    private List<Runnable> acknowledge(Piece piece) {
        Progress progress = piece.progress;
        progress.ranges.add(piece.from, piece.to);
        if (piece.isFinal) {
            progress.ranges.finish(piece.to);
        }
        progress.acknowledged = progress.ranges.contiguous();
        return progress.ranges.isComplete() ? complete(progress) : List.of();
    }

    private synchronized List<Runnable> complete(Progress progress) {
        if (!unfinished.remove(progress) || waiters.isEmpty()) {
            return List.of();
        }
        List<Runnable> actions = new ArrayList<>();
        for (Waiter waiter : new ArrayList<>(waiters)) {
            waiter.awaited.remove(progress);
            if (waiter.awaited.isEmpty()) {
                waiters.remove(waiter);
                actions.add(waiter.action);
            }
        }
        return actions;
    }

    private static void run(List<Runnable> actions) {
        actions.forEach(Runnable::run);
    }
}
