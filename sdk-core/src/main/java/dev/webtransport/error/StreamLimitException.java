package dev.webtransport.error;

/** No credit for another stream now, and the caller chose not to wait ({@code waitUntilAvailable} is off). */
public final class StreamLimitException extends StreamException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with a message.
     *
     * @param message which limit stands in the way
     */
    public StreamLimitException(String message) {
        super(message, null);
    }
}
