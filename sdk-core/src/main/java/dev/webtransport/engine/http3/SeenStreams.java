package dev.webtransport.engine.http3;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which streams of one type were ever seen, so that a late input for one that is forgotten is not taken for a new one,
 * and a
 * session that is gone is told from one that has yet to come. QUIC opens the ids of a type in order, so the unseen ones
 * below
 * the largest are few; they are kept as ranges, at most {@link #MAX_GAPS}, the lowest given up first.
 */
final class SeenStreams {
    /** More ranges than any peer has streams open, if its credit is sane. */
    static final int MAX_GAPS = 1024;

    private final TreeMap<Long, Long> gaps = new TreeMap<>();
    private long next;

    /**
     * Nothing seen.
     *
     * @param first the first id of the type
     */
    SeenStreams(long first) {
        this.next = first;
    }

    /** The id behind the largest one seen; the first id of the type when none was. */
    long next() {
        return next;
    }

    boolean contains(long streamId) {
        if (streamId >= next) {
            return false;
        }
        Map.Entry<Long, Long> gap = gaps.floorEntry(streamId);
        return gap == null || streamId >= gap.getValue();
    }

    void add(long streamId) {
        if (streamId >= next) {
            if (streamId > next) {
                addGap(next, streamId);
            }
            next = streamId + StreamId.STEP;
            return;
        }
        Map.Entry<Long, Long> gap = gaps.floorEntry(streamId);
        if (gap == null || streamId >= gap.getValue()) {
            return;
        }
        gaps.remove(gap.getKey());
        if (streamId > gap.getKey()) {
            addGap(gap.getKey(), streamId);
        }
        if (streamId + StreamId.STEP < gap.getValue()) {
            addGap(streamId + StreamId.STEP, gap.getValue());
        }
    }

    /** The connection has ended: nobody asks any more. */
    void clear() {
        gaps.clear();
    }

    int gapCount() {
        return gaps.size();
    }

    private void addGap(long from, long to) {
        gaps.put(from, to);
        if (gaps.size() > MAX_GAPS) {
            gaps.pollFirstEntry();
        }
    }
}
