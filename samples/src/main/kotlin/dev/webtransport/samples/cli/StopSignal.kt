package dev.webtransport.samples.cli

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Deferred
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/**
 * Ctrl-C, or whatever else asks this process to end, as something to wait for. The process stays until [close], so that
 * sessions can be closed first, for at most [PATIENCE_SECONDS], and then ends with [ExitStatus.OK]: being interrupted is how
 * a server is meant to end.
 */
internal class StopSignal : AutoCloseable {
    private val signal = CompletableDeferred<Unit>()
    private val closed = CountDownLatch(1)
    private val hook =
        Thread({
            signal.complete(Unit)
            closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)
            System.out.flush()
            Runtime.getRuntime().halt(ExitStatus.OK)
        }, "wt-stop")

    /** Complete once the process was asked to end. */
    val asked: Deferred<Unit> get() = signal

    init {
        Runtime.getRuntime().addShutdownHook(hook)
    }

    override fun close() {
        closed.countDown()
        if (!signal.isCompleted) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook)
            } catch (_: IllegalStateException) {
                // Asked at this very moment: the hook runs and finds everything closed.
            }
        }
    }

    private companion object {
        const val PATIENCE_SECONDS = 10L
    }
}
