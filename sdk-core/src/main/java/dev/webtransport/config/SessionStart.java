package dev.webtransport.config;

/** When a client that asks for a session gets it (draft-ietf-webtrans-http3-16, section 4). */
public enum SessionStart {
    /** When the server has accepted. */
    AFTER_ANSWER,

    /**
     * As soon as the request is on its way: streams and datagrams may be sent at once, which saves a round trip. Whether the server
     * accepts shows later. If it does not, all of them are lost; if it does, a server keeps only as much of them as it likes until it
     * has answered, and refuses further streams and drops further datagrams.
     */
    OPTIMISTIC
}
