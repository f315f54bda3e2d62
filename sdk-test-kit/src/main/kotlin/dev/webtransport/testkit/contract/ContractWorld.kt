package dev.webtransport.testkit.contract

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/**
 * Where the tests of a contract run, and how they get their transports: [SocketWorld] or [MemoryWorld].
 *
 * Each test has a transport of its own, which is closed after it, and 60 seconds of real time; in memory an hour of virtual time,
 * too, so that a test that waits for what never comes fails at once.
 *
 * @param T the shape of the transport, [dev.webtransport.transport.QuicTransport] or
 * [dev.webtransport.transport.ByteTransport]
 */
public sealed class ContractWorld<T : AutoCloseable>(
    /** What the transport is called, for messages. */
    public val name: String,
) {
    /** Why there is nothing between the ends that belongs to the operating system; null where there is. */
    internal abstract val withoutSockets: String?

    internal abstract suspend fun run(test: suspend ContractRun<T>.() -> Unit)

    /** What a transport says of itself. */
    internal abstract fun <R> ask(question: (T) -> R): R

    override fun toString(): String = name
}

/**
 * Real sockets of this machine, in real time, on several threads.
 *
 * @param newTransport makes a transport, as often as it is called
 */
public class SocketWorld<T : AutoCloseable>(
    name: String,
    private val newTransport: () -> T,
) : ContractWorld<T>(name) {
    override val withoutSockets: String? get() = null

    override suspend fun run(test: suspend ContractRun<T>.() -> Unit) {
        withTimeout(LIMIT) {
            withContext(Dispatchers.Default) {
                val newPair = { newTransport() to newTransport() }
                ContractRun(this, newTransport, newPair, EmptyCoroutineContext, TimeSource.Monotonic).use { it.test() }
            }
        }
    }

    override fun <R> ask(question: (T) -> R): R = newTransport().use(question)
}

/**
 * Memory, under virtual time: nothing waits for real, and every run is like the one before. Tests that need a socket, or a
 * TLS handshake that can fail, are skipped, and say why.
 *
 * @param newTransport makes a transport, as often as it is called; both ends of a test are on the same one. The scope is
 * where its timers run, and ends with the test
 */
public class MemoryWorld<T : AutoCloseable>(
    name: String,
    private val newTransport: (timers: CoroutineScope) -> T,
) : ContractWorld<T>(name) {
    override val withoutSockets: String get() = "$name has no sockets"

    override suspend fun run(test: suspend ContractRun<T>.() -> Unit) {
        runTest(timeout = LIMIT) {
            val make = { newTransport(backgroundScope) }
            val newPair = { make().let { it to it } }
            withTimeoutOrNull(VIRTUAL_LIMIT) {
                ContractRun(this, make, newPair, StandardTestDispatcher(testScheduler), testScheduler.timeSource).use { it.test() }
            } ?: throw AssertionError("still not over after $VIRTUAL_LIMIT of virtual time: it waits for what never comes")
        }
    }

    override fun <R> ask(question: (T) -> R): R = newTransport(TestScope().backgroundScope).use(question)
}

/**
 * What a test of a contract has to work with. It is the scope of the test, too.
 *
 * @param newPair makes transports of which one reaches the other: one and the same where nothing else does
 * @param context where coroutines of clients and servers run
 */
internal class ContractRun<T : AutoCloseable>(
    scope: CoroutineScope,
    val newTransport: () -> T,
    val newPair: () -> Pair<T, T>,
    val context: CoroutineContext,
    val timeSource: TimeSource,
) : CoroutineScope by scope,
    AutoCloseable {
    private val lazyTransport = lazy(newTransport)

    /** The transport of this test. */
    val transport: T by lazyTransport

    override fun close() {
        if (lazyTransport.isInitialized()) lazyTransport.value.close()
    }
}

private val LIMIT = 60.seconds
private val VIRTUAL_LIMIT = 1.hours
