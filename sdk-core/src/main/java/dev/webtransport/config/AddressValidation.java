package dev.webtransport.config;

/** When a server asks a client to prove its address before it does any work (RFC 9000, section 8.1). */
public enum AddressValidation {
    /** Never: the handshake takes one round trip. */
    NEVER,
    /** Always, by a Retry packet: one round trip more, and no forged address can make the server work. */
    RETRY
}
