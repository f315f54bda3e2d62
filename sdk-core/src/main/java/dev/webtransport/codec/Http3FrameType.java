package dev.webtransport.codec;

/** The frame types of HTTP/3 (RFC 9114, section 7.2), and the signal that WebTransport puts in the place of one. */
public final class Http3FrameType {
    /** RFC 9114, section 7.2.1. */
    public static final long DATA = 0x00;

    /** RFC 9114, section 7.2.2. */
    public static final long HEADERS = 0x01;

    /** RFC 9114, section 7.2.3. */
    public static final long CANCEL_PUSH = 0x03;

    /** RFC 9114, section 7.2.4. */
    public static final long SETTINGS = 0x04;

    /** RFC 9114, section 7.2.5. */
    public static final long PUSH_PROMISE = 0x05;

    /** RFC 9114, section 7.2.6. */
    public static final long GOAWAY = 0x07;

    /** RFC 9114, section 7.2.7. */
    public static final long MAX_PUSH_ID = 0x0d;

    /**
     * The first bytes of a bidirectional stream of WebTransport, where a frame type would stand; without a length
     * (draft-ietf-webtrans-http3-16, section 4.3).
     */
    public static final long WT_STREAM = 0x41;

    private Http3FrameType() {}

    /**
     * Whether HTTP/2 has a frame of this type that HTTP/3 has not: PRIORITY, PING, WINDOW_UPDATE, CONTINUATION (RFC
     * 9114,
     * section 7.2.8).
     *
     * @param type a frame type
     * @return true if it must not be received
     */
    public static boolean isReservedForHttp2(long type) {
        return type == 0x02 || type == 0x06 || type == 0x08 || type == 0x09;
    }

    /**
     * The n-th of the types that mean nothing and exercise the rule to ignore what is unknown (RFC 9114, section
     * 7.2.8).
     *
     * @param n 0 to (2^62-1-0x21)/0x1f
     * @return 0x1f * n + 0x21
     * @throws IllegalArgumentException if n is out of range
     */
    public static long reserved(long n) {
        return GreaseNumber.at(n);
    }
}
