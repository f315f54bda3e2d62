package dev.webtransport.error;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The peer abandoned the stream it was sending (draft-ietf-webtrans-http3-16, section 4.4).
 */
public final class StreamResetException extends StreamException {
    private static final long serialVersionUID = 1L;

    private final @Nullable Long errorCode;
    private final boolean sessionGone;

    /**
     * The peer reset its sending side.
     *
     * @param errorCode the peer's application code, or null when the wire code has no mapping or is not known
     * @param sessionGone whether the peer said that the session of the stream is gone (WT_SESSION_GONE)
     * @param cause what led to it
     */
    public StreamResetException(@Nullable Long errorCode, boolean sessionGone, @Nullable Throwable cause) {
        super(
                "the peer reset its sending side: " + describe(errorCode)
                        + (sessionGone ? ", its session is gone" : ""),
                cause);
        this.errorCode = errorCode;
        this.sessionGone = sessionGone;
    }

    /**
     * The peer's application code, 0 to 2^32-1; null when the wire code has no mapping, or when the transport cannot
     * tell it.
     *
     * @return the code or null
     */
    public @Nullable Long getErrorCode() {
        return errorCode;
    }

    /**
     * The same as {@link #getErrorCode()}, for Java.
     *
     * @return the code, if there is one
     */
    public OptionalLong errorCode() {
        return errorCode == null ? OptionalLong.empty() : OptionalLong.of(errorCode);
    }

    /**
     * Whether the peer said that the session is gone, so that no code of the application is to be expected.
     *
     * @return true if so
     */
    public boolean sessionGone() {
        return sessionGone;
    }
}
