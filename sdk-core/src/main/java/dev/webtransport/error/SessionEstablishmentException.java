package dev.webtransport.error;

import org.jspecify.annotations.Nullable;

/** No session came to be. */
public abstract sealed class SessionEstablishmentException extends WebTransportException
        permits TransportUnavailableException, RequirementsNotMetException, SessionRejectedException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with a message and possibly a cause.
     *
     * @param message what happened
     * @param cause what led to it
     */
    protected SessionEstablishmentException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
