package dev.webtransport.engine;

import dev.webtransport.flow.CreditKind;

/** The peer would use more than this end allows: WT_DATA_BLOCKED or WT_STREAMS_BLOCKED, once for each limit. */
public final class PeerBlocked implements EngineEvent.OfCredit {
    private final long sessionId;
    private final CreditKind kind;
    private final long limit;

    /**
     * The event.
     *
     * @param sessionId the id of the session
     * @param kind what there is too little of
     * @param limit the limit at which the peer stands
     */
    public PeerBlocked(long sessionId, CreditKind kind, long limit) {
        this.sessionId = sessionId;
        this.kind = kind;
        this.limit = limit;
    }

    @Override
    public long sessionId() {
        return sessionId;
    }

    @Override
    public CreditKind kind() {
        return kind;
    }

    @Override
    public long limit() {
        return limit;
    }

    @Override
    public String toString() {
        return "PeerBlocked(" + sessionId + ", " + kind + ", " + limit + ")";
    }
}
