package dev.webtransport.engine;

import dev.webtransport.flow.CreditKind;

/** The peer allows this end more: WT_MAX_DATA or WT_MAX_STREAMS. */
public final class CreditRaised implements EngineEvent.OfCredit {
    private final long sessionId;
    private final CreditKind kind;
    private final long limit;

    /**
     * The event.
     *
     * @param sessionId the id of the session
     * @param kind what there is more of
     * @param limit the new limit, counted from the beginning of the session
     */
    public CreditRaised(long sessionId, CreditKind kind, long limit) {
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
        return "CreditRaised(" + sessionId + ", " + kind + ", " + limit + ")";
    }
}
