package dev.webtransport.error;

import org.jspecify.annotations.Nullable;

/**
 * No connection to the peer: its name does not resolve, nothing answers, UDP is blocked, the TLS handshake failed, the
 * connect timeout passed, or no QUIC engine is on the class path. The message names the stage; the cause is kept.
 */
public final class TransportUnavailableException extends SessionEstablishmentException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with a message and possibly a cause.
     *
     * @param message what failed, at which stage
     * @param cause what led to it
     */
    public TransportUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
