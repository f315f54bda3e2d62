package dev.webtransport.engine.http3;

/** Whether a client may ask for another session on this connection now, and if not, why. */
public enum ConnectReadiness {
    /** The SETTINGS of the server have not come yet: wait for PeerReady or RequirementsNotMet. */
    WAITING_FOR_SETTINGS,
    /** Ask. */
    READY,
    /** As many sessions live as the peer's draft allows at once: wait for one to end, or use another connection. */
    SESSION_LIMIT,
    /** GOAWAY was sent or received: new sessions need a new connection. */
    GOING_AWAY,
    /** The server lacks something: it will not be ready on this connection. */
    REQUIREMENTS_NOT_MET,
    /** The connection has ended. */
    CLOSED
}
