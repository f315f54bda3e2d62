package dev.webtransport.codec;

/** The types of capsules that WebTransport over HTTP/3 knows (draft-ietf-webtrans-http3-16, section 9.6). */
public final class CapsuleType {
    /** RFC 9297, section 3.5. */
    public static final long DATAGRAM = 0x00;

    /** draft-ietf-webtrans-http3-16, section 6. */
    public static final long WT_CLOSE_SESSION = 0x2843;

    /** draft-ietf-webtrans-http3-16, section 4.7. */
    public static final long WT_DRAIN_SESSION = 0x78ae;

    /** draft-ietf-webtrans-http3-16, section 5.6.4. */
    public static final long WT_MAX_DATA = 0x190b4d3d;

    /** draft-ietf-webtrans-http3-16, section 5.4: prohibited over HTTP/3. */
    public static final long WT_MAX_STREAM_DATA = 0x190b4d3e;

    /** draft-ietf-webtrans-http3-16, section 5.6.2. */
    public static final long WT_MAX_STREAMS_BIDI = 0x190b4d3f;

    /** draft-ietf-webtrans-http3-16, section 5.6.2. */
    public static final long WT_MAX_STREAMS_UNI = 0x190b4d40;

    /** draft-ietf-webtrans-http3-16, section 5.6.5. */
    public static final long WT_DATA_BLOCKED = 0x190b4d41;

    /** draft-ietf-webtrans-http3-16, section 5.4: prohibited over HTTP/3. */
    public static final long WT_STREAM_DATA_BLOCKED = 0x190b4d42;

    /** draft-ietf-webtrans-http3-16, section 5.6.3. */
    public static final long WT_STREAMS_BLOCKED_BIDI = 0x190b4d43;

    /** draft-ietf-webtrans-http3-16, section 5.6.3. */
    public static final long WT_STREAMS_BLOCKED_UNI = 0x190b4d44;

    private CapsuleType() {}
}
