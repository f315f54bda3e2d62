package dev.webtransport.error;

import org.jspecify.annotations.Nullable;

/** Nothing was heard from the peer for the idle timeout (RFC 9000, section 10.1), so the session is gone. */
public final class SessionTimedOutException extends SessionException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with a message and possibly a cause.
     *
     * @param message what happened
     * @param cause what led to it
     */
    public SessionTimedOutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
