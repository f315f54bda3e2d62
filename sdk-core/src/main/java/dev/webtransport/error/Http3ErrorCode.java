package dev.webtransport.error;

import org.jspecify.annotations.Nullable;

/**
 * The error codes of HTTP/3, QPACK and WebTransport over HTTP/3, as the documents spell them (RFC 9114 section 8.1, RFC
 * 9204 section 6, RFC 9297 section 5.2, draft-ietf-webtrans-http3-16 section 9.5).
 */
public final class Http3ErrorCode {
    /** RFC 9297, section 5.2. */
    public static final long H3_DATAGRAM_ERROR = 0x33L;

    /** RFC 9114, section 8.1. */
    public static final long H3_NO_ERROR = 0x100L;

    /** RFC 9114, section 8.1. */
    public static final long H3_GENERAL_PROTOCOL_ERROR = 0x101L;

    /** RFC 9114, section 8.1. */
    public static final long H3_INTERNAL_ERROR = 0x102L;

    /** RFC 9114, section 8.1. */
    public static final long H3_STREAM_CREATION_ERROR = 0x103L;

    /** RFC 9114, section 8.1. */
    public static final long H3_CLOSED_CRITICAL_STREAM = 0x104L;

    /** RFC 9114, section 8.1. */
    public static final long H3_FRAME_UNEXPECTED = 0x105L;

    /** RFC 9114, section 8.1. */
    public static final long H3_FRAME_ERROR = 0x106L;

    /** RFC 9114, section 8.1. */
    public static final long H3_EXCESSIVE_LOAD = 0x107L;

    /** RFC 9114, section 8.1. */
    public static final long H3_ID_ERROR = 0x108L;

    /** RFC 9114, section 8.1. */
    public static final long H3_SETTINGS_ERROR = 0x109L;

    /** RFC 9114, section 8.1. */
    public static final long H3_MISSING_SETTINGS = 0x10aL;

    /** RFC 9114, section 8.1. */
    public static final long H3_REQUEST_REJECTED = 0x10bL;

    /** RFC 9114, section 8.1. */
    public static final long H3_REQUEST_CANCELLED = 0x10cL;

    /** RFC 9114, section 8.1. */
    public static final long H3_REQUEST_INCOMPLETE = 0x10dL;

    /** RFC 9114, section 8.1. */
    public static final long H3_MESSAGE_ERROR = 0x10eL;

    /** RFC 9114, section 8.1. */
    public static final long H3_CONNECT_ERROR = 0x10fL;

    /** RFC 9114, section 8.1. */
    public static final long H3_VERSION_FALLBACK = 0x110L;

    /** RFC 9204, section 6. */
    public static final long QPACK_DECOMPRESSION_FAILED = 0x200L;

    /** RFC 9204, section 6. */
    public static final long QPACK_ENCODER_STREAM_ERROR = 0x201L;

    /** RFC 9204, section 6. */
    public static final long QPACK_DECODER_STREAM_ERROR = 0x202L;

    /** draft-ietf-webtrans-http3-16, section 4.6. */
    public static final long WT_BUFFERED_STREAM_REJECTED = 0x3994bd84L;

    /** draft-ietf-webtrans-http3-16, section 6. */
    public static final long WT_SESSION_GONE = 0x170d7b68L;

    /** draft-ietf-webtrans-http3-16, section 5.6. */
    public static final long WT_FLOW_CONTROL_ERROR = 0x045d4487L;

    /** draft-ietf-webtrans-http3-16, section 3.3. */
    public static final long WT_ALPN_ERROR = 0x0817b3ddL;

    /** draft-ietf-webtrans-http3-16, section 3.1. */
    public static final long WT_REQUIREMENTS_NOT_MET = 0x212c0d48L;

    private Http3ErrorCode() {}

    /**
     * How to write a code in a message: its registered name and its number, or the number alone.
     *
     * @param code a wire code
     * @return for example {@code H3_NO_ERROR (0x100)}
     */
    public static String describe(long code) {
        String name = name(code);
        String number = "0x" + Long.toHexString(code);
        return name == null ? number : name + " (" + number + ")";
    }

    private static @Nullable String name(long code) {
        if (code != (int) code) {
            return null;
        }
        return switch ((int) code) {
            case (int) H3_DATAGRAM_ERROR -> "H3_DATAGRAM_ERROR";
            case (int) H3_NO_ERROR -> "H3_NO_ERROR";
            case (int) H3_GENERAL_PROTOCOL_ERROR -> "H3_GENERAL_PROTOCOL_ERROR";
            case (int) H3_INTERNAL_ERROR -> "H3_INTERNAL_ERROR";
            case (int) H3_STREAM_CREATION_ERROR -> "H3_STREAM_CREATION_ERROR";
            case (int) H3_CLOSED_CRITICAL_STREAM -> "H3_CLOSED_CRITICAL_STREAM";
            case (int) H3_FRAME_UNEXPECTED -> "H3_FRAME_UNEXPECTED";
            case (int) H3_FRAME_ERROR -> "H3_FRAME_ERROR";
            case (int) H3_EXCESSIVE_LOAD -> "H3_EXCESSIVE_LOAD";
            case (int) H3_ID_ERROR -> "H3_ID_ERROR";
            case (int) H3_SETTINGS_ERROR -> "H3_SETTINGS_ERROR";
            case (int) H3_MISSING_SETTINGS -> "H3_MISSING_SETTINGS";
            case (int) H3_REQUEST_REJECTED -> "H3_REQUEST_REJECTED";
            case (int) H3_REQUEST_CANCELLED -> "H3_REQUEST_CANCELLED";
            case (int) H3_REQUEST_INCOMPLETE -> "H3_REQUEST_INCOMPLETE";
            case (int) H3_MESSAGE_ERROR -> "H3_MESSAGE_ERROR";
            case (int) H3_CONNECT_ERROR -> "H3_CONNECT_ERROR";
            case (int) H3_VERSION_FALLBACK -> "H3_VERSION_FALLBACK";
            case (int) QPACK_DECOMPRESSION_FAILED -> "QPACK_DECOMPRESSION_FAILED";
            case (int) QPACK_ENCODER_STREAM_ERROR -> "QPACK_ENCODER_STREAM_ERROR";
            case (int) QPACK_DECODER_STREAM_ERROR -> "QPACK_DECODER_STREAM_ERROR";
            case (int) WT_BUFFERED_STREAM_REJECTED -> "WT_BUFFERED_STREAM_REJECTED";
            case (int) WT_SESSION_GONE -> "WT_SESSION_GONE";
            case (int) WT_FLOW_CONTROL_ERROR -> "WT_FLOW_CONTROL_ERROR";
            case (int) WT_ALPN_ERROR -> "WT_ALPN_ERROR";
            case (int) WT_REQUIREMENTS_NOT_MET -> "WT_REQUIREMENTS_NOT_MET";
            default -> null;
        };
    }
}
