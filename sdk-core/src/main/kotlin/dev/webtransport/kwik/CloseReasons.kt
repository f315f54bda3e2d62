package dev.webtransport.kwik

import dev.webtransport.transport.QuicCloseReason
import tech.kwik.core.ConnectionTerminatedEvent
import tech.kwik.core.frame.ConnectionCloseFrame

/** RFC 9001, section 4.8: the codes of QUIC that carry a TLS alert. */
private val CRYPTO_ERRORS = 0x100L..0x1ffL

/** RFC 9000, section 19.19: the type of a CONNECTION_CLOSE frame that an application asked for. */
private const val APPLICATION_CLOSE = 0x1d

/** What the peer's CONNECTION_CLOSE says. */
internal fun closeReason(frame: ConnectionCloseFrame): QuicCloseReason {
    val text = frame.reasonPhrase ?: ""
    return if (frame.frameType == APPLICATION_CLOSE) {
        QuicCloseReason.Application(frame.errorCode, text)
    } else {
        transportReason(frame.errorCode, text.ifEmpty { "closed by the peer" })
    }
}

/** How Kwik says that it ended a connection by itself. */
internal fun closeReason(event: ConnectionTerminatedEvent): QuicCloseReason = when (event.closeReason()) {
    ConnectionTerminatedEvent.CloseReason.IdleTimeout -> {
        QuicCloseReason.TimedOut("nothing was heard from the peer")
    }

    ConnectionTerminatedEvent.CloseReason.ConnectionLost -> {
        QuicCloseReason.TimedOut("the peer acknowledged nothing any more")
    }

    ConnectionTerminatedEvent.CloseReason.StatelessReset -> {
        QuicCloseReason.Refused("the peer does not know the connection (stateless reset)")
    }

    else -> {
        transportReason(event.transportErrorCode(), event.errorDescription())
    }
}

private fun transportReason(code: Long?, text: String): QuicCloseReason =
    if (code in CRYPTO_ERRORS) {
        QuicCloseReason.Tls(code, "the peer sent TLS alert ${checkNotNull(code) - CRYPTO_ERRORS.first} $text".trim(), null)
    } else {
        QuicCloseReason.Transport(code, text)
    }

/** The longest reason whose packet fits every path. */
private const val MAX_REASON_BYTES = 1_000

/** A reason phrase cut to what fits a packet, between two characters. */
internal fun cutReason(reason: String): String {
    var length = 0
    var end = 0
    while (end < reason.length) {
        val codePoint = reason.codePointAt(end)
        val count = Character.charCount(codePoint)
        length += reason.substring(end, end + count).toByteArray().size
        if (length > MAX_REASON_BYTES) break
        end += count
    }
    return reason.substring(0, end)
}
