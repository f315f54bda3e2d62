package dev.webtransport.session

import dev.webtransport.value.Initiator

/** How a connection ended, as [WebTransportConnection.awaitClosed] tells it. */
public class ConnectionEnd internal constructor(
    /** In which way. */
    public val kind: Kind,
    /**
     * The error code of the CONNECTION_CLOSE frame: one of HTTP/3's (RFC 9114, section 8.1; 0x100 says that there was no error)
     * after [Kind.CLOSED], one of QUIC's (RFC 9000, section 20.1) or none after [Kind.FAILED].
     */
    public val code: Long?,
    /** The reason in that frame, or what happened. Text from the network when [initiator] is REMOTE. */
    public val reason: String,
    /** Which end ended it; REMOTE, too, when nothing is heard of it any more. */
    public val initiator: Initiator,
) {
    /** The ways in which a connection ends. */
    public enum class Kind {
        /** One end closed it, or its scope was cancelled. */
        CLOSED,

        /** Nothing was heard for the idle timeout. */
        TIMED_OUT,

        /** QUIC, TLS or the network failed. */
        FAILED,
    }

    override fun toString(): String =
        "$kind by $initiator" + (if (code == null) "" else " with code 0x${code.toString(16)}") +
            (if (reason.isEmpty()) "" else " \"$reason\"")
}
