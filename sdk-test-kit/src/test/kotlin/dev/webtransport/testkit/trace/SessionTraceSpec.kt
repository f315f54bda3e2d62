package dev.webtransport.testkit.trace

import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.testkit.loopbackPair
import dev.webtransport.value.CloseInfo
import io.kotest.core.spec.style.StringSpec
import kotlinx.coroutines.test.runTest

/** What a session of the SDK says on the wire, from its settings to its end. */
class SessionTraceSpec :
    StringSpec({
        "a chat reads as it was held" {
            val trace = trace(TraceOptions.builder().shownPayload(20).build(), "/chat") { client, server ->
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
            val traces = List(2) {
                trace { client, server ->
                    client.createUnidirectionalStream().write(ByteArray(100_000))
                    checkNotNull(server.acceptUnidirectionalStream()).stopSending(1)
                    client.close()
                }
            }
            traces[0].assertSameAs(traces[1])
        }
    })

/** What is said while [block] runs on both ends of a session. */
private fun trace(
    options: TraceOptions = TraceOptions.DEFAULT,
    path: String = "/",
    block: suspend (WebTransportSession, WebTransportSession) -> Unit,
): Trace {
    lateinit var trace: Trace
    runTest {
        val pair = loopbackPair {
            this.path = path
            this.trace = options
        }
        block(pair.client, pair.server)
        trace = pair.trace
    }
    return trace
}
