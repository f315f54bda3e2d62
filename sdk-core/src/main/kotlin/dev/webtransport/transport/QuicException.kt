package dev.webtransport.transport

import java.io.IOException

/** What an engine reports, in QUIC's own words. Internal to transports: applications see `WebTransportException`. */
public sealed class QuicException(message: String, cause: Throwable?) : IOException(message, cause)

/** The connection does not come to be, or has ended. */
public class QuicConnectionException(
    /** How it ended. */
    public val reason: QuicCloseReason,
    cause: Throwable? = null,
) : QuicException(reason.toString(), cause)

/** The peer sent RESET_STREAM. */
public class QuicStreamResetException(
    /** The code of the frame. */
    public val errorCode: Long,
) : QuicException("stream reset by the peer with code 0x${errorCode.toString(16)}", null)

/** The peer sent STOP_SENDING. */
public class QuicStreamStoppedException(
    /** The code of the frame, or null when the engine cannot tell. */
    public val errorCode: Long?,
) : QuicException(
        "stream stopped by the peer" +
            if (errorCode == null) "; the engine does not tell the code" else " with code 0x${errorCode.toString(16)}",
        null,
    )

/** How a QUIC connection ended. */
public sealed interface QuicCloseReason {
    /** This end closed it. */
    public class Local(
        /** The application error code. */
        public val errorCode: Long,
        /** The reason phrase. */
        public val reason: String,
    ) : QuicCloseReason {
        override fun toString(): String = "closed by this end with code 0x${errorCode.toString(16)} \"$reason\""
    }

    /** The peer closed it (CONNECTION_CLOSE of type 0x1d). */
    public class Application(
        /** The application error code. */
        public val errorCode: Long,
        /** The reason phrase, as UTF-8, mistakes replaced. */
        public val reason: String,
    ) : QuicCloseReason {
        override fun toString(): String = "closed by the peer with code 0x${errorCode.toString(16)} \"$reason\""
    }

    /** The TLS handshake failed: no common version or protocol, or one end does not accept the other's certificate. */
    public class Tls(
        /** The QUIC error code (0x100 and the TLS alert), or null when none is known. */
        public val errorCode: Long?,
        /** What happened. */
        public val reason: String,
        /** The refusal of the peer's certificate by this end, if that was it. */
        public val cause: Throwable?,
    ) : QuicCloseReason {
        override fun toString(): String = "TLS handshake failed: $reason"
    }

    /** QUIC itself failed, here or there (CONNECTION_CLOSE of type 0x1c). */
    public class Transport(
        /** The QUIC error code (RFC 9000, section 20.1), or null when none is known. */
        public val errorCode: Long?,
        /** What happened. */
        public val reason: String,
    ) : QuicCloseReason {
        override fun toString(): String =
            "QUIC failed" + (if (errorCode == null) "" else " with code 0x${errorCode.toString(16)}") + ": $reason"
    }

    /** Nothing was heard for the idle timeout, or the handshake never finished. */
    public class TimedOut(
        /** What was waited for. */
        public val reason: String,
    ) : QuicCloseReason {
        override fun toString(): String = "timed out: $reason"
    }

    /** The peer cannot be reached: nothing listens, no route, a stateless reset. */
    public class Refused(
        /** What happened. */
        public val reason: String,
    ) : QuicCloseReason {
        override fun toString(): String = "refused: $reason"
    }

    /** The engine itself failed, or was closed under the connection. */
    public class Internal(
        /** What happened. */
        public val reason: String,
    ) : QuicCloseReason {
        override fun toString(): String = "engine failed: $reason"
    }
}
