package dev.webtransport.testkit.contract

import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.SendStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.session.readExactly
import dev.webtransport.testkit.kotest.eventually
import dev.webtransport.transport.QuicTransport
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Initiator
import dev.webtransport.value.SessionStatistics
import dev.webtransport.value.StreamType
import io.kotest.matchers.comparables.shouldBeGreaterThanOrEqualTo
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import java.util.Optional

/**
 * What sessions, streams, clients and servers count themselves: the same over every transport.
 *
 * ```
 * class MyStatisticsSpec : StatisticsContract(SocketWorld("my engine") { MyTransport() })
 * ```
 */
public abstract class StatisticsContract(world: ContractWorld<QuicTransport>) : SessionSuite(world) {
    init {
        peersContract("both ends count the bytes that streams moved, and the sums of streams are those of the session") {
            val (client, server) = sessions()
            val sending = mutableListOf<SendStream>()
            val receiving = mutableListOf<ReceiveStream>()
            for (size in listOf(0, 1, SOME_BYTES)) {
                val stream = client.createUnidirectionalStream().also { sending += it }
                coroutineScope {
                    val read = async {
                        server
                            .acceptUnidirectionalStream()
                            .shouldNotBeNull()
                            .also { receiving += it }
                            .readAll(SOME_BYTES)
                    }
                    stream.write(ByteArray(size))
                    stream.finish()
                    read.await().size shouldBe size
                }
                stream.statistics().bytesWritten() shouldBe size
                receiving.last().statistics().bytesRead() shouldBe size
                // What left is counted once it has; by then the peer may have it.
                eventually { stream.statistics().bytesSent().ifPresent { it shouldBe size } }
                receiving
                    .last()
                    .statistics()
                    .bytesReceived()
                    .ifPresent { it shouldBe size }
            }
            val asked = client.createBidirectionalStream().also { sending += it.send }
            asked.send.write(ByteArray(10))
            val answering = server.acceptBidirectionalStream().shouldNotBeNull().also { receiving += it.receive }
            answering.receive.readExactly(4)
            answering.receive.peek(3)
            answering.receive.statistics().bytesRead() shouldBe 4
            answering.receive
                .statistics()
                .bytesReceived()
                .ifPresent { it shouldBe 10 }
            answering.send.write(ByteArray(7))
            asked.receive.readExactly(7)

            val atClient = client.statistics()
            atClient.bytesWritten() shouldBe sending.sumOf { it.statistics().bytesWritten() }
            atClient.bytesRead() shouldBe 7
            val atServer = server.statistics()
            atServer.bytesRead() shouldBe receiving.sumOf { it.statistics().bytesRead() }
            atServer.bytesRead() shouldBe SOME_BYTES + 5
            atServer.bytesWritten() shouldBe 7
        }

        peersContract("streams are counted by kind and by who opened them, and all of them are over with the session") {
            val (client, server) = sessions()
            repeat(2) { client.createUnidirectionalStream().finish() }
            repeat(2) { server.acceptUnidirectionalStream().shouldNotBeNull().readAll(1) }
            val open = server.createBidirectionalStream()
            open.send.write(ByteArray(1))
            client.acceptBidirectionalStream().shouldNotBeNull()
            for (end in listOf(client to Initiator.LOCAL, server to Initiator.REMOTE)) {
                val now = end.first.statistics()
                now.streamsOpened(StreamType.UNIDIRECTIONAL, end.second) shouldBe 2
                now.streamsOpen(StreamType.UNIDIRECTIONAL, end.second) shouldBe 0
                now.streamsOpen(StreamType.BIDIRECTIONAL, other(end.second)) shouldBe 1
                now.streamsOpened(StreamType.BIDIRECTIONAL, end.second) shouldBe 0
                now.streamsOpened() shouldBe 3
                now.streamsClosed() shouldBe 2
                now.closeInfo() shouldBe Optional.empty()
            }
            client.close(CloseInfo.of(3, "over"))
            server.awaitClosed()
            server.close()
            for (end in listOf(client to Initiator.LOCAL, server to Initiator.REMOTE)) {
                val last = end.first.statistics()
                last.streamsClosed() shouldBe 3
                last.closeInfo() shouldBe Optional.of(CloseInfo.of(3, "over"))
                last.closedBy() shouldBe Optional.of(end.second)
                last.closedAt().get() shouldBeGreaterThanOrEqualTo last.readyAt().get()
                last.takenAt() shouldBeGreaterThanOrEqualTo last.closedAt().get()
                last.createdAt() shouldBeLessThanOrEqualTo last.readyAt().get()
            }
        }

        peersContract("datagrams are counted with their payload") {
            val (client, server) = sessions()
            client.datagrams.send(ByteArray(100))
            server.datagrams
                .receive()
                .shouldNotBeNull()
                .size shouldBe 100
            val sent = client.statistics()
            sent.datagramBytesSent() shouldBe 100 * sent.datagrams().sent()
            server.statistics().datagramBytesReceived() shouldBe 100 * server.statistics().datagrams().received()
            server.statistics().datagrams().received() shouldBeGreaterThanOrEqualTo 1
            sent.localFlowControl() shouldBe Optional.empty()
        }

        peersContract("a client and a server count what all their sessions did, also when those are over") {
            val all = listOf(sessions(), sessions())
            all.forEachIndexed { number, (atClient, atServer) ->
                val stream = atClient.createUnidirectionalStream()
                stream.write(ByteArray(100 * (number + 1)))
                stream.finish()
                atServer.acceptUnidirectionalStream().shouldNotBeNull().readAll(1000)
            }
            client.statistics().sessionsOpen() shouldBe 2
            client.statistics().connectionsOpen() shouldBe 2
            server.statistics().sessionsOpen() shouldBe 2
            all[0].first.close()
            all[0].second.awaitClosed()
            val clients = client.statistics()
            clients.connectsAttempted() shouldBe 2
            clients.connectsSucceeded() shouldBe 2
            clients.sessionsEstablished() shouldBe 2
            clients.sessionsOpen() shouldBe 1
            clients.connectTimeMax().get() shouldBeGreaterThanOrEqualTo clients.connectTimeAverage().get()
            clients.traffic().bytesWritten() shouldBe sum(all.map { it.first }) { it.bytesWritten() }
            clients.traffic().streamsOpened() shouldBe sum(all.map { it.first }) { it.streamsOpened() }
            val servers = server.statistics()
            servers.connectionsAccepted() shouldBe 2
            servers.requestsReceived() shouldBe 2
            servers.sessionsAccepted() shouldBe 2
            servers.requestsRejected() shouldBe 0
            servers.traffic().bytesRead() shouldBe 300
            servers.traffic().bytesRead() shouldBe sum(all.map { it.second }) { it.bytesRead() }
            client.close()
            server.close()
            val last = listOf(client.statistics().uptime(), server.statistics().uptime())
            client.statistics().connectionsOpen() shouldBe 0
            server.statistics().sessionsOpen() shouldBe 0
            server.statistics().traffic().bytesRead() shouldBe 300
            listOf(client.statistics().uptime(), server.statistics().uptime()) shouldBe last
        }
    }

    private fun sum(sessions: List<WebTransportSession>, of: (SessionStatistics) -> Long): Long = sessions.sumOf { of(it.statistics()) }

    private fun other(initiator: Initiator) = if (initiator == Initiator.LOCAL) Initiator.REMOTE else Initiator.LOCAL

    private companion object {
        /** Several packets, and more than a stream's first credit in some worlds. */
        const val SOME_BYTES = 100_000
    }
}
