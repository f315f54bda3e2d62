package dev.webtransport.error;

/**
 * A rule of the protocol that the peer broke: what ends, with which wire code, and where the rule stands. Internal: it
 * is
 * checked, so that every decoding path has to decide, and it carries no stack trace, because peers cause it at will.
 * Applications see {@link ProtocolViolationException}.
 */
public final class ProtocolViolation extends Exception {
    private static final long serialVersionUID = 1L;

    private final ViolationScope scope;
    private final long wireCode;
    private final String citation;

    /**
     * A violation.
     *
     * @param scope what ends
     * @param wireCode the HTTP/3 error code to send
     * @param citation document and section of the rule
     * @param message what the peer did, with the value and the limit
     */
    public ProtocolViolation(ViolationScope scope, long wireCode, String citation, String message) {
        super(message, null, false, false);
        this.scope = scope;
        this.wireCode = wireCode;
        this.citation = citation;
    }

    /** A violation that ends the connection. */
    public static ProtocolViolation connection(long wireCode, String citation, String message) {
        return new ProtocolViolation(ViolationScope.CONNECTION, wireCode, citation, message);
    }

    /** A violation that ends one session, by resetting its CONNECT stream. */
    public static ProtocolViolation session(long wireCode, String citation, String message) {
        return new ProtocolViolation(ViolationScope.SESSION, wireCode, citation, message);
    }

    /** A violation that ends one stream. */
    public static ProtocolViolation stream(long wireCode, String citation, String message) {
        return new ProtocolViolation(ViolationScope.STREAM, wireCode, citation, message);
    }

    public ViolationScope scope() {
        return scope;
    }

    public long wireCode() {
        return wireCode;
    }

    public String citation() {
        return citation;
    }
}
