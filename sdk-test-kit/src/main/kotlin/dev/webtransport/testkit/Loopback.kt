package dev.webtransport.testkit

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.ServerConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.SessionOptions
import dev.webtransport.server.WebTransportServer
import dev.webtransport.testkit.certificate.TestCertificates
import dev.webtransport.testkit.network.SimulatedNetwork
import dev.webtransport.testkit.trace.Trace
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import java.net.InetSocketAddress
import kotlin.coroutines.CoroutineContext
import kotlin.time.TimeSource

/**
 * A client and a server with a network in memory between them, and whatever a test wants to see or break. The whole protocol
 * runs; what is missing is UDP and TLS.
 *
 * See [loopback] and [loopbackPair], which make one for a test and end it with the test.
 */
public class Loopback private constructor(
    private val options: LoopbackOptions,
    /** The network in memory. */
    public val transport: LoopbackTransport,
    /** A client that reaches [server], by whatever host name. */
    public val client: WebTransportClient,
    /** A server. It accepts what the test, or the application under test, accepts. */
    public val server: WebTransportServer,
    private val traces: Traces,
    private val jobs: Jobs,
) {
    /** Where all chance comes from. */
    public val seed: Long get() = options.seed

    /** What is under the test's control: conditions, cuts, stalls, deaths, faults. */
    public val network: SimulatedNetwork get() = transport.network

    /** What was said on the first connection. */
    public val trace: Trace get() = trace(0)

    /**
     * What was said on a connection.
     *
     * @param number which one, 0 for the first that came to be
     * @throws NoSuchElementException if there was none of that number
     */
    public fun trace(number: Int): Trace = traces.of(number)

    /** Where [client] finds [server]. */
    public fun url(path: String = "/"): String = "https://$HOST$path"

    /**
     * Opens a session to the server on a connection of its own, and takes both ends of it. Not for servers whose requests
     * somebody else takes: there, `client.connect(url(path))` is enough.
     *
     * @throws dev.webtransport.error.SessionEstablishmentException as [WebTransportClient.connect] does
     */
    public suspend fun sessions(path: String = "/", session: SessionOptions = SessionOptions.defaults()): LoopbackPair {
        return coroutineScope {
            val accepting = async { checkNotNull(server.acceptRequest()) { "the server was closed" }.accept() }
            val opened = client.connect(url(path), session)
            LoopbackPair(this@Loopback, opened, accepting.await())
        }
    }

    /**
     * What is not over, a line each: halves of streams of sessions that stand, and the bytes that wait there. Empty when all
     * sessions have ended.
     */
    public fun leftovers(): List<String> = Leftovers.openStreams(transport, client)

    /**
     * Ends everything, and checks before and after what [LoopbackOptions.leakCheck] asks for. Repeatable.
     *
     * @throws AssertionError if something was left; the message names it
     */
    public suspend fun close() {
        // Whatever is ready to run does so first: what is on its way to its receiver is not left.
        delay(SETTLING_MILLIS)
        val left = if (options.leakCheck == LeakCheck.STREAMS) leftovers() + Leftovers.untaken(client, server) else emptyList()
        closeUnchecked()
        val running = Leftovers.running(jobs.client, "the client") + Leftovers.running(jobs.server, "the server")
        val standing = transport.connectionCount.let { if (it == 0) emptyList() else listOf("$it connections stand") }
        release()
        val leaks = left + if (options.leakCheck == LeakCheck.NOTHING) emptyList() else running + standing
        if (leaks.isNotEmpty()) {
            throw AssertionError("the test has ended, and this is left:\n  ${leaks.joinToString("\n  ")}\n${replayNote()}")
        }
    }

    /** Ends everything after a failure, when what is left says nothing. */
    internal suspend fun closeAfterFailure() {
        closeUnchecked()
        release()
    }

    /** How to run the test again with the same chances, and what was said. */
    internal fun replayNote(): String = Replay.note(seed, traces)

    private suspend fun closeUnchecked() {
        client.close()
        server.close()
    }

    private fun release() {
        transport.close()
        jobs.all.cancel()
    }

    override fun toString(): String = "loopback with seed $seed"

    internal class Jobs {
        val all = SupervisorJob()
        val client = SupervisorJob(all)
        val server = SupervisorJob(all)
    }

    internal companion object {
        private const val HOST = "server.test"
        private const val HTTPS = 443
        private const val SETTLING_MILLIS = 1L

        /**
         * Begins to listen.
         *
         * @param timers where timeouts are waited for
         * @param context where client and server run
         * @param timeSource what time it is for all of them
         */
        suspend fun start(
            options: LoopbackOptions,
            timers: CoroutineScope,
            context: CoroutineContext,
            timeSource: TimeSource.WithComparableMarks,
        ): Loopback {
            val traces = Traces(options.trace)
            val transport = LoopbackTransport(timers, timeSource, options.simulatedNetwork(), traces::begin)
            val jobs = Jobs()
            val server = WebTransportServer.listen(
                ServerConfig
                    .builder(ServerTlsConfig.builder(TestCertificates.forLoopback().identity()).build())
                    .bindAddresses(listOf(InetSocketAddress("0.0.0.0", HTTPS)))
                    .apply(options::applyTo)
                    .build(),
                BorrowedTransport(transport),
                context.minusKey(Job) + jobs.server,
                timeSource,
            )
            val client = WebTransportClient(
                ClientConfig.builder().apply(options::applyTo).build(),
                BorrowedTransport(transport),
                context.minusKey(Job) + jobs.client,
                timeSource,
            )
            return Loopback(options, transport, client, server, traces, jobs)
        }
    }
}
