package dev.webtransport.testkit.benchmark

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.Http3Config
import dev.webtransport.config.ServerConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.WebTransportDraft
import dev.webtransport.server.WebTransportServer
import dev.webtransport.session.WebTransportConnection
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.testkit.LoopbackTransport
import dev.webtransport.testkit.certificate.TestCertificates
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestCoroutineScheduler
import java.net.InetSocketAddress
import kotlin.random.Random

/**
 * A client and an echoing server on one loopback, under a virtual time of their own: a world for one thread, whose clock stands
 * still. The certificate is the cheapest there is, since nothing checks it.
 */
class EchoWorld : AutoCloseable {
    private val scheduler = TestCoroutineScheduler()
    private val context = scheduler + StandardTestDispatcher(scheduler) + SupervisorJob()
    private val scope = CoroutineScope(context)
    private val transport = LoopbackTransport(scope)
    private val message = Random(1).nextBytes(MESSAGE_SIZE)
    private val client = WebTransportClient(ClientConfig.defaults(), transport, context, scheduler.timeSource)
    private val server = now {
        val tls = ServerTlsConfig.builder(TestCertificates.forLoopback().identity()).build()
        val config = ServerConfig.builder(tls).bindAddresses(listOf(InetSocketAddress("0.0.0.0", HTTPS))).build()
        WebTransportServer.listen(config, transport, context, scheduler.timeSource)
    }
    private val severalSessions by lazy { ClientConfig.builder().http3(Http3Config.builder().drafts(setOf(SHARING)).build()).build() }
    private val shared by lazy { connectionForSeveral() }

    init {
        scope.launch {
            server.serve { request ->
                request.accept().incomingBidirectionalStreams.collect { stream ->
                    stream.send.write(stream.receive.readAll(MESSAGE_SIZE))
                    stream.send.finish()
                }
            }
        }
        scheduler.runCurrent()
    }

    /** Opens a session on a connection of its own, has one stream echoed, and closes both. Answers how many bytes came back. */
    fun sessionOfItsOwn(): Int = now { echo(client.connect(URL)) }

    /** The same with a session on a connection that stands, by a draft that permits several. */
    fun sessionOnSharedConnection(): Int {
        val connection = shared
        return now { echo(connection.createSession("/echo")) }
    }

    override fun close() {
        now { server.close() }
        scope.cancel()
    }

    private suspend fun echo(session: WebTransportSession): Int {
        val stream = session.createBidirectionalStream()
        stream.send.write(message)
        stream.send.finish()
        val echo = stream.receive.readAll(MESSAGE_SIZE)
        check(echo.contentEquals(message)) { "the echo is not what was sent" }
        session.close()
        return echo.size
    }

    private fun connectionForSeveral(): WebTransportConnection {
        val own = WebTransportClient(severalSessions, transport, context, scheduler.timeSource)
        return now { own.openConnection(URL) }
    }

    /** Runs [block] to its end in this moment of virtual time. */
    private fun <T> now(block: suspend () -> T): T {
        val result: Deferred<T> = scope.async { block() }
        scheduler.runCurrent()
        check(result.isCompleted) { "it waits for time to pass" }
        return result.getCompleted()
    }

    private companion object {
        const val MESSAGE_SIZE = 64
        const val HTTPS = 443
        const val URL = "https://server.test/echo"
        val SHARING = WebTransportDraft.DRAFT_02
    }
}
