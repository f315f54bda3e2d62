package dev.webtransport.transport

import java.io.IOException

/**
 * The connection does not come to be, or has ended. Internal to transports: applications see `WebTransportException`.
 */
public class ByteConnectionException(
    /** How it ended. */
    public val reason: ByteCloseReason,
    cause: Throwable? = null,
) : IOException(reason.toString(), cause)

/**
 * How a connection of bytes ended. TCP has no error codes, so these are fewer than [QuicCloseReason], and none of them is quite the
 * same: here both ends can finish, and a peer can vanish without a word.
 */
public sealed interface ByteCloseReason {
    /** Both ends finished, and everything was read. */
    public object Finished : ByteCloseReason {
        override fun toString(): String = "finished by both ends"
    }

    /** This end closed it. */
    public object Local : ByteCloseReason {
        override fun toString(): String = "closed by this end"
    }

    /** The peer closed it without finishing, or the network cut it: a TCP reset, or an end without close_notify. */
    public class Reset(
        /** What happened. */
        public val reason: String,
    ) : ByteCloseReason {
        override fun toString(): String = "reset: $reason"
    }

    /** The TLS handshake failed: no common version or protocol, or one end does not accept the other's certificate. */
    public class Tls(
        /** What happened. */
        public val reason: String,
        /** The refusal of the peer's certificate by this end, if that was it. */
        public val cause: Throwable?,
    ) : ByteCloseReason {
        override fun toString(): String = "TLS handshake failed: $reason"
    }

    /** The handshakes never finished, or what was sent was never acknowledged. */
    public class TimedOut(
        /** What was waited for. */
        public val reason: String,
    ) : ByteCloseReason {
        override fun toString(): String = "timed out: $reason"
    }

    /** The peer cannot be reached: nothing listens, no route. */
    public class Refused(
        /** What happened. */
        public val reason: String,
    ) : ByteCloseReason {
        override fun toString(): String = "refused: $reason"
    }

    /** The engine itself failed, or was closed under the connection. */
    public class Internal(
        /** What happened. */
        public val reason: String,
    ) : ByteCloseReason {
        override fun toString(): String = "engine failed: $reason"
    }
}
