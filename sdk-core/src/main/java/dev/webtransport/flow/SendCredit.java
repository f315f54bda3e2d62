package dev.webtransport.flow;

/**
 * What the peer lets this end use: its limit, and what is used of it (draft-ietf-webtrans-http3-16, sections 5.6.2 to
 * 5.6.5).
 */
public final class SendCredit {
    /** There is nothing to tell. */
    public static final long NOTHING = -1;

    /** What a new limit is, next to the one before. */
    public enum Raise {
        /** Higher: there is more to use. */
        RAISED,
        /** The same. */
        SAME,
        /** Lower, which a limit must never be. */
        LOWER
    }

    private long limit;
    private long used;
    private long blockedAt = NOTHING;
    private boolean blockedDue;

    /**
     * Credit of which nothing is used.
     *
     * @param initialLimit what the SETTINGS of the peer allow, at least 0
     */
    public SendCredit(long initialLimit) {
        this.limit = initialLimit;
    }

    /**
     * Takes a new limit of the peer.
     *
     * @param newLimit counted from the beginning of the session
     * @return how it compares; only a higher one changes anything
     */
    public synchronized Raise raise(long newLimit) {
        if (newLimit == limit) {
            return Raise.SAME;
        }
        if (newLimit < limit) {
            return Raise.LOWER;
        }
        limit = newLimit;
        return Raise.RAISED;
    }

    /**
     * Uses credit.
     *
     * @param wanted how much at most, at least 0
     * @return how much was there, 0 to {@code wanted}; it is used from now on
     */
    public synchronized long take(long wanted) {
        long taken = Math.min(wanted, limit - used);
        used += taken;
        return taken;
    }

    /**
     * Returns what was taken and not used.
     *
     * @param unused how much, at most what is used
     */
    public synchronized void giveBack(long unused) {
        if (unused < 0 || unused > used) {
            throw new IllegalStateException(unused + " of " + used + " used cannot come back");
        }
        used -= unused;
    }

    /**
     * Notes that this end would use more. The peer is to be told once for each limit that stands in the way.
     *
     * @return true if that is due now and was not before
     */
    public synchronized boolean block() {
        if (used < limit || blockedAt == limit) {
            return false;
        }
        blockedAt = limit;
        blockedDue = true;
        return true;
    }

    /**
     * The limit to tell the peer, once.
     *
     * @return the limit at which this end stands, or {@link #NOTHING}
     */
    public synchronized long pollBlocked() {
        boolean due = blockedDue && blockedAt == limit;
        blockedDue = false;
        return due ? limit : NOTHING;
    }

    /**
     * What the peer allows.
     *
     * @return the limit, counted from the beginning of the session
     */
    public synchronized long limit() {
        return limit;
    }

    /**
     * What is used.
     *
     * @return 0 to {@link #limit}
     */
    public synchronized long used() {
        return used;
    }

    @Override
    public synchronized String toString() {
        return used + " of " + limit;
    }
}
