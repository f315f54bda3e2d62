package dev.webtransport.kwik;

import org.jspecify.annotations.Nullable;
import tech.kwik.core.frame.AckFrame;
import tech.kwik.core.frame.MaxDataFrame;
import tech.kwik.core.frame.Range;

/**
 * Tells when credit for the connection has to be sent again. Kwik does not repeat a MAX_DATA frame that was lost
 * (StreamManager.updateConnectionFlowControl registers no callback for it): if it was the last one, the peer would wait for ever.
 * Safe for several threads.
 */
final class CreditRepeater {
    /** RFC 9002, section 6.1.1: a packet is lost when one sent this many later is acknowledged. */
    private static final int PACKET_THRESHOLD = 3;

    private static final long NONE = -1;

    private long packet = NONE;
    private @Nullable MaxDataFrame frame;

    /** MAX_DATA has left. */
    synchronized void handleSent(long packetNumber, MaxDataFrame sent) {
        MaxDataFrame known = frame;
        if (known == null || sent.getMaxData() >= known.getMaxData()) {
            packet = packetNumber;
            frame = sent;
        }
    }

    /**
     * An acknowledgement came.
     *
     * @return what has to be sent again, or null
     */
    synchronized @Nullable MaxDataFrame handleAcknowledged(AckFrame ack) {
        if (packet == NONE) {
            return null;
        }
        for (Range range : ack.getAcknowledgedRanges()) {
            if (range.contains(packet)) {
                packet = NONE;
                return null;
            }
        }
        return ack.getLargestAcknowledged() >= packet + PACKET_THRESHOLD ? again() : null;
    }

    /**
     * The peer says that it has no credit left.
     *
     * @return what has to be sent again, or null
     */
    synchronized @Nullable MaxDataFrame handleBlocked() {
        return packet == NONE ? null : frame;
    }

    private @Nullable MaxDataFrame again() {
        packet = NONE;
        return frame;
    }
}
