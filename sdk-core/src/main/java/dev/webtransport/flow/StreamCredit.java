package dev.webtransport.flow;

/**
 * The streams of one kind in a session, in both directions: how many this end may open, and how many the peer
 * (draft-ietf-webtrans-http3-16, section 5.3). Streams that are over still count; what comes back for them is a higher
 * limit.
 */
public final class StreamCredit {
    private final SendCredit toOpen;
    private final ReceiveWindow toAccept;

    /**
     * Credit in both directions.
     *
     * @param toOpen what the peer allows
     * @param toAccept what this end allows
     */
    public StreamCredit(SendCredit toOpen, ReceiveWindow toAccept) {
        this.toOpen = toOpen;
        this.toAccept = toAccept;
    }

    /**
     * What the peer allows.
     *
     * @return the account of the streams that this end opens
     */
    public SendCredit toOpen() {
        return toOpen;
    }

    /**
     * What this end allows.
     *
     * @return the account of the streams that the peer opens
     */
    public ReceiveWindow toAccept() {
        return toAccept;
    }

    /**
     * The peer opened a stream.
     *
     * @return false if that is one more than it may
     */
    public boolean handleOpened() {
        return toAccept.receive(1);
    }

    /** A stream of the peer is over in both directions. */
    public void handleClosed() {
        toAccept.consume(1);
    }

    @Override
    public String toString() {
        return "opened " + toOpen + ", accepted " + toAccept;
    }
}
