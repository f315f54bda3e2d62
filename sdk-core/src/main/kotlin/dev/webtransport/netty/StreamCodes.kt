package dev.webtransport.netty

import dev.webtransport.error.Http3ErrorCode

/** The code that is sent instead of one that Netty's public interface cannot carry: it has no mapping to an application's code. */
internal fun narrowCode(errorCode: Long): Int =
    if (errorCode <= Int.MAX_VALUE) errorCode.toInt() else Http3ErrorCode.H3_REQUEST_CANCELLED.toInt()
