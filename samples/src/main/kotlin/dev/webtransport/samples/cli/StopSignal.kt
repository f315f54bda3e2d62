package dev.webtransport.samples.cli

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Deferred
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/**
 * Ctrl-C, or whatever else asks this process to end, as something to wait for. The process stays until [close], so that
 * sessions can be closed first, for at most [patience], and then ends with [exitStatus].
 */
internal class StopSignal(patience: Duration = 10.seconds) : AutoCloseable {
    private val signal = CompletableDeferred<Unit>()
    private val closed = CountDownLatch(1)
    private val hook =
        Thread({
            signal.complete(Unit)
            closed.await(patience.inWholeMilliseconds, TimeUnit.MILLISECONDS)
            System.out.flush()
            Runtime.getRuntime().halt(exitStatus)
        }, "wt-stop")

    /** What a process that was asked to end tells the shell: that all is well, for this is how a server is meant to end. */
    @Volatile
    var exitStatus: Int = ExitStatus.OK

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
}
