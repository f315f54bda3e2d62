package dev.webtransport.error;

import org.jspecify.annotations.Nullable;

/** One stream failed; the session lives. */
public abstract sealed class StreamException extends WebTransportException
        permits StreamResetException, StreamStoppedException, StreamLimitException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with a message and possibly a cause.
     *
     * @param message what happened
     * @param cause what led to it
     */
    protected StreamException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    static String describe(@Nullable Long errorCode) {
        return errorCode == null ? "no application code" : "code " + errorCode;
    }
}
