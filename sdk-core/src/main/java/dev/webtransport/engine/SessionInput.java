package dev.webtransport.engine;

/** What can happen to a session, by who does it. */
public enum SessionInput {
    /** The application of a server accepts the request. */
    ACCEPT(Origin.APPLICATION),
    /** The application of a server rejects the request. */
    REJECT(Origin.APPLICATION),
    /** The application of a client gives up its request. */
    CANCEL(Origin.APPLICATION),
    /** The application ends the session. */
    CLOSE(Origin.APPLICATION),
    /** We end the session, or refuse the request, because of a rule. */
    ABORT(Origin.ENGINE),
    /** Time is up. */
    TIMEOUT(Origin.ENGINE),
    /** The client's SETTINGS allow its request. */
    ADMIT(Origin.ENGINE),
    /** The server answered 2xx. */
    ANSWER_ACCEPTED(Origin.PEER),
    /** The server answered with another final status. */
    ANSWER_REJECTED(Origin.PEER),
    /** Payload of DATA frames came. */
    DATA(Origin.PEER),
    /** WT_CLOSE_SESSION came. */
    CLOSE_CAPSULE(Origin.PEER),
    /** The peer's half of the CONNECT stream ended cleanly. */
    FIN(Origin.PEER),
    /** The peer's half of the CONNECT stream was reset. */
    RESET(Origin.PEER),
    /** The peer reads no more of our half of the CONNECT stream. */
    STOP_SENDING(Origin.PEER);

    private final Origin origin;

    /** Who causes an input. */
    public enum Origin {
        /** The application, by a command: an illegal one is misuse. */
        APPLICATION,
        /** This engine. */
        ENGINE,
        /** The peer: an illegal one is a violation of the protocol. */
        PEER
    }

    SessionInput(Origin origin) {
        this.origin = origin;
    }

    /**
     * Who causes it.
     *
     * @return the origin
     */
    public Origin origin() {
        return origin;
    }
}
