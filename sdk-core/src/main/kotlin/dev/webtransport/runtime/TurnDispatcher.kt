package dev.webtransport.runtime

import dev.webtransport.transport.QuicConnection
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext

/**
 * Where the turns of one engine are taken, one at a time: the thread that serves the connection where the transport lends it, else a
 * view of the threads that the client or the server was given.
 *
 * Who is on the lent thread already goes on at once, but not out of the middle of a turn: what a turn wakes waits until it is over.
 */
internal class TurnDispatcher private constructor(
    private val threads: CoroutineDispatcher,
    private val behind: (Runnable) -> Unit,
) : CoroutineDispatcher() {
    @Volatile
    private var inTurn = false

    /** Takes a turn; on this dispatcher only. */
    inline fun <T> take(turn: () -> T): T {
        check(!inTurn) { "a turn began in the middle of another one" }
        inTurn = true
        try {
            return turn()
        } finally {
            inTurn = false
        }
    }

    /** Whether the caller may take a turn as it stands: it is on the lent thread, and in no turn. */
    fun isHere(): Boolean = !isDispatchNeeded(EmptyCoroutineContext)

    override fun isDispatchNeeded(context: CoroutineContext): Boolean = threads.isDispatchNeeded(context) || inTurn

    override fun dispatch(context: CoroutineContext, block: Runnable) = threads.dispatch(context, block)

    /** Runs [task] on this dispatcher, and behind a packet that is about to be sent, if the transport can tell. */
    fun dispatchBehind(task: Runnable) = behind(task)

    companion object {
        /** That of a connection whose client or server has the [context]. */
        fun of(quic: QuicConnection, context: CoroutineContext): TurnDispatcher {
            quic.dispatcher?.let { return TurnDispatcher(it, quic::dispatchBehind) }
            val view = viewOf(context)
            return TurnDispatcher(view) { view.dispatch(context, it) }
        }

        private fun viewOf(context: CoroutineContext): CoroutineDispatcher {
            val given = context[ContinuationInterceptor] as? CoroutineDispatcher ?: Dispatchers.Default
            // The unconfined one has no threads of its own.
            return (if (given === Dispatchers.Unconfined) Dispatchers.Default else given).limitedParallelism(1)
        }
    }
}
