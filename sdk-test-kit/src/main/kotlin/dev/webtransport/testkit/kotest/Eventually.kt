package dev.webtransport.testkit.kotest

import dev.webtransport.testkit.WaitingClock
import io.kotest.assertions.AssertionErrorBuilder
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/**
 * Tries [block] again and again until it does not fail: at once, and then whenever [interval] has passed.
 *
 * It goes by the clock of [delay]. In `runTest` that is virtual time, so waiting costs nothing, and what waits for its turn
 * meanwhile gets it. Kotest's function of the same name goes by the clock on the wall.
 *
 * A block that waits longer than there is time is cancelled. An [Error] that is no [AssertionError] ends the trying at once.
 *
 * @param timeout how long it may take; unless given five seconds
 * @param interval how long to wait before the next try; unless given 25 milliseconds
 * @return what [block] answered
 * @throws AssertionError when time is over, with the last failure and how long was tried
 */
public suspend fun <T> eventually(
    timeout: Duration = 5.seconds,
    interval: Duration = 25.milliseconds,
    block: suspend () -> T,
): T {
    require(timeout.isPositive()) { "a timeout of $timeout leaves no time to try" }
    require(interval.isPositive()) { "an interval of $interval lets no time pass between tries" }
    val clock = WaitingClock.current()
    val start = clock.timeSource.markNow()
    val attempts = Attempts(block)
    val success = withTimeoutOrNull(timeout) {
        var answer = attempts.next()
        while (answer == null) {
            delay(interval)
            answer = attempts.next()
        }
        answer
    }
    if (success != null) return success.value
    throw AssertionErrorBuilder
        .create()
        .withMessage("not within ${start.elapsedNow()} of $clock and $attempts")
        .withCause(attempts.lastFailure)
        .build()
}

private class Attempts<T>(
    private val block: suspend () -> T,
) {
    private var count = 0
    private var isUnderWay = false

    var lastFailure: Throwable? = null
        private set

    /** Null if it fails. */
    suspend fun next(): Success<T>? {
        count++
        isUnderWay = true
        try {
            return Success(block())
        } catch (failure: AssertionError) {
            lastFailure = failure
        } catch (failure: Exception) {
            // Cancelled is who waits for this, unless it was something within the block.
            if (failure is CancellationException) currentCoroutineContext().ensureActive()
            lastFailure = failure
        }
        isUnderWay = false
        return null
    }

    override fun toString(): String {
        val tries = if (count == 1) "1 try" else "$count tries"
        val unfinished = if (isUnderWay) "; the last one had not come to its end" else ""
        return tries + unfinished + lastFailure?.let { "; the last failure was: ${it.message ?: it}" }.orEmpty()
    }
}

private class Success<T>(
    val value: T,
)
