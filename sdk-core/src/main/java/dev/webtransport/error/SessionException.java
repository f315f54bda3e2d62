package dev.webtransport.error;

import org.jspecify.annotations.Nullable;

/** A session that lived has ended. */
public abstract sealed class SessionException extends WebTransportException
        permits SessionClosedException, SessionTimedOutException, ConnectionLostException, ProtocolViolationException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with a message and possibly a cause.
     *
     * @param message what happened
     * @param cause what led to it
     */
    protected SessionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
