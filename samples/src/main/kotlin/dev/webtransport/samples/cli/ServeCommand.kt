package dev.webtransport.samples.cli

import dev.webtransport.error.SessionException
import dev.webtransport.samples.echo.echo
import dev.webtransport.server.SessionRequest
import dev.webtransport.server.WebTransportServer
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import picocli.CommandLine.Command
import picocli.CommandLine.Mixin
import picocli.CommandLine.Model.CommandSpec
import picocli.CommandLine.Option
import picocli.CommandLine.Spec
import java.io.PrintWriter
import java.util.concurrent.Callable
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.TimeSource

/** `wt serve`: an echo server. */
@Command(
    name = "serve",
    description = [
        "Starts an echo server.",
        "",
        "Sends everything back: bidirectional streams on themselves, unidirectional streams on new ones, datagrams as" +
            " datagrams; on every path, for clients and web pages from anywhere. Each session is logged when it begins and when" +
            " it ends. Ctrl-C asks the sessions to end, closes them two seconds later, and ends with status 0.",
        "",
    ],
)
internal class ServeCommand : Callable<Int> {
    @Spec
    private lateinit var spec: CommandSpec

    @Option(
        names = ["-p", "--port"],
        paramLabel = "N",
        defaultValue = "4433",
        description = ["UDP port; 0 picks a free one. Default \${DEFAULT-VALUE}."],
    )
    private var port: Int = 0

    @Option(
        names = ["--host"],
        paramLabel = "ADDRESS",
        description = [
            "Address to listen on; repeatable. Default 127.0.0.1 and ::1, which only this machine reaches; 0.0.0.0 and ::" +
                " are reached from everywhere.",
        ],
    )
    private var hosts: List<String> = LOOPBACK

    @Mixin
    private var identityOptions = IdentityOptions()

    @Mixin
    private var engineOptions = EngineOptions()

    private val sessions = AtomicLong()

    private val out: PrintWriter get() = spec.commandLine().out

    override fun call(): Int {
        requirePort(spec, "--port", port)
        val identity = identityOptions.identity()
        runBlocking(Dispatchers.Default) {
            StopSignal().use { stop ->
                val server = listen(serverConfig(identity, hosts, port, engineOptions.engine()), "--port")
                val hash = identity.hash()
                out.println("echo server  ${server.urls(hosts).joinToString("  ")}")
                out.println("SHA-256      ${hash.toHex()}")
                out.println("try          wt connect ${server.urls(hosts).first()} --hash ${hash.toHex()}")
                out.println("Ctrl-C ends it.")
                serveUntil(stop.asked, { end(server) }) { server.serve(::answer) }
            }
        }
        return ExitStatus.OK
    }

    private suspend fun answer(request: SessionRequest) {
        val number = sessions.incrementAndGet()
        val session = request.accept()
        val begin = TimeSource.Monotonic.markNow()
        val origin = request.origin?.let { ", page of $it" } ?: ""
        out.println(
            printable("session $number begins: ${request.remoteAddress} asks for ${request.path} (${request.draft.label()}$origin)"),
        )
        echo(session)
        val end =
            try {
                "closed with ${session.awaitClosed()}"
            } catch (lost: SessionException) {
                "lost: ${lost.message}"
            }
        out.println(printable("session $number ends after ${begin.elapsedNow().forPeople()}, $end"))
    }

    private suspend fun end(server: WebTransportServer) {
        out.println("closing")
        server.shutdown(GRACE)
    }
}

/** Where clients find this server. */
private fun WebTransportServer.urls(hosts: List<String>): List<String> =
    hosts.map { host -> "https://" + (if (':' in host && !host.startsWith("[")) "[$host]" else host) + ":$port/" }
