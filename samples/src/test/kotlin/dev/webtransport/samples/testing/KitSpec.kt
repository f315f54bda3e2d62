package dev.webtransport.samples.testing

import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.testkit.LeakCheck
import dev.webtransport.testkit.fault.Fault
import dev.webtransport.testkit.kotest.shouldBeLost
import dev.webtransport.testkit.kotest.shouldContainInOrder
import dev.webtransport.testkit.kotest.shouldReceive
import dev.webtransport.testkit.kotest.shouldReceiveNothingFor
import dev.webtransport.testkit.loopback
import dev.webtransport.testkit.loopbackPair
import dev.webtransport.testkit.quic.Direction
import dev.webtransport.testkit.script.Http3Bytes
import dev.webtransport.testkit.script.scriptedClient
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Perspective
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.ints.shouldBeInRange
import io.kotest.matchers.nulls.shouldNotBeNull
import kotlinx.coroutines.delay
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withTimeoutOrNull
import java.nio.file.Path
import java.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** What docs/testing.md shows of the kit in a few lines each. */
class KitSpec :
    StringSpec({
        "an hour passes in no time" {
            runTest {
                val (client, server) = loopbackPair()
                delay(1.hours)
                client.datagrams.send("still here".toByteArray())
                server.datagrams.shouldReceive("still here")
            }
        }

        "a network as it is, from a seed" {
            runTest {
                val (client, server) = loopbackPair {
                    seed = 4711
                    network {
                        latency(Duration.ofMillis(40))
                        datagramLoss(0.1)
                    }
                    network(Direction.SERVER_TO_CLIENT) { bandwidth(100_000) }
                }
                repeat(100) { client.datagrams.send(byteArrayOf(it.toByte())) }
                server.datagrams.shouldReceiveNothingFor(39.milliseconds)
                var arrived = 0
                withTimeoutOrNull(1.seconds) { server.datagrams.incoming.collect { arrived++ } }
                arrived shouldBeInRange 75..99
            }
        }

        "a network that goes away and comes back" {
            runTest {
                val pair = loopbackPair()
                pair.network.cut(Direction.CLIENT_TO_SERVER)
                val stream = pair.client.createUnidirectionalStream()
                stream.write("patience".toByteArray())
                stream.finish()
                delay(5.seconds)
                pair.network.heal()
                pair.server
                    .acceptUnidirectionalStream()
                    .shouldNotBeNull()
                    .shouldReceive("patience")
            }
        }

        "a peer that closes the connection in the midst of a line" {
            runTest {
                val (client, server) = loopbackPair {
                    fault(Fault.closeAtByte(Direction.CLIENT_TO_SERVER, 200, Perspective.SERVER, Http3ErrorCode.H3_INTERNAL_ERROR, "oops"))
                }
                client.createUnidirectionalStream().write(ByteArray(1_000))
                client.shouldBeLost()
                server.shouldBeLost()
            }
        }

        "what was said is a trace" {
            runTest {
                val pair = loopbackPair { path = "/chat" }
                pair.client.close(CloseInfo.of(7, "done"))
                pair.trace shouldContainInOrder
                    """
                    >> s0 HEADERS :method=CONNECT * :path=/chat
                    << s0 HEADERS :status=200
                    >> s0 WT_CLOSE_SESSION 7 "done"
                    """.trimIndent()
                pair.trace
                    .transcript()
                    .session(0)
                    .assertGolden(Path.of("src/test/resources/golden/close.trace"))
            }
        }

        "a stream may be left open where that is meant" {
            runTest {
                val (client, _) = loopbackPair { leakCheck = LeakCheck.COROUTINES }
                client.createUnidirectionalStream().write("to be continued".toByteArray())
            }
        }

        "a hostile client does not get through to the application" {
            runTest {
                val loopback = loopback()
                val peer = loopback.scriptedClient()
                val control = peer.openControlStream()
                control.send(Http3Bytes.settings(Http3Bytes.clientSettings()))
                peer.expectClosed(Http3ErrorCode.H3_FRAME_UNEXPECTED)
            }
        }
    })
