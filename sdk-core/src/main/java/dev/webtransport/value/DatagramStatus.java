package dev.webtransport.value;

/**
 * What became of a datagram that was handed over for sending. It says nothing about delivery: a datagram that was
 * {@link #SENT} may still be lost on its way.
 */
public enum DatagramStatus {
    /** Taken into the bounded queue of outgoing datagrams. */
    SENT,
    /** Dropped here: the queue of outgoing datagrams is full. Send less, or later. */
    BLOCKED,
    /** Dropped here: longer than the largest datagram of this session; see {@code maxDatagramSize}. */
    TOO_LARGE
}
