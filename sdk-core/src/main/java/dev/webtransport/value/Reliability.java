package dev.webtransport.value;

/** What the connection under a session can deliver (W3C WebTransport, {@code WebTransportReliabilityMode}). */
public enum Reliability {
    /** HTTP/3: datagrams may be lost and streams do not wait for each other. */
    SUPPORTS_UNRELIABLE,
    /** HTTP/2: everything travels on one TCP connection. */
    RELIABLE_ONLY
}
