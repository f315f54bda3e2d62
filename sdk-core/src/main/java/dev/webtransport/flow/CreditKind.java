package dev.webtransport.flow;

import dev.webtransport.value.StreamType;

/** What a session's flow control counts (draft-ietf-webtrans-http3-16, section 5). */
public enum CreditKind {
    /** Bytes of all streams of the session together, without their preambles. */
    DATA((1L << 62) - 1),
    /** Bidirectional streams. */
    BIDIRECTIONAL_STREAMS(1L << 60),
    /** Unidirectional streams. */
    UNIDIRECTIONAL_STREAMS(1L << 60);

    private final long largest;

    CreditKind(long largest) {
        this.largest = largest;
    }

    /**
     * What counts streams of a kind.
     *
     * @param type the kind
     * @return the credit
     */
    public static CreditKind of(StreamType type) {
        return type == StreamType.BIDIRECTIONAL ? BIDIRECTIONAL_STREAMS : UNIDIRECTIONAL_STREAMS;
    }

    /**
     * The largest limit that can be said.
     *
     * @return 2^62-1 bytes, or 2^60 streams
     */
    public long largest() {
        return largest;
    }
}
