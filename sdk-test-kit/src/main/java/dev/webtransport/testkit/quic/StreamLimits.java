package dev.webtransport.testkit.quic;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one type at one end: how many it may open, which of the peer's are known, and which wait to be accepted (RFC
 * 9000, section 4.6).
 */
final class StreamLimits {
    private long maxOpen;
    private long opened;
    private long maxIncoming;
    private long nextIncoming;

    /** Streams of the peer below the next one that have not shown themselves yet; bounded by the credit of the peer. */
    private final Set<Long> skipped = new HashSet<>();

    /** Bounded likewise: a stream that waits here keeps its credit. */
    private final ArrayDeque<EndpointStream> waiting = new ArrayDeque<>();

    StreamLimits(long maxOpen, long maxIncoming) {
        this.maxOpen = maxOpen;
        this.maxIncoming = maxIncoming;
    }

    /** The number of the stream to open now, or -1 without credit. */
    long open() {
        return opened < maxOpen ? opened++ : -1;
    }

    /** The peer allows so many; true if that is more than before. */
    boolean handleMaxStreams(long limit) {
        boolean more = limit > maxOpen;
        maxOpen = Math.max(maxOpen, limit);
        return more;
    }

    /** One more stream of the peer: the new limit. */
    long grant() {
        return ++maxIncoming;
    }

    /** Whether this is the first sign of a stream of the peer; false when it is known or over. */
    boolean isNew(long sequence) {
        if (sequence < nextIncoming) {
            return skipped.remove(sequence);
        }
        if (sequence >= maxIncoming) {
            throw new IllegalStateException("stream number " + sequence + " exceeds the limit of " + maxIncoming);
        }
        for (long between = nextIncoming; between < sequence; between++) {
            skipped.add(between);
        }
        nextIncoming = sequence + 1;
        return true;
    }

    void arrived(EndpointStream stream) {
        waiting.addLast(stream);
    }

    @Nullable
    EndpointStream accept() {
        return waiting.pollFirst();
    }

    void forgetWaiting() {
        waiting.clear();
    }
}
