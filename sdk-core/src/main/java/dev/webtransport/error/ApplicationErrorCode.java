package dev.webtransport.error;

import java.util.OptionalLong;

/**
 * Maps the stream error codes of applications, unsigned 32-bit numbers, into the range of HTTP/3 error codes that
 * WebTransport reserves for them, and back (draft-ietf-webtrans-http3-16, section 4.4).
 */
public final class ApplicationErrorCode {
    /** The largest code of an application. */
    public static final long MAX = 0xffff_ffffL;

    private static final long WT_APPLICATION_ERROR_FIRST = 0x52e4a40fa8dbL;
    private static final long WT_APPLICATION_ERROR_LAST = 0x52e5ac983162L;

    private ApplicationErrorCode() {}

    /**
     * The wire code of an application's code.
     *
     * @param errorCode 0 to 2^32-1
     * @return the HTTP/3 error code
     * @throws IllegalArgumentException if the code is out of range
     */
    public static long toHttp3(long errorCode) {
        if (errorCode < 0 || errorCode > MAX) {
            throw new IllegalArgumentException("stream error code " + errorCode + " is outside 0.." + MAX);
        }
        // One code in 31 is of the form 0x1f * N + 0x21, which HTTP/3 reserves: the mapping steps over it.
        return WT_APPLICATION_ERROR_FIRST + errorCode + errorCode / 0x1e;
    }

    /**
     * The application's code of a wire code.
     *
     * @param wireCode an HTTP/3 error code
     * @return the code; empty when the wire code is outside the range or reserved
     */
    public static OptionalLong fromHttp3(long wireCode) {
        if (wireCode < WT_APPLICATION_ERROR_FIRST
                || wireCode > WT_APPLICATION_ERROR_LAST
                || (wireCode - 0x21) % 0x1f == 0) {
            return OptionalLong.empty();
        }
        long shifted = wireCode - WT_APPLICATION_ERROR_FIRST;
        return OptionalLong.of(shifted - shifted / 0x1f);
    }
}
