package dev.webtransport.kwik;

import java.util.List;
import tech.kwik.core.frame.AckFrame;
import tech.kwik.core.frame.PingFrame;
import tech.kwik.core.frame.QuicFrame;

/**
 * Finds that two ends do nothing but acknowledge each other. Kwik adds a PING to an acknowledgement that leaves alone more than 10 ms
 * and a round trip after the last one came (AckGenerator.wantsAckFromPeer), and delays acknowledgements by 20 ms: where both ends are
 * Kwik and near each other, each answers the other's PING with one of its own, without end, and no connection is ever idle.
 *
 * <p>The way out: a second PING behind the first is acknowledged at once (RFC 9000, section 13.2.2), and so without a PING. Safe for
 * several threads.
 */
final class PingExchange {
    private boolean isAsked;

    /** A data packet arrived that was not seen before. */
    synchronized void handleReceived(List<QuicFrame> frames) {
        isAsked = isPing(frames);
    }

    /**
     * A packet has left.
     *
     * @return whether a PING has to follow at once
     */
    synchronized boolean handleSent(List<QuicFrame> frames) {
        if (!isAsked) {
            return false;
        }
        boolean isAnswer = isPing(frames);
        if (isAnswer) {
            isAsked = false;
        }
        return isAnswer;
    }

    private static boolean isPing(List<QuicFrame> frames) {
        return frames.size() == 2 && frames.get(0) instanceof AckFrame && frames.get(1) instanceof PingFrame;
    }
}
