package dev.webtransport.error;

import dev.webtransport.value.Headers;

/**
 * The server answered the session request with a status other than 2xx (draft-ietf-webtrans-http3-16, section 3.2), or
 * reset the request. Redirects are not followed; their target is in {@link #headers()}.
 */
public final class SessionRejectedException extends SessionEstablishmentException {
    /** How much of the content of an answer is kept, in bytes; the rest is not read. */
    public static final int MAX_BODY_BYTES = 16 << 10;

    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Headers headers;
    private final byte[] body;

    /**
     * A rejection.
     *
     * @param status the HTTP status, or 0 when the request was reset before an answer
     * @param headers the fields of the answer
     * @param message what happened
     */
    public SessionRejectedException(int status, Headers headers, String message) {
        this(status, headers, new byte[0], message);
    }

    /**
     * A rejection with content.
     *
     * @param status the HTTP status, or 0 when the request was reset before an answer
     * @param headers the fields of the answer
     * @param body the content of the answer, as far as it is kept
     * @param message what happened
     */
    public SessionRejectedException(int status, Headers headers, byte[] body, String message) {
        super(message, null);
        this.status = status;
        this.headers = headers;
        this.body = body.clone();
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

    /**
     * The content of the answer, as the server encoded it ({@code content-type} in {@link #headers()} says how): up to
     * {@link #MAX_BODY_BYTES}, and what came within the close timeout of the client's HTTP/3 settings after the
     * status. Text from the network: not to be trusted.
     *
     * @return the bytes, a copy; empty when there were none
     */
    public byte[] body() {
        return body.clone();
    }
}
