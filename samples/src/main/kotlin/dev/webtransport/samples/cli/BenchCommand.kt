package dev.webtransport.samples.cli

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.Trust
import dev.webtransport.samples.bench.BenchServer
import dev.webtransport.samples.bench.Workloads
import dev.webtransport.testkit.certificate.SelfSignedCertificate
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
import java.util.concurrent.Callable

/** `wt bench`: how much, how many, at what price. */
@Command(
    name = "bench",
    description = [
        "Measures what sessions carry on this machine.",
        "",
        "Runs a server and a client in this process, which talk over UDP on this machine, so both share its processors." +
            " Every byte is checked at the receiver. Ends with status 1 if one was wrong, a thread or memory too many.",
        "",
    ],
)
internal class BenchCommand : Callable<Int> {
    @Spec
    private lateinit var spec: CommandSpec

    @Option(
        names = ["--only"],
        paramLabel = "NAME",
        split = ",",
        description = ["Workloads to run, with commas between: \${COMPLETION-CANDIDATES}. Default: all."],
    )
    private var only: Set<Workload> = emptySet()

    @Option(
        names = ["--mib"],
        paramLabel = "N",
        defaultValue = "1024",
        description = ["Size of the bulk transfers in MiB. Default \${DEFAULT-VALUE}."],
    )
    private var mib: Long = 0

    @Option(
        names = ["--rounds"],
        paramLabel = "N",
        defaultValue = "3",
        description = ["How often the bulk transfers are run. Default \${DEFAULT-VALUE}."],
    )
    private var rounds: Int = 0

    @Mixin
    private var engineOptions = EngineOptions()

    /** What can be measured. */
    @Suppress("EnumEntryName", "ktlint:standard:enum-entry-name-case")
    internal enum class Workload { bulk, streams, parallel, idle, slow }

    override fun call(): Int {
        if (mib !in 1..1_048_576) throw ParameterException(spec.commandLine(), "--mib $mib is outside 1..1048576")
        if (rounds !in 1..1000) throw ParameterException(spec.commandLine(), "--rounds $rounds is outside 1..1000")
        return runBlocking(Dispatchers.Default) { measure() }
    }

    private suspend fun measure(): Int {
        val out = spec.commandLine().out
        val certificate = SelfSignedCertificate.forLoopback()
        val trust = Trust.serverCertificateHashes(listOf(certificate.hash()))
        var status = ExitStatus.OK
        StopSignal().use { stop ->
            val server = listen(serverConfig(certificate.identity(), LOOPBACK, port = 0, engineOptions.engine()), "--port")
            val client = WebTransportClient(clientConfig(trust, engineOptions.engine()))
            val bench = BenchServer(server)
            serveUntil(stop.asked, { client.close().also { server.close() } }) {
                coroutineScope {
                    val serving = launch { bench.serve() }
                    val workloads =
                        Workloads(client, "https://127.0.0.1:${server.port}") {
                            out.println("%-4s %s: %s".format(if (it.ok) "ok" else "BAD", it.workload, it.result))
                            if (!it.ok) status = ExitStatus.FAILED
                        }
                    out.println(
                        "${Runtime.version()}, ${Runtime.getRuntime().availableProcessors()} processors, client and server in one process",
                    )
                    Workload.entries.filter { only.isEmpty() || it in only }.forEach { run(it, workloads, bench) }
                    serving.cancel()
                }
            }
        }
        return status
    }

    private suspend fun run(workload: Workload, workloads: Workloads, server: BenchServer) {
        when (workload) {
            Workload.bulk -> {
                workloads.bulk(mib shl 20, rounds)
            }

            Workload.streams -> {
                workloads.sequential(count = 10_000, size = 64)
            }

            Workload.parallel -> {
                workloads.parallel(count = 1_000, size = 64 shl 10)
            }

            Workload.idle -> {
                workloads.idleStreams(1_000)
                workloads.idleConnections(200)
            }

            Workload.slow -> {
                workloads.slowReader(100L shl 20, server)
            }
        }
    }
}
