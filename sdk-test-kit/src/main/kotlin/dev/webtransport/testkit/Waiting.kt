package dev.webtransport.testkit

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.test.TestDispatcher
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.coroutines.ContinuationInterceptor
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/** What came of waiting for something. */
internal sealed interface Awaited<out T> {
    /** It came. */
    class Came<T>(
        val value: T,
    ) : Awaited<T>

    /** It cannot come any more. */
    class Failed(
        val failure: Exception,
    ) : Awaited<Nothing>

    /** Time was over. */
    class Missing(
        private val limit: Duration,
        private val clock: WaitingClock,
    ) : Awaited<Nothing> {
        override fun toString(): String = "nothing for $limit of $clock"
    }
}

/** By what time a test waits: what [kotlinx.coroutines.delay] does there. */
internal class WaitingClock private constructor(
    private val test: TestDispatcher?,
) {
    val timeSource: TimeSource get() = test?.scheduler?.timeSource ?: TimeSource.Monotonic

    /** Long enough for everything that a timeout of the protocol decides; where waiting costs time, long enough for a network. */
    val patience: Duration get() = if (test != null) VIRTUAL_PATIENCE else REAL_PATIENCE

    override fun toString(): String = if (test != null) "virtual time" else "real time"

    companion object {
        private val VIRTUAL_PATIENCE = 1.hours
        private val REAL_PATIENCE = 10.seconds

        /** That of the running coroutine. */
        suspend fun current() = WaitingClock(currentCoroutineContext()[ContinuationInterceptor] as? TestDispatcher)
    }
}

/**
 * Waits for what [block] answers, but never for ever.
 *
 * @param timeout how long; null for the patience of the clock
 */
internal suspend fun <T> await(timeout: Duration?, block: suspend () -> T): Awaited<T> {
    val clock = WaitingClock.current()
    val limit = timeout ?: clock.patience
    val awaited = withTimeoutOrNull(limit) {
        try {
            Awaited.Came(block())
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (failure: Exception) {
            Awaited.Failed(failure)
        }
    }
    return awaited ?: Awaited.Missing(limit, clock)
}
