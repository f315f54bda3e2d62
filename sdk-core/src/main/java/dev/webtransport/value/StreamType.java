package dev.webtransport.value;

/** The two kinds of stream of a session (draft-ietf-webtrans-overview-13, section 4.3). */
public enum StreamType {
    /** Both ends send. */
    BIDIRECTIONAL,
    /** Only the end that created it sends. */
    UNIDIRECTIONAL
}
