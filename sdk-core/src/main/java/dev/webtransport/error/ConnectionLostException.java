package dev.webtransport.error;

import dev.webtransport.value.Initiator;
import org.jspecify.annotations.Nullable;

/**
 * The connection under the session ended before the session was closed: the peer closed it, or it broke. No close code
 * of the session was heard.
 */
public final class ConnectionLostException extends SessionException {
    private static final long serialVersionUID = 1L;

    private final long wireCode;
    private final Initiator initiator;

    /**
     * A lost connection.
     *
     * @param message what happened
     * @param wireCode the HTTP/3 or QUIC error code, or -1 when none is known
     * @param initiator who ended the connection
     * @param cause what led to it
     */
    public ConnectionLostException(String message, long wireCode, Initiator initiator, @Nullable Throwable cause) {
        super(message, cause);
        this.wireCode = wireCode;
        this.initiator = initiator;
    }

    /**
     * The HTTP/3 or QUIC error code of the connection's end; -1 when none is known.
     *
     * @return the code
     */
    public long wireCode() {
        return wireCode;
    }

    /**
     * Who ended the connection.
     *
     * @return this end or the peer
     */
    public Initiator initiator() {
        return initiator;
    }
}
