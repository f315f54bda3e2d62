package dev.webtransport.runtime

import dev.webtransport.session.ConnectionEnd
import dev.webtransport.session.ConnectionEnd.Kind
import dev.webtransport.transport.QuicCloseReason

/** Turns QUIC's word for the end of a connection into the application's. */
internal object ConnectionEnds {
    fun of(reason: QuicCloseReason): ConnectionEnd {
        val initiator = SessionEnd.Lost.initiatorOf(reason)
        return when (reason) {
            is QuicCloseReason.Local -> ConnectionEnd(Kind.CLOSED, reason.errorCode, reason.reason, initiator)
            is QuicCloseReason.Application -> ConnectionEnd(Kind.CLOSED, reason.errorCode, reason.reason, initiator)
            is QuicCloseReason.TimedOut -> ConnectionEnd(Kind.TIMED_OUT, null, reason.reason, initiator)
            is QuicCloseReason.Transport -> ConnectionEnd(Kind.FAILED, reason.errorCode, reason.reason, initiator)
            is QuicCloseReason.Tls -> ConnectionEnd(Kind.FAILED, reason.errorCode, reason.reason, initiator)
            is QuicCloseReason.Refused -> ConnectionEnd(Kind.FAILED, null, reason.reason, initiator)
            is QuicCloseReason.Internal -> ConnectionEnd(Kind.FAILED, null, reason.reason, initiator)
        }
    }
}
