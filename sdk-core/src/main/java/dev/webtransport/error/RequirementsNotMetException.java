package dev.webtransport.error;

/**
 * The peer speaks HTTP/3, but not what WebTransport needs of it: a setting or a transport parameter is missing or wrong
 * (draft-ietf-webtrans-http3-16, section 3.1). The message names it.
 */
public final class RequirementsNotMetException extends SessionEstablishmentException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with a message.
     *
     * @param message which requirement the peer does not meet
     */
    public RequirementsNotMetException(String message) {
        super(message, null);
    }
}
