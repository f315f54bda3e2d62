package dev.webtransport.samples.cli

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.Trust
import dev.webtransport.samples.bench.resolved
import dev.webtransport.samples.interop.InteropServer
import dev.webtransport.samples.soak.Growth
import dev.webtransport.samples.soak.Soak
import dev.webtransport.samples.soak.SoakAction
import dev.webtransport.testkit.certificate.SelfSignedCertificate
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import picocli.CommandLine.Command
import picocli.CommandLine.Mixin
import picocli.CommandLine.Model.CommandSpec
import picocli.CommandLine.Option
import picocli.CommandLine.ParameterException
import picocli.CommandLine.Spec
import java.time.Duration
import java.util.concurrent.Callable
import kotlin.random.Random
import kotlin.time.Duration.Companion.seconds
import kotlin.time.Duration as LengthOfTime

/** `wt soak`: everything at once for a long time. */
@Command(
    name = "soak",
    description = [
        "Does everything at once for a long time, and looks at what has grown.",
        "",
        "Server and client are in this process and talk over UDP on this machine: sessions, streams both ways, resets and" +
            " stops with codes, datagrams, slow readers, cancelled calls, sessions and connections that end well or" +
            " badly, sessions that are refused. A seed settles what is done; each action is checked.",
        "",
        "A first round warms up. Then and at the end, when nothing is under way, heap after full collections, resident" +
            " memory beside the heap, Netty's pool, direct buffers, threads and file descriptors are compared. Status 1 if" +
            " one grew beyond its bound, or an action failed. Ctrl-C ends it early, with the comparison of what was done.",
        "",
    ],
)
internal class SoakCommand : Callable<Int> {
    @Spec
    private lateinit var spec: CommandSpec

    @Option(names = ["--minutes"], paramLabel = "N", defaultValue = "10", description = ["How long. Default \${DEFAULT-VALUE}."])
    private var minutes: Int = 0

    @Option(names = ["--seconds"], paramLabel = "N", description = ["How long, for short runs, instead of --minutes."])
    private var seconds: Int? = null

    @Mixin
    private var engineOptions = EngineOptions()

    @Option(names = ["--seed"], paramLabel = "S", description = ["What is done, to do it again. Default: a new one, which is printed."])
    private var seed: Long? = null

    @Option(
        names = ["--every"],
        paramLabel = "SECONDS",
        defaultValue = "10",
        description = ["How often progress is told. Default \${DEFAULT-VALUE}."],
    )
    private var every: Int = 0

    @Option(
        names = ["--at-once"],
        paramLabel = "N",
        defaultValue = "16",
        description = ["How many actions at a time. Default \${DEFAULT-VALUE}."],
    )
    private var atOnce: Int = 0

    @Option(
        names = ["--only"],
        paramLabel = "ACTION",
        split = ",",
        description = ["What to do, with commas between: \${COMPLETION-CANDIDATES}. Default: everything."],
    )
    private var only: Set<SoakAction> = SoakAction.entries.toSet()

    override fun call(): Int {
        val length = seconds ?: (minutes * SECONDS_PER_MINUTE)
        requireAtLeastOne("--minutes or --seconds", length)
        requireAtLeastOne("--every", every)
        requireAtLeastOne("--at-once", atOnce)
        return runBlocking(Dispatchers.Default) { soak(length.seconds) }
    }

    private suspend fun soak(length: LengthOfTime): Int {
        val out = spec.commandLine().out
        val seed = seed ?: Random.nextLong(0, Int.MAX_VALUE.toLong())
        val certificate = SelfSignedCertificate.forLoopback()
        val engine = resolved(engineOptions.engine())
        val server = InteropServer.listen(0, certificate.identity(), engine)
        val client = WebTransportClient(clientConfig(Trust.serverCertificateHashes(listOf(certificate.hash())), engine))
        val soak = Soak(client, "https://127.0.0.1:${server.port}", seed, atOnce, only, out::println)
        return StopSignal(PATIENCE).use { stop ->
            // Until something was compared.
            stop.exitStatus = ExitStatus.FAILED
            val growth =
                coroutineScope {
                    val serving = launch { server.serve() }
                    val warmUp = maxOf(length / WARM_UP_SHARE, SHORTEST_WARM_UP)
                    out.println("seed $seed, engine ${engine.label()}, $length after $warmUp of warming up, $atOnce actions at a time")
                    val growth = run(soak, warmUp, length, stop.asked)
                    client.close()
                    server.shutdown(Duration.ZERO)
                    serving.cancel()
                    growth
                }
            out.println()
            soak.counts.forEach { (action, count) -> out.println("%-38s %10d".format(action.name.lowercase().replace('_', ' '), count)) }
            out.println()
            out.print(growth ?: "Stopped before the first comparison.\n")
            out.flush()
            stop.exitStatus = if (growth?.isWithinBounds != false && soak.failureCount == 0) ExitStatus.OK else ExitStatus.FAILED
            stop.exitStatus
        }
    }

    /** What has grown since the end of the warming up; null if [stop] was asked for before that. */
    private suspend fun run(soak: Soak, warmUp: LengthOfTime, length: LengthOfTime, stop: Deferred<Unit>): Growth? {
        soak.run(warmUp, every.seconds, stop)
        val before = if (stop.isCompleted) null else soak.weighAtRest(threads = 0)
        if (before == null || stop.isCompleted) return null
        soak.run(length, every.seconds, stop)
        if (stop.isCompleted) {
            spec.commandLine().out.println("stopped; what is under way comes to its end and is weighed; that may take a minute or two")
        }
        return Growth(before, soak.weighAtRest(before.threads))
    }

    private fun requireAtLeastOne(flag: String, value: Int) {
        if (value < 1) throw ParameterException(spec.commandLine(), "$flag must be at least 1, not $value")
    }

    private companion object {
        const val SECONDS_PER_MINUTE = 60
        const val WARM_UP_SHARE = 5
        val SHORTEST_WARM_UP = 10.seconds

        /** For the last actions, the end of their connections, and threads that linger. */
        val PATIENCE = 150.seconds
    }
}
