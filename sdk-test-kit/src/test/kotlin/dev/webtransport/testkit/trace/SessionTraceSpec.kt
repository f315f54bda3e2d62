package dev.webtransport.testkit.trace

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.ServerConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.server.WebTransportServer
import dev.webtransport.session.TestIdentity
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.testkit.LoopbackTransport
import dev.webtransport.transport.TransportSpi
import dev.webtransport.value.CloseInfo
import io.kotest.core.spec.style.StringSpec
import kotlinx.coroutines.async
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.runTest
import java.net.InetAddress
import java.net.InetSocketAddress

/** What a session of the SDK says on the wire, from its settings to its end. */
class SessionTraceSpec :
    StringSpec({
        "a chat reads as it was held" {
            val trace = Trace(TraceOptions.builder().shownPayload(20).build())
            trace.ofSession("/chat") { client, server ->
                val stream = client.createBidirectionalStream()
                stream.send.write("hello, ".toByteArray())
                stream.send.write("server".toByteArray())
                stream.send.finish()
                val answer = checkNotNull(server.acceptBidirectionalStream())
                answer.receive.readAll(100)
                answer.send.reset(43)
                server.datagrams.send("12345".toByteArray())
                client.datagrams.receive()
                client.close(CloseInfo.of(77, "bye"))
                server.awaitClosed()
            }

            trace.transcript().session(0).assertMatches(
                """
                >> s0 HEADERS :method=CONNECT *:path=/chat*
                << s0 HEADERS :status=200*
                >> s4 WT_STREAM session 0
                >> s4 STREAM 13 "hello, server" FIN
                << s4 RESET_STREAM WT_APPLICATION_ERROR 43 (0x52e4a40fa907)
                << DATAGRAM session 0 5 "12345"
                >> s0 WT_CLOSE_SESSION 77 "bye"
                >> s0 FIN
                << s0 FIN
                """.trimIndent(),
            )
            trace.assertContainsInOrder(
                """
                >> s2 CONTROL
                >> s2 SETTINGS *H3_DATAGRAM=1*
                << s0 HEADERS :status=200*
                """.trimIndent(),
            )
            trace.assertContainsInOrder("<< s3 CONTROL\n<< s3 SETTINGS *WT_ENABLED=1*")
        }

        "the same session gives the same trace" {
            fun trace() = Trace().also { trace ->
                trace.ofSession("/") { client, server ->
                    client.createUnidirectionalStream().write(ByteArray(100_000))
                    checkNotNull(server.acceptUnidirectionalStream()).stopSending(1)
                    client.close()
                }
            }

            trace().assertSameAs(trace())
        }
    })

@OptIn(TransportSpi::class)
private fun Trace.ofSession(path: String, block: suspend (WebTransportSession, WebTransportSession) -> Unit) = runTest {
    val transport = LoopbackTransport(backgroundScope, frameListeners = { this@ofSession })
    val dispatcher = StandardTestDispatcher(testScheduler)
    val address = InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
    val tls = ServerTlsConfig.builder(TestIdentity.value).build()
    val config = ServerConfig.builder(tls).bindAddresses(listOf(address)).build()
    val server = WebTransportServer.listen(config, transport, dispatcher, testScheduler.timeSource)
    val client = WebTransportClient(ClientConfig.builder().build(), transport, dispatcher, testScheduler.timeSource)
    try {
        val accepted = async { checkNotNull(server.acceptRequest()).accept() }
        val session = client.connect("https://127.0.0.1:${server.port}$path")
        block(session, accepted.await())
    } finally {
        client.close()
        server.close()
    }
}
