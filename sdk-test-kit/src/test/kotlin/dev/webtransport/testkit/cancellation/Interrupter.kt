package dev.webtransport.testkit.cancellation

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Delay
import kotlinx.coroutines.InternalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.Runnable
import kotlinx.coroutines.test.TestDispatcher
import kotlin.coroutines.CoroutineContext

/** When a call is cancelled, of the two moments in which it can be. */
internal enum class Moment {
    /** It has just begun to wait. */
    SUSPENDED,

    /** What it waited for has come, and it has not gone on yet. */
    RESUMED,
}

/** Runs one call, and cancels it at its [number]th suspension. */
@OptIn(InternalCoroutinesApi::class)
internal class Interrupter(
    private val inner: TestDispatcher,
    private val number: Int,
    private val moment: Moment,
) : CoroutineDispatcher(),
    Delay by inner {
    /** The call. */
    lateinit var call: Job

    /** Whether the call lasted long enough to be cancelled. */
    var hasInterrupted = false
        private set

    private var begun = 0

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        inner.dispatch(context) {
            // The first piece of the call ends with the first suspension; the second one begins where that is over.
            val piece = ++begun
            if (moment == Moment.RESUMED && piece == number + 1) interrupt()
            block.run()
            if (moment == Moment.SUSPENDED && piece == number) interrupt()
        }
    }

    private fun interrupt() {
        if (!call.isActive) return
        hasInterrupted = true
        call.cancel()
    }
}
