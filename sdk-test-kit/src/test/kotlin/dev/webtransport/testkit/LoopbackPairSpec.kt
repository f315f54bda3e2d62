package dev.webtransport.testkit

import dev.webtransport.config.SessionOptions
import dev.webtransport.error.SessionException
import dev.webtransport.session.readAll
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Headers
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest

class LoopbackPairSpec :
    StringSpec({
        "a connected client and server session in one line" {
            runTest {
                val (client, server) = loopbackPair()
                val stream = client.createBidirectionalStream()
                stream.send.write("hello".encodeToByteArray())
                stream.send.finish()
                val accepted = server.acceptBidirectionalStream().shouldNotBeNull()
                accepted.receive.readAll(10).decodeToString() shouldBe "hello"
                accepted.send.finish()
                stream.receive.readAll(10).size shouldBe 0
            }
        }

        "path, headers and settings are as chosen" {
            runTest {
                val pair = loopbackPair {
                    path = "/chat?room=7"
                    session = SessionOptions.builder().headers(Headers.builder().add("x-token", "abc").build()).build()
                    quic { maxStreamData(5) }
                }
                pair.server.path shouldBe "/chat?room=7"
                pair.server.requestHeaders
                    .first("x-token")
                    .get() shouldBe "abc"
                pair.client.authority shouldBe "server.test"
            }
        }

        "an application that accepts its sessions itself is reached by any name" {
            runTest {
                val loopback = loopback()
                launch { loopback.server.acceptRequest()!!.accept(null, Headers.builder().add("x-by", "app").build()) }
                val session = loopback.client.connect("https://some.name.example/path")
                session.responseHeaders.first("x-by").get() shouldBe "app"
                session.close()
            }
        }

        "the trace tells what was said" {
            runTest {
                val pair = loopbackPair()
                pair.client.close(CloseInfo.of(7, "done"))
                pair.server.awaitClosed()
                pair.trace.toString() shouldContain ">> s0 WT_CLOSE_SESSION 7 \"done\""
            }
        }

        "a test that leaves a stream half open fails and names the stream" {
            val failure = shouldThrow<AssertionError> {
                runTest {
                    val (client, server) = loopbackPair()
                    val stream = client.createUnidirectionalStream()
                    stream.write(ByteArray(5_000))
                    server.acceptUnidirectionalStream().shouldNotBeNull()
                    repeat(2) { client.datagrams.send(ByteArray(3)) }
                }
            }
            failure.message shouldContain "stream 6 at the client: sending half neither finished nor reset"
            failure.message shouldContain
                Regex("stream 6 at the server: receiving half neither read to its end nor stopped, 4\\d+ bytes unread")
            failure.message shouldContain "session 0 at the server: 2 datagrams nobody received"
            failure.message shouldContain "seed "
        }

        "a session that was closed leaves no streams to finish" {
            runTest {
                val (client, server) = loopbackPair()
                client.createUnidirectionalStream().write(ByteArray(9))
                client.close()
                server.awaitClosed()
            }
        }

        "streams may be left open where a test says so" {
            runTest {
                val (client, _) = loopbackPair { leakCheck = LeakCheck.COROUTINES }
                client.createUnidirectionalStream().write(ByteArray(9))
            }
        }

        "a failure of the test prints the seed and what was said, and no leaks" {
            val failure = shouldThrow<IllegalStateException> {
                runTest {
                    val (client, _) = loopbackPair { seed = 4711 }
                    client.createUnidirectionalStream().write(ByteArray(9))
                    error("the test is wrong")
                }
            }
            val note = failure.stackTraceToString()
            note shouldContain "seed 4711; -Dwebtransport.seed=4711 runs it again"
            note shouldContain ">> s0 HEADERS :method=CONNECT"
            note shouldNotContain "neither finished"
        }
    })
