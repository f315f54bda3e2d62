package dev.webtransport.netty

import io.netty.util.concurrent.Future
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/** Waits for a future of Netty. Cancellation stops the wait and nothing else. */
internal suspend fun <T> Future<T>.await(): T =
    suspendCancellableCoroutine { continuation ->
        addListener { done ->
            @Suppress("UNCHECKED_CAST")
            if (done.isSuccess) continuation.resume(done.now as T) else continuation.resumeWithException(done.cause())
        }
    }
