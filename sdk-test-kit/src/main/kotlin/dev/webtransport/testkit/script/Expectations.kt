package dev.webtransport.testkit.script

import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.testkit.Awaited
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.transport.QuicStreamStoppedException

/** What came, or the failure of the test that says what came instead. */
internal fun <T> Awaited<T>.orFail(subject: String, expected: String): T {
    if (this is Awaited.Came) return value
    throw AssertionError("$subject: expected $expected, but there was ${shown()}", (this as? Awaited.Failed)?.failure)
}

/** How this reads behind "but there was". */
internal fun Awaited<*>.shown(): String {
    return when (this) {
        is Awaited.Came -> "$value"

        is Awaited.Missing -> toString()

        is Awaited.Failed -> when (val failure = failure) {
            is QuicStreamResetException -> "a reset with ${Http3ErrorCode.describe(failure.errorCode)}"
            is QuicStreamStoppedException -> failure.shown()
            is QuicConnectionException -> failure.reason.shown()
            else -> "$failure"
        }
    }
}

internal fun QuicStreamStoppedException.shown(): String = "a stop with ${errorCode?.let(Http3ErrorCode::describe) ?: "an unknown code"}"

internal fun QuicCloseReason.shown(): String {
    return if (this is QuicCloseReason.Application) {
        "a close with ${Http3ErrorCode.describe(errorCode)} \"$reason\""
    } else {
        "the end of the connection: $this"
    }
}
