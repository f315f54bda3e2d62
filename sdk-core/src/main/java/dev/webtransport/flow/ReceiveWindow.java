package dev.webtransport.flow;

/**
 * What this end lets the peer use: the limit, what of it has arrived, and what of that was consumed, so that the limit may
 * move (draft-ietf-webtrans-http3-16, sections 5.6.2 and 5.6.4).
 *
 * <p>An automatic window keeps the limit one window ahead of what was consumed. The peer is told when that gains more than
 * half a window, or anything at all while the peer says that it is blocked. A manual window moves only when asked to.
 *
 * <p>Not all that the peer uses is seen to arrive: bytes of a stream that was reset or stopped before they were read are
 * not. They show when the peer says that it is blocked at the limit, though less has arrived: once something was
 * {@linkplain #abandon() abandoned}, an automatic window takes the difference for lost, and lets it be used again. Whether
 * the limit is kept is judged only by what has arrived, so that this never accuses an honest peer.
 */
public final class ReceiveWindow {
    private static final long MANUAL = -1;

    private final long window;
    private final long largest;
    private long limit;
    private long told;
    private long received;
    private long consumed;
    private long lost;
    private boolean abandoned;
    private long blockedAt = SendCredit.NOTHING;

    private ReceiveWindow(long initialLimit, long window, long largest) {
        this.limit = initialLimit;
        this.told = initialLimit;
        this.window = window;
        this.largest = largest;
    }

    /**
     * A window that moves with what is consumed.
     *
     * @param initialLimit what the SETTINGS of this end allow, at least 0
     * @param window how far ahead of what was consumed the limit stays, at least 0
     * @param largest the largest limit that can be said
     * @return the window
     */
    public static ReceiveWindow automatic(long initialLimit, long window, long largest) {
        return new ReceiveWindow(initialLimit, window, largest);
    }

    /**
     * A window that moves when {@link #grant} says so.
     *
     * @param initialLimit what the SETTINGS of this end allow, at least 0
     * @param largest the largest limit that can be said
     * @return the window
     */
    public static ReceiveWindow manual(long initialLimit, long largest) {
        return new ReceiveWindow(initialLimit, MANUAL, largest);
    }

    /**
     * The peer has used credit.
     *
     * @param amount how much, at least 0
     * @return false if that is more than it was given
     */
    public synchronized boolean receive(long amount) {
        received += amount;
        return received <= limit;
    }

    /**
     * Whether the peer has used more than it was given.
     *
     * @return true for ever once it was so
     */
    public synchronized boolean isExceeded() {
        return received > limit;
    }

    /**
     * What has arrived is out of the way.
     *
     * @param amount how much of it
     * @return whether a new limit is due
     */
    public synchronized boolean consume(long amount) {
        consumed += amount;
        return isDue();
    }

    /**
     * Something the peer may have used will never be seen to arrive.
     *
     * @return whether a new limit is due
     */
    public synchronized boolean abandon() {
        abandoned = true;
        findLost();
        return isDue();
    }

    /**
     * The same, where it is known how much at most.
     *
     * @param most how much may be missing
     * @return how much of it was missing, and is held to be lost
     */
    public synchronized long lose(long most) {
        long missing = window == MANUAL || blockedAt != limit ? 0 : Math.min(most, limit - received - lost);
        missing = Math.max(missing, 0);
        lost += missing;
        return missing;
    }

    /**
     * The peer says that it would use more.
     *
     * @param at the limit at which it stands
     * @return false if it said so before
     */
    public synchronized boolean handleBlocked(long at) {
        boolean news = at != blockedAt;
        blockedAt = at;
        findLost();
        return news;
    }

    /**
     * Gives a manual window a new limit.
     *
     * @param newLimit counted from the beginning of the session
     * @return false if it is not above the one before; then nothing changes
     * @throws IllegalArgumentException if it is negative, or larger than can be said
     * @throws IllegalStateException if the window is automatic
     */
    public synchronized boolean grant(long newLimit) {
        if (window != MANUAL) {
            throw new IllegalStateException("credit is automatic here; choose manual credit to grant it yourself");
        }
        if (newLimit < 0 || newLimit > largest) {
            throw new IllegalArgumentException("limit " + newLimit + " is outside 0.." + largest);
        }
        if (newLimit <= limit) {
            return false;
        }
        limit = newLimit;
        return true;
    }

    /**
     * The limit to tell the peer, once.
     *
     * @return the new limit, higher than all before, or {@link SendCredit#NOTHING}
     */
    public synchronized long pollGrant() {
        if (!isDue()) {
            return SendCredit.NOTHING;
        }
        if (window != MANUAL) {
            limit = target();
        }
        told = limit;
        return limit;
    }

    private boolean isDue() {
        if (window == MANUAL) {
            return limit > told;
        }
        long gain = target() - limit;
        return gain > 0 && (gain > window / 2 || blockedAt == limit);
    }

    private long target() {
        long done = consumed + lost;
        return done > largest - window ? largest : done + window;
    }

    private void findLost() {
        if (abandoned && window != MANUAL && blockedAt == limit && received + lost < limit) {
            lost = limit - received;
            abandoned = false;
        }
    }

    /**
     * What the peer is allowed.
     *
     * @return the limit, counted from the beginning of the session
     */
    public synchronized long limit() {
        return limit;
    }

    /**
     * What has arrived.
     *
     * @return 0 to {@link #limit} from a peer that keeps to it
     */
    public synchronized long received() {
        return received;
    }

    @Override
    public synchronized String toString() {
        return received + " of " + limit + ", " + consumed + " consumed" + (lost > 0 ? ", " + lost + " lost" : "");
    }
}
