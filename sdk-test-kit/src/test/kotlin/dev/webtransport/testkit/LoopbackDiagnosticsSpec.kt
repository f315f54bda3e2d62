package dev.webtransport.testkit

import dev.webtransport.testkit.quic.Direction
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import kotlinx.coroutines.test.runTest
import java.time.Duration
import java.util.HexFormat
import java.util.Optional
import java.util.OptionalLong

class LoopbackDiagnosticsSpec :
    StringSpec({
        "keying material from a given secret is that of the published vector, at both ends" {
            runTest {
                val loopback = loopback()
                loopback.transport.exporterSecret = ByteArray(32) { it.toByte() }
                val (client, server) = loopback.sessions()
                client.id shouldBe 0
                val expected = "69ccb12ccb3030f1e5e8044cdedc03b799217484d6a1d0528e60c49522f08632"
                for (end in listOf(client, server)) {
                    HexFormat.of().formatHex(end.exportKeyingMaterial("app", "context".encodeToByteArray(), 32)) shouldBe expected
                }
            }
        }

        "a secret of another length than a hash of TLS 1.3 is refused" {
            runTest {
                val loopback = loopback()
                shouldThrow<IllegalArgumentException> { loopback.transport.exporterSecret = ByteArray(20) }
            }
        }

        "the same seed exports the same keying material, another seed does not" {
            val exported = listOf(1L, 1L, 2L).map { chosen ->
                var bytes = ByteArray(0)
                runTest { bytes = loopbackPair { seed = chosen }.client.exportKeyingMaterial("x", length = 32) }
                bytes.toList()
            }
            exported[0] shouldBe exported[1]
            exported[0] shouldNotBe exported[2]
        }

        "what the network loses is counted, and what there is not in memory is absent" {
            runTest {
                val (client, server) = loopbackPair {
                    network { latency(Duration.ofMillis(10)) }
                    network(Direction.CLIENT_TO_SERVER) {
                        latency(Duration.ofMillis(10))
                        datagramLoss(1.0)
                    }
                }
                repeat(5) { client.datagrams.send(ByteArray(100)) }
                server.datagrams.send(ByteArray(100))
                client.datagrams.receive()
                val atClient = client.connection.statistics()
                atClient.datagramsSent() shouldBe OptionalLong.of(5)
                atClient.datagramsLost() shouldBe OptionalLong.of(5)
                atClient.packetsLost() shouldBe OptionalLong.of(5)
                atClient.datagramsReceived() shouldBe OptionalLong.of(1)
                atClient.smoothedRtt() shouldBe Optional.of(Duration.ofMillis(20))
                val atServer = server.connection.statistics()
                atServer.datagramsReceived() shouldBe OptionalLong.of(0)
                atServer.datagramsLost() shouldBe OptionalLong.of(0)
                atServer.congestionWindow() shouldBe OptionalLong.empty()
                atServer.pathMtu() shouldBe OptionalLong.empty()
                atServer.minRtt() shouldBe Optional.empty()
                client.connection.isResumed shouldBe null
            }
        }
    })
