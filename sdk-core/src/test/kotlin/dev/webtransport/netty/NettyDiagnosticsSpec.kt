package dev.webtransport.netty

import dev.webtransport.config.QuicConfig
import dev.webtransport.tls.TlsExporter
import dev.webtransport.transport.TransportCapability
import dev.webtransport.transport.TransportSpi
import io.kotest.inspectors.forAll
import io.kotest.inspectors.forOne
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.longs.shouldBeGreaterThanOrEqual
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.delay
import java.nio.ByteBuffer
import java.nio.file.Files
import java.nio.file.Path
import java.util.HexFormat

/** What this engine tells of its connections: counters, qlog, keying material. */
@OptIn(TransportSpi::class)
internal class NettyDiagnosticsSpec : NettyTests() {
    init {
        test("every counter that quiche shows is told, at both ends, and what it does not show is null") {
            connected { ends ->
                val sent = 300_000
                val stream = ends.client.openUnidirectionalStream()
                stream.write(bytes(sent))
                stream.finish()
                ends.server.acceptUnidirectionalStream().readToEnd()
                // A round trip later the end of it was acknowledged.
                stream(ends)
                for (end in listOf(ends.client, ends.server)) {
                    val now = end.statistics()
                    listOf(now.packetsLost, now.bytesLost, now.bytesRetransmitted).forAll { it.shouldNotBeNull() }
                    listOf(now.smoothedRttNanos, now.congestionWindowBytes, now.packetsSent, now.packetsReceived).forAll {
                        it.shouldNotBeNull() shouldBeGreaterThan 0
                    }
                    now.pathMtuBytes.shouldNotBeNull() shouldBeGreaterThanOrEqual 1200
                    listOf(now.minRttNanos, now.rttVariationNanos, now.datagramsSent, now.datagramsReceived, now.datagramsLost).forAll {
                        it.shouldBeNull()
                    }
                }
                val client = ends.client.statistics()
                val server = ends.server.statistics()
                client.bytesSent.shouldNotBeNull() shouldBeGreaterThan sent.toLong()
                server.bytesReceived.shouldNotBeNull() shouldBeGreaterThan sent.toLong()
                client.deliveryRateBytesPerSecond.shouldNotBeNull() shouldBeGreaterThan 0
            }
        }

        test("the keying material is what TLS derives from the exporter secret of the key log") {
            val directory = Files.createTempDirectory("netty-exporter")
            val keys = directory.resolve("keys.log")
            connected(QuicConfig.builder().keyLogFile(keys).build()) { ends ->
                val context = byteArrayOf(1, 2, 3)
                val client = ends.client.exportKeyingMaterial("EXPORTER-WebTransport", context, 4096)
                ends.server.exportKeyingMaterial("EXPORTER-WebTransport", context, 4096) shouldBe client
                ends.client.capabilities shouldContain TransportCapability.KEYING_MATERIAL_EXPORTER
                // Both ends log it.
                val secrets = Files.readAllLines(keys).filter { it.startsWith("EXPORTER_SECRET ") }.map { it.substringAfterLast(' ') }
                secrets shouldHaveSize 2
                secrets.toSet() shouldHaveSize 1
                TlsExporter.of(HexFormat.of().parseHex(secrets[0])).export("EXPORTER-WebTransport", context, 4096) shouldBe client
                ends.client.close(0x100, "")
                ends.client.exportKeyingMaterial("EXPORTER-WebTransport", context, 4096) shouldBe client
            }
            Files.delete(keys)
            Files.delete(directory)
        }

        test("each end writes a qlog file of its own, in the sequence format of JSON, to its end") {
            val directory = Files.createTempDirectory("netty-qlog").resolve("made").resolve("by the engine")
            val config = QuicConfig.builder().qlogDirectory(directory).build()
            repeat(2) {
                connected(config) { ends ->
                    val (mine, theirs) = stream(ends)
                    mine.send.finish()
                    theirs.receive.read(ByteBuffer.allocate(1)) shouldBe -1
                }
            }
            transport.capabilities shouldContain TransportCapability.QLOG
            val files = Files.list(directory).use { it.toList() }
            files shouldHaveSize 4
            // quiche writes through a buffer, to its end when the channel of the connection has gone.
            bounded { while (files.any { "handshake_done" !in Files.readString(it) || !Files.readString(it).endsWith('\n') }) delay(10) }
            files.forAll { file -> file.records().forAll { it.first() shouldBe '{' } }
            files.map { it.records().first() }.also { heads ->
                heads.forAll { it shouldContain "urn:ietf:params:qlog:file:sequential" }
                heads.count { "\"client\"" in it } shouldBe 2
                heads.count { "\"server\"" in it } shouldBe 2
            }
            files.forAll { file -> file.records().drop(1).forOne { it shouldContain "handshake_done" } }
            Files.walk(directory.parent.parent).use { all -> all.sorted(Comparator.reverseOrder()).forEach(Files::delete) }
        }
    }

    /** RFC 7464: a record separator before each JSON text, a line feed behind it. A record that was cut does not end so. */
    private fun Path.records(): List<String> {
        val text = Files.readString(this)
        text.first() shouldBe '\u001e'
        text.last() shouldBe '\n'
        return text.split('\u001e').drop(1).onEach {
            it.last() shouldBe '\n'
            it.trim().last() shouldBe '}'
        }
    }
}
