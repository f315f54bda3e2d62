package dev.webtransport.testkit.contract

import dev.webtransport.config.QuicConfig
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.transport.QuicTransport
import dev.webtransport.value.CloseInfo
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.async
import kotlinx.coroutines.withTimeoutOrNull
import java.nio.ByteBuffer
import java.time.Duration

/**
 * What a deadline around a call leaves behind (`withTimeout`): a stream and a session that go on as if the call had not been made.
 *
 * ```
 * class MySessionDeadlineSpec : SessionDeadlineContract(SocketWorld("my engine") { MyTransport() })
 * ```
 */
public abstract class SessionDeadlineContract(world: ContractWorld<QuicTransport>) : SessionSuite(world) {
    init {
        peersContract("a deadline of what waits for the peer takes nothing that comes later") {
            val (client, server) = sessions()
            expires { server.acceptBidirectionalStream() }
            expires { server.acceptUnidirectionalStream() }
            expires { server.datagrams.receive() }
            expires { server.awaitDraining() }
            expires { server.awaitClosed() }
            val stream = client.createBidirectionalStream()
            expires { stream.receive.read(ByteBuffer.allocate(1)) }
            expires { stream.receive.peek(1) }
            expires { stream.send.awaitStopped() }
            stream.send.write(byteArrayOf(1))
            client.createUnidirectionalStream().run {
                write(byteArrayOf(2))
                finish()
            }
            val accepted = server.acceptBidirectionalStream().shouldNotBeNull()
            server.acceptUnidirectionalStream().shouldNotBeNull().readAll(10) shouldBe byteArrayOf(2)
            accepted.receive.read(ByteBuffer.allocate(1)) shouldBe 1
            accepted.send.write(byteArrayOf(3))
            stream.receive.read(ByteBuffer.allocate(1)) shouldBe 1
            val receiving = async { server.datagrams.receive() }
            while (!receiving.isCompleted) {
                client.datagrams.send(byteArrayOf(4))
                withTimeoutOrNull(SOON) { receiving.join() }
            }
            receiving.await() shouldBe byteArrayOf(4)
            client.drain()
            server.awaitDraining()
            client.close(CloseInfo.of(1))
            server.awaitClosed() shouldBe CloseInfo.of(1)
        }

        contract("a deadline of a write leaves the stream where the write stopped") {
            val narrow = QuicConfig
                .builder()
                .maxStreamData(2000)
                .receiveBufferSize(2000)
                .sendBufferSize(2000)
                .build()
            peers(client = { quic(narrow) }, server = { quic(narrow) }) {
                val (client, server) = sessions()
                val stream = client.createUnidirectionalStream()
                val data = bytes(100_000)
                expires { stream.write(data) }
                val arrived = server.acceptUnidirectionalStream().shouldNotBeNull()
                val reading = async { arrived.readAll(100_000) }
                stream.isWritable shouldBe true
                stream.write(data)
                stream.finish()
                reading.await() shouldBe bytes(100_000).array()
                works(client, server)
            }
        }

        contract("a deadline of a finish ends the stream nevertheless") {
            val narrow = QuicConfig
                .builder()
                .maxStreamData(2000)
                .receiveBufferSize(2000)
                .build()
            peers(client = { quic(narrow) }, server = { quic(narrow) }) {
                val (client, server) = sessions()
                val stream = client.createUnidirectionalStream()
                // More than the peer takes, but not more than the send buffer does.
                stream.write(ByteArray(20_000))
                withTimeoutOrNull(SOON) { stream.finish() }
                stream.isWritable shouldBe false
                server
                    .acceptUnidirectionalStream()
                    .shouldNotBeNull()
                    .readAll(20_000)
                    .size shouldBe 20_000
                stream.finish()
                works(client, server)
            }
        }

        contract("a deadline of the wait for a stream's credit takes no stream") {
            peers(server = { quic(QuicConfig.builder().maxIncomingUnidirectionalStreams(4).build()) }) {
                val (client, server) = sessions()
                // HTTP/3's control stream is one of the four.
                val streams = List(3) { client.createUnidirectionalStream().also { it.write(byteArrayOf(1)) } }
                expires { client.createUnidirectionalStream() }
                streams.forEach { it.finish() }
                repeat(3) { server.acceptUnidirectionalStream().shouldNotBeNull().readAll(10) }
                works(client, server)
            }
        }

        peersContract("a deadline of a graceful close closes at once") {
            val (client, server) = sessions()
            client.createUnidirectionalStream().write(byteArrayOf(1))
            expires { client.closeGracefully(Duration.ofSeconds(40), CloseInfo.of(7)) }
            server.awaitClosed() shouldBe CloseInfo.of(7)
        }
    }

    private suspend fun expires(call: suspend () -> Any?) {
        withTimeoutOrNull(SOON) {
            call()
            throw AssertionError("the call returned before its deadline")
        }.shouldBeNull()
    }

    private suspend fun works(client: WebTransportSession, server: WebTransportSession) {
        client.createUnidirectionalStream().run {
            write("works".encodeToByteArray())
            finish()
        }
        server
            .acceptUnidirectionalStream()
            .shouldNotBeNull()
            .readAll(10)
            .decodeToString() shouldBe "works"
    }

    private companion object {
        const val SOON = 30L
    }
}
