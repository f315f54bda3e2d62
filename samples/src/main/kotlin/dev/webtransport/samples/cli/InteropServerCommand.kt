package dev.webtransport.samples.cli

import dev.webtransport.samples.interop.InteropServer
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import picocli.CommandLine.Command
import picocli.CommandLine.Mixin
import picocli.CommandLine.Model.CommandSpec
import picocli.CommandLine.Option
import picocli.CommandLine.Spec
import java.io.IOException
import java.util.concurrent.Callable

/** `wt interop-server`: the server that other implementations are tested against. */
@Command(
    name = "interop-server",
    description = [
        "Starts the server that browsers and other implementations are tested against.",
        "",
        "Listens on 127.0.0.1 and ::1. The first line on standard output is" +
            " 'listening https://127.0.0.1:PORT sha256=HEX'; nothing else is printed there.",
        "",
        "Paths: /echo /last-close /sink /source /push /close /reset /stop /observe /headers /drain /reject." +
            " Subprotocols: echo.v1, echo.v2.",
        "",
    ],
)
internal class InteropServerCommand : Callable<Int> {
    @Spec
    private lateinit var spec: CommandSpec

    @Option(
        names = ["-p", "--port"],
        paramLabel = "N",
        required = true,
        description = ["UDP port; 0 picks a free one."],
    )
    private var port: Int = 0

    @Mixin
    private var identityOptions = IdentityOptions()

    @Mixin
    private var engineOptions = EngineOptions()

    override fun call(): Int {
        requirePort(spec, "--port", port)
        runBlocking(Dispatchers.Default) {
            StopSignal().use { stop ->
                val server = start()
                spec.commandLine().out.println(server.announcement)
                spec.commandLine().out.flush()
                serveUntil(stop.asked, { server.shutdown(GRACE) }) { server.serve() }
            }
        }
        return ExitStatus.OK
    }

    private suspend fun start(): InteropServer {
        val identity = identityOptions.identity()
        try {
            return InteropServer.listen(port, identity, engineOptions.engine())
        } catch (failure: IOException) {
            throw listenFailure("UDP", port, "--port", failure)
        }
    }
}
