package dev.webtransport.kwik;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which bytes of a stream are there, seen by offsets only. Bounded by whoever bounds the stream: a gap costs an entry, and there
 * are at most as many gaps as bytes beyond the first one that is missing. Not for several threads at once.
 */
final class ReceivedRanges {
    private static final long UNKNOWN = -1;

    private final TreeMap<Long, Long> beyond = new TreeMap<>();
    private long contiguous;
    private long finalSize = UNKNOWN;

    /**
     * Bytes are there, perhaps once more.
     *
     * @param from offset of the first
     * @param to offset behind the last
     */
    void add(long from, long to) {
        if (to <= contiguous || from == to) {
            return;
        }
        if (from > contiguous) {
            addBeyond(from, to);
            return;
        }
        contiguous = to;
        // What lay beyond the gap that was closed.
        Map.Entry<Long, Long> next = beyond.firstEntry();
        while (next != null && next.getKey() <= contiguous) {
            contiguous = Math.max(contiguous, next.getValue());
            beyond.pollFirstEntry();
            next = beyond.firstEntry();
        }
    }

    private void addBeyond(long from, long to) {
        long start = from;
        long end = to;
        Map.Entry<Long, Long> before = beyond.floorEntry(start);
        if (before != null && before.getValue() >= start) {
            start = before.getKey();
            end = Math.max(end, before.getValue());
        }
        Map.Entry<Long, Long> after = beyond.ceilingEntry(start);
        while (after != null && after.getKey() <= end) {
            end = Math.max(end, after.getValue());
            beyond.remove(after.getKey());
            after = beyond.ceilingEntry(start);
        }
        beyond.put(start, end);
    }

    /** The end of the stream is known. */
    void finish(long size) {
        finalSize = size;
    }

    /** How many bytes are there up to the first one that is missing. */
    long contiguous() {
        return contiguous;
    }

    /** Whether the end of the stream is known. */
    boolean isSizeKnown() {
        return finalSize != UNKNOWN;
    }

    /** Whether the stream ends at this offset. */
    boolean isEnd(long offset) {
        return isSizeKnown() && offset == finalSize;
    }

    /** Whether every byte up to the end is there. */
    boolean isComplete() {
        return isEnd(contiguous);
    }

    /** How many gaps are remembered, for tests. */
    int gaps() {
        return beyond.size();
    }
}
