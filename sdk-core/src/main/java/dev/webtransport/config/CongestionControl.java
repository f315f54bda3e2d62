package dev.webtransport.config;

/** The congestion controllers that an engine may offer. */
public enum CongestionControl {
    /** CUBIC (RFC 9438). */
    CUBIC,
    /** NewReno (RFC 9002, section 7). */
    RENO,
    /** BBR: paces by measured bandwidth. */
    BBR
}
