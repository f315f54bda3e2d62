package dev.webtransport.runtime

import dev.webtransport.error.ConnectionLostException
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.error.ProtocolViolation
import dev.webtransport.error.ProtocolViolationException
import dev.webtransport.error.SessionClosedException
import dev.webtransport.error.SessionEstablishmentException
import dev.webtransport.error.SessionException
import dev.webtransport.error.SessionRejectedException
import dev.webtransport.error.SessionTimedOutException
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.error.WebTransportException
import dev.webtransport.session.SessionEvent
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Initiator

/** How a session ended; makes the exception of every call that meets the end. */
internal sealed interface SessionEnd {
    /** A fresh instance for each caller, so that stack traces tell the truth; [cause] is the first report, or null for that. */
    fun exception(cause: Throwable?): WebTransportException

    /** What the events tell of it; the last one. */
    fun event(): SessionEvent

    /** Whether flows complete and accepts answer null, rather than fail. */
    val isClean: Boolean

    /** Which end ended it. */
    val initiator: Initiator

    /** One end closed the session. */
    class Closed(val info: CloseInfo, override val initiator: Initiator) : SessionEnd {
        override val isClean: Boolean get() = initiator == Initiator.LOCAL || info.code() == 0L

        override fun exception(cause: Throwable?): SessionException = SessionClosedException(info, initiator, cause)

        override fun event() = SessionEvent.Closed(info, initiator, exception(null))
    }

    /** One end broke the protocol, and the other said so. */
    class Violated(val violation: ProtocolViolation, override val initiator: Initiator) : SessionEnd {
        override val isClean: Boolean get() = false

        override fun exception(cause: Throwable?): SessionException =
            ProtocolViolationException(
                violation.message.orEmpty(),
                violation.scope(),
                violation.wireCode(),
                violation.citation(),
                initiator,
                cause,
            )

        override fun event() = SessionEvent.Closed(null, initiator, exception(null))
    }

    /** The connection went away under the session. */
    class Lost(val reason: QuicCloseReason) : SessionEnd {
        override val isClean: Boolean get() = false

        override val initiator: Initiator get() = initiatorOf(reason)

        override fun exception(cause: Throwable?): SessionException =
            when (reason) {
                is QuicCloseReason.TimedOut -> SessionTimedOutException("the connection is gone: $reason", cause)
                is QuicCloseReason.Application -> lost(reason.errorCode, Initiator.REMOTE, cause)
                is QuicCloseReason.Local -> lost(reason.errorCode, Initiator.LOCAL, cause)
                is QuicCloseReason.Transport -> lost(reason.errorCode ?: -1, Initiator.REMOTE, cause)
                is QuicCloseReason.Tls -> lost(reason.errorCode ?: -1, Initiator.REMOTE, cause)
                is QuicCloseReason.Refused -> lost(-1, Initiator.REMOTE, cause)
                is QuicCloseReason.Internal -> lost(-1, Initiator.LOCAL, cause)
            }

        override fun event() = SessionEvent.Closed(null, initiator, exception(null))

        companion object {
            /** Which end ended a connection; the peer, too, when it is silent or the network gone. */
            fun initiatorOf(reason: QuicCloseReason): Initiator =
                if (reason is QuicCloseReason.Local || reason is QuicCloseReason.Internal) Initiator.LOCAL else Initiator.REMOTE
        }

        private fun lost(code: Long, initiator: Initiator, cause: Throwable?): SessionException {
            val who = if (initiator == Initiator.REMOTE) "the peer or the network" else "this end"
            val how = if (code < 0) "$reason" else "$reason, ${Http3ErrorCode.describe(code)}"
            return ConnectionLostException("connection ended by $who: $how", code, initiator, cause)
        }
    }

    /** The server said no to a session that was used before its answer. */
    class Rejected(private val failure: SessionRejectedException) : SessionEnd {
        override val isClean: Boolean get() = false

        override val initiator: Initiator get() = Initiator.REMOTE

        override fun exception(cause: Throwable?): SessionEstablishmentException =
            SessionRejectedException(failure.status(), failure.headers(), failure.body(), failure.message.orEmpty())

        override fun event() = SessionEvent.Failed(exception(null))
    }

    /** No answer came to the request for a session that was used before it: the connection went away, or the time was up. */
    class Unanswered(private val failure: TransportUnavailableException, override val initiator: Initiator) : SessionEnd {
        override val isClean: Boolean get() = false

        override fun exception(cause: Throwable?): SessionEstablishmentException =
            TransportUnavailableException(failure.message.orEmpty(), cause ?: failure)

        override fun event() = SessionEvent.Failed(exception(null))
    }
}
