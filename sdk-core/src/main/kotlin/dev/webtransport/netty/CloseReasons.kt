package dev.webtransport.netty

import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnectionException
import io.netty.channel.ConnectTimeoutException
import io.netty.handler.codec.quic.QuicClosedChannelException
import io.netty.handler.codec.quic.QuicConnectionCloseEvent
import io.netty.handler.codec.quic.QuicException
import io.netty.handler.codec.quic.QuicTimeoutClosedChannelException
import java.io.IOException
import java.net.ConnectException
import java.net.NoRouteToHostException
import java.net.PortUnreachableException
import javax.net.ssl.SSLEngine
import javax.net.ssl.SSLException

/** RFC 9001, section 4.8: the codes of QUIC that carry a TLS alert. */
private val CRYPTO_ERRORS = 0x100L..0x1ffL

/** What the peer's CONNECTION_CLOSE says. */
internal fun closeReason(event: QuicConnectionCloseEvent): QuicCloseReason {
    val code = event.error().toLong() and 0xffff_ffffL
    val text = phrase(event)
    return when {
        event.isApplicationClose -> QuicCloseReason.Application(code, text)
        code in CRYPTO_ERRORS -> QuicCloseReason.Tls(code, "the peer sent TLS alert ${code - CRYPTO_ERRORS.first} $text".trim(), null)
        else -> QuicCloseReason.Transport(code, text.ifEmpty { "closed by the peer" })
    }
}

private fun phrase(event: QuicConnectionCloseEvent): String =
    try {
        String(event.reason(), Charsets.UTF_8)
    } catch (_: NullPointerException) {
        // Netty copies the reason without asking whether the peer gave one.
        ""
    }

/** What an exception says that ended a connection. [engine] knows whether this end refused the peer's certificate. */
internal fun closeReason(failure: Throwable, engine: SSLEngine?): QuicCloseReason {
    val refusal = NettyTls.refusal(engine).orElse(null)
    return when {
        refusal != null -> {
            QuicCloseReason.Tls(null, refusal.message ?: refusal.toString(), refusal)
        }

        failure is QuicConnectionException -> {
            failure.reason
        }

        failure is SSLException -> {
            QuicCloseReason.Tls(null, failure.message ?: failure.toString(), null)
        }

        failure is QuicTimeoutClosedChannelException || failure is ConnectTimeoutException -> {
            QuicCloseReason.TimedOut(failure.message ?: "nothing was heard from the peer")
        }

        failure is QuicClosedChannelException && failure.event() != null -> {
            closeReason(checkNotNull(failure.event()))
        }

        failure is QuicException -> {
            QuicCloseReason.Transport(failure.error()?.code(), failure.message ?: failure.toString())
        }

        failure is PortUnreachableException || failure is ConnectException || failure is NoRouteToHostException -> {
            QuicCloseReason.Refused(failure.message ?: "nothing listens there")
        }

        failure is IOException -> {
            QuicCloseReason.Refused(failure.message ?: failure.toString())
        }

        else -> {
            QuicCloseReason.Internal(failure.toString())
        }
    }
}
