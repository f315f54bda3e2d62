package dev.webtransport.testkit

import dev.webtransport.session.WebTransportSession
import dev.webtransport.testkit.network.SimulatedNetwork
import dev.webtransport.testkit.trace.Trace
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.withContext

/** Both ends of one session in memory. */
public class LoopbackPair internal constructor(
    /** The client, the server and the network between them. */
    public val loopback: Loopback,
    /** The client's end. */
    public val client: WebTransportSession,
    /** The server's end. */
    public val server: WebTransportSession,
) {
    /** What is under the test's control: conditions, cuts, stalls, deaths, faults. */
    public val network: SimulatedNetwork get() = loopback.network

    /** What was said on the connection of the pair, as long as it is the first one. */
    public val trace: Trace get() = loopback.trace

    /** The client's end. */
    public operator fun component1(): WebTransportSession = client

    /** The server's end. */
    public operator fun component2(): WebTransportSession = server

    override fun toString(): String = "pair of session ${client.id} on $loopback"
}

/**
 * A connected client and server session in memory, under the virtual time of this test:
 *
 * ```
 * @Test fun `an echo comes back`() = runTest {
 *     val (client, server) = loopbackPair()
 *     ...
 * }
 * ```
 *
 * With the test it is closed, and the test fails if it leaves a stream of a session that still stands half open, or a datagram
 * unread, or anything running ([LoopbackOptions.leakCheck]). A failure of the test prints the seed and what was said on the wire.
 *
 * @param configure settings of client, server and network
 */
public suspend fun TestScope.loopbackPair(configure: LoopbackOptions.() -> Unit = {}): LoopbackPair {
    val options = LoopbackOptions().apply(configure)
    return loopback(options).sessions(options.path, options.session)
}

/**
 * A client and a server in memory, under the virtual time of this test, which have nothing to do with each other yet: for
 * applications that open and accept their sessions themselves. It ends with the test as [loopbackPair] says.
 */
public suspend fun TestScope.loopback(configure: LoopbackOptions.() -> Unit = {}): Loopback = loopback(LoopbackOptions().apply(configure))

private suspend fun TestScope.loopback(options: LoopbackOptions): Loopback {
    // The background scope's own context, so that timers that never end do not keep the test from its end; but not its job,
    // because what closes at the end of the test may still wait for time to pass.
    val background = backgroundScope.coroutineContext.minusKey(Job)
    val timers = CoroutineScope(background + SupervisorJob())
    val loopback = Loopback.start(options, timers, background + StandardTestDispatcher(testScheduler), testScheduler.timeSource)
    val test = coroutineContext.job
    backgroundScope.launch(start = CoroutineStart.UNDISPATCHED) {
        try {
            awaitCancellation()
        } finally {
            withContext(NonCancellable) { loopback.endWith(test) }
            timers.coroutineContext.job.cancel()
        }
    }
    return loopback
}

private suspend fun Loopback.endWith(test: Job) {
    if (test.isCancelled) {
        closeAfterFailure()
        // Stands below the failure of the test, as suppressed.
        throw ReplayNote(replayNote())
    }
    close()
}
