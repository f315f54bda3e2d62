package dev.webtransport.codec;

/** The types of unidirectional streams, the first number on each (RFC 9114 section 6.2, RFC 9204 section 4.2). */
public final class Http3StreamType {
    /** RFC 9114, section 6.2.1. */
    public static final long CONTROL = 0x00;

    /** RFC 9114, section 6.2.2. */
    public static final long PUSH = 0x01;

    /** RFC 9204, section 4.2. */
    public static final long QPACK_ENCODER = 0x02;

    /** RFC 9204, section 4.2. */
    public static final long QPACK_DECODER = 0x03;

    /** draft-ietf-webtrans-http3-16, section 4.2. */
    public static final long WEBTRANSPORT_STREAM = 0x54;

    private Http3StreamType() {}

    /**
     * The n-th of the types that mean nothing (RFC 9114, section 6.2.3).
     *
     * @param n 0 to (2^62-1-0x21)/0x1f
     * @return 0x1f * n + 0x21
     * @throws IllegalArgumentException if n is out of range
     */
    public static long reserved(long n) {
        return GreaseNumber.at(n);
    }
}
