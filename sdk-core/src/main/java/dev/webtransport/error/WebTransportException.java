package dev.webtransport.error;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The root of everything that can go wrong with a session or a stream. Its three branches answer one question each: no
 * session came to be ({@link SessionEstablishmentException}), a session that lived has ended ({@link
 * SessionException}),
 * one stream failed while its session lives ({@link StreamException}).
 */
public abstract sealed class WebTransportException extends IOException
        permits SessionEstablishmentException, SessionException, StreamException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with a message and possibly a cause.
     *
     * @param message what happened, with the values that matter
     * @param cause what led to it
     */
    protected WebTransportException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
