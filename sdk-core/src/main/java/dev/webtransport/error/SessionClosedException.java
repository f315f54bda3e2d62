package dev.webtransport.error;

import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Initiator;
import org.jspecify.annotations.Nullable;

/**
 * The session was closed, by this end or by the peer, with a code and a reason. What runs when it closes fails with
 * this, and so does every later call.
 */
public final class SessionClosedException extends SessionException {
    private static final long serialVersionUID = 1L;

    private final transient CloseInfo closeInfo;
    private final Initiator initiator;

    /**
     * A closed session.
     *
     * @param closeInfo code and reason
     * @param initiator who closed it
     * @param cause the first report of it, or null
     */
    public SessionClosedException(CloseInfo closeInfo, Initiator initiator, @Nullable Throwable cause) {
        super("session closed by " + (initiator == Initiator.LOCAL ? "this end: " : "the peer: ") + closeInfo, cause);
        this.closeInfo = closeInfo;
        this.initiator = initiator;
    }

    /**
     * Code and reason.
     *
     * @return how the session was closed
     */
    public CloseInfo closeInfo() {
        return closeInfo == null ? CloseInfo.NORMAL : closeInfo;
    }

    /**
     * Who closed it.
     *
     * @return this end or the peer
     */
    public Initiator initiator() {
        return initiator;
    }
}
