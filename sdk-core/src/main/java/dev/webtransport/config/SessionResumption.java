package dev.webtransport.config;

/** Whether a connection may begin where an earlier one to the same server left off (RFC 8446, section 2.2). */
public enum SessionResumption {
    /** With a session ticket where both ends have one; never with 0-RTT data. */
    ALLOWED,
    /** Each connection has a handshake of its own, certificates and all. */
    NEVER
}
