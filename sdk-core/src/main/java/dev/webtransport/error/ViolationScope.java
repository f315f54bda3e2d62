package dev.webtransport.error;

/** How much ends because of a protocol violation. */
public enum ViolationScope {
    /** One stream; the session lives. */
    STREAM,
    /** One session; the connection lives. */
    SESSION,
    /** The connection, with every session on it. */
    CONNECTION
}
