package dev.webtransport.config;

/** Whether a server asks clients for a certificate (mutual TLS). */
public enum ClientAuthentication {
    /** It does not ask. */
    NONE,
    /** It asks; a client without one is let in, one with a bad one is not. */
    OPTIONAL,
    /** Who has none is not let in. */
    REQUIRED
}
