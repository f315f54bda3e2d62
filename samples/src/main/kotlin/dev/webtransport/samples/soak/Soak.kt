package dev.webtransport.samples.soak

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.QuicConfig
import dev.webtransport.samples.bench.Weight
import dev.webtransport.samples.cli.ExitStatus
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import java.lang.management.ManagementFactory
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicIntegerArray
import kotlin.random.Random
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource
import kotlin.time.toKotlinDuration

/** Does [SoakAction]s, several at a time, against an interop server of this process, and weighs the process at rest. */
internal class Soak(
    private val client: WebTransportClient,
    private val url: String,
    private val seed: Long,
    private val atOnce: Int,
    actions: Set<SoakAction>,
    private val tell: (String) -> Unit,
) {
    private val actions = actions.sorted()
    private val begun = AtomicInteger()
    private val done = AtomicIntegerArray(SoakAction.entries.size)
    private val failures = AtomicInteger()

    /** How often each action was done. */
    val counts: Map<SoakAction, Int> get() = actions.associateWith { done.get(it.ordinal) }

    /** How many actions did not go as they must; each was told. */
    val failureCount: Int get() = failures.get()

    /**
     * Does what falls to it for [duration] or until [stop] is complete, and tells each [every] how far it is. A process that grows
     * past all bounds is ended at once, before the machine is out of memory.
     */
    suspend fun run(duration: Duration, every: Duration, stop: Deferred<Unit>) {
        val start = TimeSource.Monotonic.markNow()
        coroutineScope {
            val telling =
                launch {
                    while (true) {
                        delay(every)
                        tell(progress(start.elapsedNow()))
                        endIfOutOfBounds()
                    }
                }
            coroutineScope {
                repeat(atOnce) {
                    launch { while (start.elapsedNow() < duration && !stop.isCompleted) act(begun.getAndIncrement()) }
                }
            }
            telling.cancel()
        }
    }

    /** Waits until nothing is under way and there are no more threads than [threads], if that comes, and weighs what is left. */
    suspend fun weighAtRest(threads: Int): Weight {
        withTimeoutOrNull(REST) { while (client.connections.isNotEmpty()) delay(STEP) }
        // The server's half of the last connections, and of those whose client gave up in the handshake.
        delay(HANDSHAKE + SETTLE)
        // Pools keep their threads for a while.
        withTimeoutOrNull(POOLS) { while (ManagementFactory.getThreadMXBean().threadCount > threads) delay(SETTLE) }
        return withContext(Dispatchers.Default) { Weight.ofThisProcess() }
    }

    private suspend fun act(number: Int) {
        val random = Random(seed + number)
        val action = actions[random.nextInt(actions.size)]
        try {
            withTimeout(PATIENCE) { action.run(random) { path -> client.connect(url + path) } }
            done.incrementAndGet(action.ordinal)
        } catch (late: CancellationException) {
            if (late !is TimeoutCancellationException) throw late
            fail(number, action, "not done within $PATIENCE")
        } catch (failed: Exception) {
            fail(number, action, failed.toString())
        }
    }

    private fun endIfOutOfBounds() {
        val resident = Weight.residentBytes()
        if (resident > MOST_RESIDENT) {
            tell("this process has ${resident shr MIB} MiB resident, which is past all bounds; it ends. Seed $seed")
            Runtime.getRuntime().halt(ExitStatus.FAILED)
        }
    }

    private fun fail(number: Int, action: SoakAction, what: String) {
        failures.incrementAndGet()
        tell("action $number of seed $seed, $action, failed: $what")
    }

    private fun progress(elapsed: Duration): String {
        val runtime = Runtime.getRuntime()
        val used = (runtime.totalMemory() - runtime.freeMemory()) shr MIB
        return "%d s: %,d actions, %d failed, %d connections open, %d MiB of heap in use, %d MiB resident".format(
            elapsed.inWholeSeconds,
            begun.get(),
            failures.get(),
            client.connections.size,
            used,
            Weight.residentBytes() shr MIB,
        )
    }

    private companion object {
        val PATIENCE = 60.seconds
        val REST = 35.seconds
        val SETTLE = 2.seconds
        val HANDSHAKE = QuicConfig.defaults().handshakeTimeout().toKotlinDuration()
        val POOLS = 20.seconds
        val STEP = 50.milliseconds
        const val MIB = 20
        const val MOST_RESIDENT = 4L shl 30
    }
}
