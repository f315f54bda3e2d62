package dev.webtransport.error;

import dev.webtransport.value.Headers;

/**
 * The server answered the session request with a status other than 2xx (draft-ietf-webtrans-http3-16, section 3.2), or
 * reset the request. Redirects are not followed; their target is in {@link #headers()}.
 */
public final class SessionRejectedException extends SessionEstablishmentException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Headers headers;

    /**
     * A rejection.
     *
     * @param status the HTTP status, or 0 when the request was reset before an answer
     * @param headers the fields of the answer
     * @param message what happened
     */
    public SessionRejectedException(int status, Headers headers, String message) {
        super(message, null);
        this.status = status;
        this.headers = headers;
    }

    /**
     * The HTTP status; 0 when the request was reset before an answer.
     *
     * @return the status
     */
    public int status() {
        return status;
    }

    /**
     * The fields of the answer.
     *
     * @return the fields
     */
    public Headers headers() {
        return headers == null ? Headers.EMPTY : headers;
    }
}
