package dev.webtransport.netty

import io.netty.util.concurrent.Future
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/**
 * Waits for a future of Netty, and fails as it does. Cancellation stops the wait and nothing else.
 *
 * Not named `await`: the future has a function of that name, which blocks the thread and does not fail.
 */
internal suspend fun <T> Future<T>.awaitResult(): T =
    suspendCancellableCoroutine { continuation ->
        addListener { done ->
            @Suppress("UNCHECKED_CAST")
            if (done.isSuccess) continuation.resume(done.now as T) else continuation.resumeWithException(done.cause())
        }
    }
