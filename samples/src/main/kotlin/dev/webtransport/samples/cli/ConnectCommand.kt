package dev.webtransport.samples.cli

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.SessionOptions
import dev.webtransport.samples.connect.Conversation
import dev.webtransport.samples.connect.standardInput
import dev.webtransport.session.WebTransportSession
import dev.webtransport.value.Headers
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import picocli.CommandLine.Command
import picocli.CommandLine.Mixin
import picocli.CommandLine.Model.CommandSpec
import picocli.CommandLine.Option
import picocli.CommandLine.ParameterException
import picocli.CommandLine.Parameters
import picocli.CommandLine.Spec
import java.net.URI
import java.net.URISyntaxException
import java.time.Duration
import java.util.concurrent.Callable
import kotlin.time.TimeSource

/** `wt connect`: an interactive client. */
@Command(
    name = "connect",
    description = [
        "Connects to a server and talks to it from the keyboard.",
        "",
        "Each line goes to a new bidirectional stream, and the answer is printed. Lines that begin with a slash are" +
            " commands: /stream TEXT, /uni TEXT, /dgram TEXT, /close [CODE] [REASON], /help. What the server sends by itself" +
            " is printed too. The end of the input closes the session.",
        "",
    ],
)
internal class ConnectCommand : Callable<Int> {
    @Spec
    private lateinit var spec: CommandSpec

    @Parameters(paramLabel = "URL", description = ["Where to: https://HOST:PORT/PATH"])
    private lateinit var url: String

    @Mixin
    private var trustOptions = TrustOptions()

    @Option(
        names = ["--protocol"],
        paramLabel = "NAME",
        description = ["Subprotocol to offer; repeatable, most wanted first."],
    )
    private var protocols: List<String> = emptyList()

    @Option(
        names = ["-H", "--header"],
        paramLabel = "'NAME: VALUE'",
        description = ["Field to send with the request; repeatable."],
    )
    private var headers: List<String> = emptyList()

    @Option(
        names = ["--timeout"],
        paramLabel = "SECONDS",
        defaultValue = "10",
        description = ["How long connecting may take; default \${DEFAULT-VALUE}."],
    )
    private var timeoutSeconds: Long = 0

    @Mixin
    private var engineOptions = EngineOptions()

    override fun call(): Int {
        requireHttps()
        val trust = trustOptions.trust()
        val (config, options) =
            orUsage {
                val config = clientConfig(trust, engineOptions.engine())
                    .toBuilder()
                    .connectTimeout(Duration.ofSeconds(timeoutSeconds))
                    .build()
                config to SessionOptions
                    .builder()
                    .protocols(protocols)
                    .headers(fields())
                    .build()
            }
        return runBlocking(Dispatchers.Default) { converse(config, options) }
    }

    private suspend fun converse(config: ClientConfig, options: SessionOptions): Int {
        val client = WebTransportClient(config)
        try {
            StopSignal().use { stop ->
                val begin = TimeSource.Monotonic.markNow()
                val session = client.connect(url, options)
                greet(session, begin.elapsedNow())
                val conversation = Conversation(session, spec.commandLine().out, spec.commandLine().err)
                return if (conversation.run(standardInput(), stop.asked)) ExitStatus.OK else ExitStatus.LOST
            }
        } finally {
            client.close()
        }
    }

    private fun greet(session: WebTransportSession, took: kotlin.time.Duration) {
        val draft = session.connection.draft?.label() ?: "unknown draft"
        val protocol = session.protocol?.let { ", protocol $it" } ?: ""
        val out = spec.commandLine().out
        out.println(printable("connected to ${session.authority}${session.path} in ${took.forPeople()} ($draft$protocol)"))
        if (System.console() != null) out.println("Type a line and press Enter; /help tells more.")
    }

    private fun requireHttps() {
        val problem =
            try {
                val uri = URI(url)
                when {
                    uri.scheme == null -> "it has no scheme; write https://HOST:PORT/PATH"
                    !uri.scheme.equals("https", ignoreCase = true) -> "its scheme is ${uri.scheme}; WebTransport needs https"
                    uri.host == null -> "it names no host; write https://HOST:PORT/PATH"
                    uri.rawFragment != null -> "it has a fragment (#${uri.rawFragment}), which no server ever sees"
                    else -> return
                }
            } catch (malformed: URISyntaxException) {
                malformed.reason
            }
        throw ParameterException(spec.commandLine(), "Not a URL to connect to: $url: $problem")
    }

    private fun fields(): Headers {
        val builder = Headers.builder()
        for (header in headers) {
            val colon = header.indexOf(':')
            require(colon > 0) { "header \"$header\" is not of the form 'name: value'" }
            builder.add(header.substring(0, colon).trim(), header.substring(colon + 1).trim())
        }
        return builder.build()
    }

    private fun <T> orUsage(block: () -> T): T =
        try {
            block()
        } catch (mistake: IllegalArgumentException) {
            throw ParameterException(spec.commandLine(), mistake.message ?: mistake.toString(), mistake)
        }
}
