package dev.webtransport.testkit.contract

import dev.webtransport.config.Http3Config
import dev.webtransport.config.SessionResumption
import dev.webtransport.config.WebTransportDraft
import dev.webtransport.error.SessionClosedException
import dev.webtransport.error.SessionException
import dev.webtransport.session.readAll
import dev.webtransport.testkit.kotest.eventually
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportCapability
import dev.webtransport.value.CloseInfo
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.comparables.shouldBeGreaterThanOrEqualTo
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.launch
import java.util.OptionalLong

/**
 * What sessions and their connections show of the transport below: keying material, counters, resumption.
 *
 * ```
 * class MySessionTransportSpec : SessionTransportContract(SocketWorld("my engine") { MyTransport() })
 * ```
 */
public abstract class SessionTransportContract(world: ContractWorld<QuicTransport>) : SessionSuite(world) {
    init {
        //= draft-ietf-webtrans-http3-16#4.8
        //# the TLS exporter of the connection, with the label of WebTransport and a context that names session, label and context
        peersContract("both ends export the same keying material", capable(TransportCapability.KEYING_MATERIAL_EXPORTER)) {
            val (client, server) = sessions()
            val context = ByteArray(255) { it.toByte() }
            for (length in listOf(1, 32, 33, 4096, 8160)) {
                for (label in listOf("", "token", "é".repeat(127))) {
                    val mine = client.exportKeyingMaterial(label, context, length)
                    mine.size shouldBe length
                    server.exportKeyingMaterial(label, context, length) shouldBe mine
                }
            }
            client.exportKeyingMaterial("token", null, 32) shouldBe server.exportKeyingMaterial("token", ByteArray(0), 32)
            client.exportKeyingMaterial("token", length = 32) shouldBe client.exportKeyingMaterial("token", null, 32)
        }

        peersContract(
            "where keying material cannot be exported that is said, and the session goes on",
            lacking(TransportCapability.KEYING_MATERIAL_EXPORTER),
        ) {
            val (client, server) = sessions()
            for (end in listOf(client, server)) {
                shouldThrow<UnsupportedOperationException> { end.exportKeyingMaterial("token", length = 32) }
                    .message
                    .orEmpty() shouldContain "exporter"
            }
            client.close(CloseInfo.of(1))
            server.awaitClosed() shouldBe CloseInfo.of(1)
        }

        contract(
            "other labels, contexts, lengths, sessions and connections export other bytes",
            capable(TransportCapability.KEYING_MATERIAL_EXPORTER),
        ) {
            // The draft in which sessions share a connection without flow control.
            peers(client = { http3(Http3Config.builder().drafts(setOf(WebTransportDraft.DRAFT_02)).build()) }) {
                val serving = launch { server.serve { it.accept() } }
                val connection = client.openConnection(url())
                val one = connection.createSession("/")
                val two = connection.createSession("/")
                val other = client.connect(url())
                val exported = listOf(
                    one.exportKeyingMaterial("a", byteArrayOf(1), 32),
                    one.exportKeyingMaterial("b", byteArrayOf(1), 32),
                    one.exportKeyingMaterial("a", byteArrayOf(2), 32),
                    one.exportKeyingMaterial("a", null, 32),
                    one.exportKeyingMaterial("a", byteArrayOf(1), 33).copyOf(32),
                    two.exportKeyingMaterial("a", byteArrayOf(1), 32),
                    other.exportKeyingMaterial("a", byteArrayOf(1), 32),
                )
                exported.map { it.toList() }.toSet() shouldHaveSize exported.size
                serving.cancel()
            }
        }

        peersContract("keying material out of bounds is refused, with the value and the limit") {
            val (client, _) = sessions()

            fun refusal(label: String, context: Int, length: Int) =
                shouldThrow<IllegalArgumentException> { client.exportKeyingMaterial(label, ByteArray(context), length) }.message.orEmpty()
            refusal("x".repeat(256), 0, 1).also {
                it shouldContain "256"
                it shouldContain "255"
            }
            refusal("", 256, 1) shouldContain "context has 256 bytes"
            refusal("", 0, 0) shouldContain "length is 0"
            refusal("", 0, 8161) shouldContain "8160"
        }

        peersContract("keying material of a session that has ended is not exported") {
            val (client, server) = sessions()
            client.close(CloseInfo.of(3, "over"))
            shouldThrow<SessionClosedException> { client.exportKeyingMaterial("", length = 1) }.closeInfo() shouldBe CloseInfo.of(3, "over")
            server.awaitClosed()
            shouldThrow<SessionException> { server.exportKeyingMaterial("", length = 1) }
        }

        peersContract("the counters of a connection grow with what it carries, and stay after its end") {
            val (client, server) = sessions()
            val before = client.connection.statistics()
            val sentBefore = before.bytesSent().orZero()
            val stream = client.createUnidirectionalStream()
            stream.write(ByteArray(SOME_BYTES))
            stream.finish()
            server
                .acceptUnidirectionalStream()
                .shouldNotBeNull()
                .readAll(SOME_BYTES)
                .size shouldBe SOME_BYTES
            // What left is counted once it has; by then the peer may have it.
            val after = eventually {
                client.connection.statistics().also { it.bytesSent().orZero() shouldBeGreaterThanOrEqualTo sentBefore + SOME_BYTES }
            }
            val atServer = server.connection.statistics()
            atServer.bytesReceived().orZero() shouldBeGreaterThanOrEqualTo SOME_BYTES.toLong()
            after.packetsSent().orZero() shouldBeGreaterThan before.packetsSent().orZero()
            after.packetsReceived().orZero() shouldBeGreaterThan 0
            after.smoothedRtt().isPresent shouldBe true
            after.packetsLost().isPresent shouldBe true
            client.connection.close()
            server.connection.awaitClosed()
            for (over in listOf(client.connection.statistics() to after, server.connection.statistics() to atServer)) {
                over.first.bytesSent().orZero() shouldBeGreaterThanOrEqualTo over.second.bytesSent().orZero()
                over.first.bytesReceived().orZero() shouldBeGreaterThanOrEqualTo over.second.bytesReceived().orZero()
            }
        }

        peersContract("a client resumes its connection to the same server", capable(TransportCapability.SESSION_RESUMPTION)) {
            repeat(3) { number ->
                val (client, server) = sessions()
                client.connection.isResumed shouldBe (number > 0)
                server.connection.isResumed shouldBe (number > 0)
                client.close()
            }
        }

        contract("a client that says never resumes nothing", capable(TransportCapability.SESSION_RESUMPTION)) {
            val never = tls
                .clientByHash()
                .toBuilder()
                .sessionResumption(SessionResumption.NEVER)
                .build()
            peers(client = { tls(never) }) { neverResumes() }
        }

        contract("a server that says never resumes nothing", capable(TransportCapability.RESUMPTION_REFUSAL)) {
            val strict = tls
                .server()
                .toBuilder()
                .sessionResumption(SessionResumption.NEVER)
                .build()
            peers(server = { tls(strict) }) { neverResumes() }
        }
    }

    private suspend fun Peers.neverResumes() {
        repeat(3) {
            val (client, server) = sessions()
            client.connection.isResumed shouldBe false
            server.connection.isResumed shouldBe false
            client.close()
        }
    }

    private fun OptionalLong.orZero(): Long = orElse(0)

    private companion object {
        private const val SOME_BYTES = 100_000
    }
}
