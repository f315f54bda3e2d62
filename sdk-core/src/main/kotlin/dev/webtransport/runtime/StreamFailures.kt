package dev.webtransport.runtime

import dev.webtransport.error.ApplicationErrorCode
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.error.StreamResetException
import dev.webtransport.error.StreamStoppedException
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.transport.QuicStreamStoppedException

/** Turns QUIC's word for the end of a stream into the application's. */
internal object StreamFailures {
    fun reset(failure: QuicStreamResetException): StreamResetException =
        StreamResetException(applicationCode(failure.errorCode), isSessionGone(failure.errorCode), failure)

    fun stopped(failure: QuicStreamStoppedException): StreamStoppedException {
        val wireCode = failure.errorCode
        return StreamStoppedException(wireCode?.let(::applicationCode), wireCode != null && isSessionGone(wireCode), failure)
    }

    //= draft-ietf-webtrans-http3-16#4.4
    //# A code outside the range, or a reserved one, still ends the stream; the application is told that there is no code.
    fun applicationCode(wireCode: Long): Long? {
        val code = ApplicationErrorCode.fromHttp3(wireCode)
        return if (code.isPresent) code.asLong else null
    }

    private fun isSessionGone(wireCode: Long): Boolean = wireCode == Http3ErrorCode.WT_SESSION_GONE
}
