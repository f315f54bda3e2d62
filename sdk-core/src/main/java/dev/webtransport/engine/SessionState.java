package dev.webtransport.engine;

/** Where a session stands, from its request to its end (draft-ietf-webtrans-http3-16, sections 3.2 and 6). */
public enum SessionState {
    /** Server: the request came before the SETTINGS of the client, and waits for them. */
    HELD,
    /** Server: the application decides about the request. */
    REQUESTED,
    /** Client: the request is out, the answer is not here. */
    ASKED,
    /** Both ends may use it. */
    ESTABLISHED,
    /** Established, but the peer reads no more of our half of the CONNECT stream: its end must be near. */
    STOPPED,
    /** We ended it and sent FIN; the peer's FIN is not here. */
    CLOSING,
    /** The peer sent WT_CLOSE_SESSION, and we FIN; the peer's FIN is not here. */
    CLOSED_BY_PEER,
    /** Over. */
    ENDED;

    /**
     * Whether streams and datagrams of the session flow.
     *
     * @return true in ESTABLISHED and STOPPED
     */
    public boolean isOpen() {
        return this == ESTABLISHED || this == STOPPED;
    }

    /**
     * Whether the session waits for an answer.
     *
     * @return true in HELD, REQUESTED and ASKED
     */
    public boolean isPending() {
        return this == HELD || this == REQUESTED || this == ASKED;
    }

    /**
     * Whether it counts against the sessions that may live at once.
     *
     * @return true before the end is decided
     */
    public boolean isLive() {
        return isPending() || isOpen();
    }
}
