package dev.webtransport.client

import dev.webtransport.transport.QuicConnectionException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.selects.onTimeout
import kotlinx.coroutines.selects.select
import java.net.InetAddress
import kotlin.time.Duration

/**
 * Races the addresses of a server (RFC 8305): one after the other is tried, each beside those before it, and the first that stands
 * wins.
 *
 * @param attemptDelay how long to wait for an address before the next one is tried too; one that fails is not waited for
 * @param connect makes a connection, or fails with [QuicConnectionException]; when cancelled it leaves nothing behind
 * @param release ends a connection that nobody needs
 */
internal class HappyEyeballs<C : Any>(
    private val attemptDelay: Duration,
    private val connect: suspend (InetAddress) -> C,
    private val release: (C) -> Unit,
) {
    /** Why the addresses tried so far failed, in the order in which they did. */
    val failures: Map<InetAddress, QuicConnectionException> get() = synchronized(failed) { LinkedHashMap(failed) }

    /** The addresses tried so far that have not failed. */
    val underWay: List<InetAddress> get() = synchronized(failed) { started.filter { it !in failed } }

    // Both under the lock of the first.
    private val failed = LinkedHashMap<InetAddress, QuicConnectionException>()
    private val started = ArrayList<InetAddress>()

    /**
     * The first connection that stands, or null when every address failed; [failures] tells why.
     *
     * Cancellation: all attempts are given up and leave nothing behind.
     *
     * @param addresses best first; at most [MAX_ATTEMPTS] of them are tried
     */
    @OptIn(ExperimentalCoroutinesApi::class)
    suspend fun race(addresses: List<InetAddress>): C? {
        val winner = CompletableDeferred<C>()
        try {
            coroutineScope { run(interleaved(addresses).take(MAX_ATTEMPTS), winner) }
        } catch (abandoned: Throwable) {
            if (winner.isCompleted) release(winner.getCompleted())
            throw abandoned
        }
        return if (winner.isCompleted) winner.getCompleted() else null
    }

    private suspend fun CoroutineScope.run(addresses: List<InetAddress>, winner: CompletableDeferred<C>) {
        val failure = Channel<Unit>(Channel.CONFLATED)
        val attempts = ArrayList<Job>()
        for (address in addresses) {
            if (attempts.isNotEmpty()) awaitTurn(winner, failure)
            if (winner.isCompleted) break
            synchronized(failed) { started += address }
            attempts += launch { attempt(address, winner, failure) }
        }
        val all = launch { attempts.joinAll() }
        select {
            winner.onJoin { }
            all.onJoin { }
        }
        attempts.forEach { it.cancelAndJoin() }
    }

    /** RFC 8305, section 5: the next address has its turn after the delay, or as soon as one has failed. */
    @OptIn(ExperimentalCoroutinesApi::class)
    private suspend fun awaitTurn(winner: Job, failure: Channel<Unit>) {
        select {
            winner.onJoin { }
            failure.onReceive { }
            onTimeout(attemptDelay) { }
        }
    }

    private suspend fun attempt(address: InetAddress, winner: CompletableDeferred<C>, failure: Channel<Unit>) {
        try {
            val made = connect(address)
            if (!winner.complete(made)) release(made)
        } catch (lost: QuicConnectionException) {
            synchronized(failed) { failed[address] = lost }
            failure.trySend(Unit)
        }
    }

    companion object {
        /** So many addresses of one name are tried, each with a socket. */
        const val MAX_ATTEMPTS = 16

        /**
         * RFC 8305, section 4: the family of the best address and the other one take turns; each keeps its order, and none comes
         * twice.
         */
        fun interleaved(addresses: List<InetAddress>): List<InetAddress> {
            val distinct = addresses.distinct()
            val family = distinct.firstOrNull()?.javaClass
            val (preferred, other) = distinct.partition { it.javaClass == family }
            return List(maxOf(preferred.size, other.size)) { listOfNotNull(preferred.getOrNull(it), other.getOrNull(it)) }.flatten()
        }
    }
}
