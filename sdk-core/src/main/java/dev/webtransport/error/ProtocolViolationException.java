package dev.webtransport.error;

import dev.webtransport.value.Initiator;
import org.jspecify.annotations.Nullable;

/** One end broke a rule of the protocol, and the session or its whole connection ended for it. */
public final class ProtocolViolationException extends SessionException {
    private static final long serialVersionUID = 1L;

    private final ViolationScope scope;
    private final long wireCode;
    private final String citation;
    private final Initiator initiator;

    /**
     * A violation.
     *
     * @param message what happened
     * @param scope what ended for it
     * @param wireCode the HTTP/3 error code that was sent or received
     * @param citation the sentence of the specification, as document and section; empty when the peer complained
     * @param initiator who complained: LOCAL when this end found the peer's mistake
     * @param cause what led to it
     */
    public ProtocolViolationException(
            String message,
            ViolationScope scope,
            long wireCode,
            String citation,
            Initiator initiator,
            @Nullable Throwable cause) {
        super(message, cause);
        this.scope = scope;
        this.wireCode = wireCode;
        this.citation = citation;
        this.initiator = initiator;
    }

    /**
     * What ended for it.
     *
     * @return the scope
     */
    public ViolationScope scope() {
        return scope;
    }

    /**
     * The HTTP/3 error code that was sent or received.
     *
     * @return the code
     */
    public long wireCode() {
        return wireCode;
    }

    /**
     * Document and section of the rule; empty when the peer complained.
     *
     * @return the citation
     */
    public String citation() {
        return citation;
    }

    /**
     * Who complained: LOCAL when this end found the peer's mistake.
     *
     * @return this end or the peer
     */
    public Initiator initiator() {
        return initiator;
    }
}
