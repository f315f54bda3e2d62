package dev.webtransport.netty

import io.netty.channel.EventLoop
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import java.util.concurrent.RejectedExecutionException
import kotlin.coroutines.CoroutineContext

/** Coroutines on the event loop of a connection. Who is there already goes on at once. */
internal class EventLoopDispatcher(private val loop: EventLoop, private val execute: (Runnable) -> Unit) : CoroutineDispatcher() {
    /** For what is left to do when the engine was closed: those who wait are told. */
    private val afterwards by lazy { Dispatchers.Default.limitedParallelism(1) }

    override fun isDispatchNeeded(context: CoroutineContext): Boolean = !loop.inEventLoop()

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        try {
            execute(block)
        } catch (_: RejectedExecutionException) {
            afterwards.dispatch(context, block)
        }
    }
}
