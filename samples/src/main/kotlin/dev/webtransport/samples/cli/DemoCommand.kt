package dev.webtransport.samples.cli

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.OriginPolicy
import dev.webtransport.config.Trust
import dev.webtransport.samples.demo.DemoPage
import dev.webtransport.samples.demo.DemoRun
import dev.webtransport.samples.demo.serveDemo
import dev.webtransport.testkit.certificate.SelfSignedCertificate
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import picocli.CommandLine.Command
import picocli.CommandLine.Mixin
import picocli.CommandLine.Model.CommandSpec
import picocli.CommandLine.Option
import picocli.CommandLine.Spec
import java.io.IOException
import java.io.PrintWriter
import java.util.concurrent.Callable

/** `wt demo`: everything a session can do, here and in a browser. */
@Command(
    name = "demo",
    description = [
        "Shows everything a session can do.",
        "",
        "Runs a server and a client in this process, which talk over UDP on this machine: streams in both directions," +
            " datagrams, a reset, a stop, a close; then prints a table of the results. After that it serves a web page that" +
            " does the same from a browser, until Ctrl-C.",
        "",
    ],
)
internal class DemoCommand : Callable<Int> {
    @Spec
    private lateinit var spec: CommandSpec

    @Option(names = ["--once"], description = ["End after the table, with status 0 if every step passed, else 1."])
    private var once = false

    @Option(
        names = ["-p", "--port"],
        paramLabel = "N",
        defaultValue = "0",
        description = ["UDP port of the server. Default 0: a free one."],
    )
    private var port: Int = 0

    @Option(
        names = ["--http-port"],
        paramLabel = "N",
        defaultValue = "8080",
        description = ["TCP port of the web page; 0 picks a free one. Default \${DEFAULT-VALUE}."],
    )
    private var httpPort: Int = 0

    @Mixin
    private var engineOptions = EngineOptions()

    private val out: PrintWriter get() = spec.commandLine().out

    override fun call(): Int {
        requirePort(spec, "--port", port)
        requirePort(spec, "--http-port", httpPort)
        return runBlocking(Dispatchers.Default) {
            if (once) demonstrate(null) else listenHttp().use { demonstrate(it) }
        }
    }

    private fun listenHttp(): DemoPage =
        try {
            DemoPage.listen(httpPort)
        } catch (failure: IOException) {
            throw listenFailure("TCP", httpPort, "--http-port", failure)
        }

    private suspend fun demonstrate(page: DemoPage?): Int {
        val certificate = SelfSignedCertificate.forLoopback()
        var status = ExitStatus.OK
        StopSignal().use { stop ->
            val server = listen(serverConfig(certificate.identity(), LOOPBACK, port, engineOptions.engine(), origins(page)), "--port")
            val url = "https://127.0.0.1:${server.port}/"
            serveUntil(stop.asked, { server.shutdown(GRACE) }) {
                coroutineScope {
                    val serving = launch { server.serve { serveDemo(it.accept()) } }
                    status = show(url, certificate)
                    if (page == null) {
                        serving.cancel()
                    } else {
                        page.show(url, certificate.hash())
                        out.println("Now from a browser (Chrome, Edge, Firefox): ${page.url()}")
                        out.println("Ctrl-C ends it.")
                    }
                }
            }
        }
        return status
    }

    private suspend fun show(url: String, certificate: SelfSignedCertificate): Int {
        val trust = Trust.serverCertificateHashes(listOf(certificate.hash()))
        val client = WebTransportClient(clientConfig(trust, engineOptions.engine()))
        val run = DemoRun(client, url, out)
        try {
            run.run()
        } finally {
            client.close()
        }
        out.println()
        out.println(run.results.text())
        val failed = run.results.firstFailure() ?: return ExitStatus.OK
        spec.commandLine().err.println("wt: step failed: $failed")
        return ExitStatus.FAILED
    }

    /** Only the demo's own page may talk to the demo's server. */
    private fun origins(page: DemoPage?): OriginPolicy =
        if (page == null) OriginPolicy.of(emptySet()) else OriginPolicy.of(setOf(page.url(), "http://127.0.0.1:${page.port()}"))
}
