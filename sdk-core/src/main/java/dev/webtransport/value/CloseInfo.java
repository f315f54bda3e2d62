package dev.webtransport.value;

import java.nio.charset.StandardCharsets;

/**
 * How a session ended: an application's code and reason (W3C WebTransport, {@code WebTransportCloseInfo};
 * draft-ietf-webtrans-http3-16, section 6).
 */
public final class CloseInfo {
    /** The largest code: codes are unsigned 32-bit numbers. */
    public static final long MAX_CODE = 0xffff_ffffL;

    /** The longest reason, in bytes of UTF-8. */
    public static final int MAX_REASON_BYTES = 1024;

    /** Code 0, empty reason: also what a session that ended without a word is said to have ended with. */
    public static final CloseInfo NORMAL = new CloseInfo(0, "");

    private final long code;
    private final String reason;

    private CloseInfo(long code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    /**
     * A code without a reason.
     *
     * @param code 0 to 2^32-1
     * @return the value
     * @throws IllegalArgumentException if the code is out of range
     */
    public static CloseInfo of(long code) {
        return of(code, "");
    }

    /**
     * A code and a reason.
     *
     * @param code 0 to 2^32-1
     * @param reason at most 1,024 bytes in UTF-8; it is refused when longer, never cut
     * @return the value
     * @throws IllegalArgumentException if the code is out of range, the reason too long, or the reason holds half of
     *     a surrogate pair, which has no UTF-8
     */
    public static CloseInfo of(long code, String reason) {
        if (code < 0 || code > MAX_CODE) {
            throw new IllegalArgumentException("close code " + code + " is outside 0.." + MAX_CODE);
        }
        int bytes = reason.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_REASON_BYTES) {
            throw new IllegalArgumentException(
                    "close reason of " + bytes + " bytes is longer than " + MAX_REASON_BYTES + "; shorten it");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(reason)) {
            throw new IllegalArgumentException("close reason holds an unpaired surrogate, which UTF-8 cannot carry");
        }
        return code == 0 && reason.isEmpty() ? NORMAL : new CloseInfo(code, reason);
    }

    /**
     * A code and as much of a reason as fits: it is cut between two characters so that it has at most 1,024 bytes in
     * UTF-8, as browsers cut it (W3C WebTransport, {@code close()}), but never inside a surrogate pair.
     *
     * @param code 0 to 2^32-1
     * @param reason of any length; halves of surrogate pairs become U+FFFD
     * @return the value
     * @throws IllegalArgumentException if the code is out of range
     */
    public static CloseInfo ofTruncated(long code, String reason) {
        return of(code, Utf8.truncate(reason, MAX_REASON_BYTES));
    }

    /**
     * The application's code, 0 to 2^32-1.
     *
     * @return the code
     */
    public long code() {
        return code;
    }

    /**
     * The application's reason; empty when none was given.
     *
     * @return the reason
     */
    public String reason() {
        return reason;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CloseInfo that && code == that.code && reason.equals(that.reason);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(code) + reason.hashCode();
    }

    @Override
    public String toString() {
        return reason.isEmpty() ? "code " + code : "code " + code + " \"" + reason + "\"";
    }
}
