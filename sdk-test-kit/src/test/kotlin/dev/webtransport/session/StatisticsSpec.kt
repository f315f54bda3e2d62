package dev.webtransport.session

import dev.webtransport.config.Http3Config
import dev.webtransport.config.OriginPolicy
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.SessionFlowControlConfig
import dev.webtransport.config.SessionOptions
import dev.webtransport.error.SessionException
import dev.webtransport.error.SessionRejectedException
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.metrics.WebTransportMetrics
import dev.webtransport.testkit.LeakCheck
import dev.webtransport.testkit.loopback
import dev.webtransport.testkit.loopbackPair
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.FlowControlStatistics
import dev.webtransport.value.StreamType
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.micrometer.core.instrument.Tags
import io.micrometer.core.instrument.simple.SimpleMeterRegistry
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withTimeoutOrNull
import java.nio.ByteBuffer
import java.time.Duration
import java.util.Optional
import java.util.OptionalLong

/** What is counted, to the millisecond of virtual time. */
class StatisticsSpec :
    StringSpec({
        "times count from the beginning of the connection, and stand still after the end" {
            runTest {
                val loopback = loopback { network { latency(LATENCY) } }
                val accepting = launch {
                    val request = loopback.server.acceptRequest().shouldNotBeNull()
                    delay(100)
                    val session = request.accept()
                    session.awaitClosed()
                }
                val session = loopback.client.connect(loopback.url())
                val begun = session.statistics()
                begun.readyAt().get() - begun.createdAt() shouldBe Duration.ofMillis(120)
                begun.takenAt() shouldBe begun.readyAt().get()
                begun.closedAt() shouldBe Optional.empty()
                begun.closedBy() shouldBe Optional.empty()
                delay(1000)
                session.close()
                accepting.join()
                val last = session.statistics()
                last.closedAt() shouldBe Optional.of(begun.readyAt().get() + Duration.ofSeconds(1))
                last.createdAt() shouldBe begun.createdAt()
                last.closeInfo() shouldBe Optional.of(CloseInfo.NORMAL)
            }
        }

        "a session that was lost tells who ended it but no code" {
            runTest {
                val (client, server) = loopbackPair()
                client.createUnidirectionalStream()
                client.connection.close(0x102, "gone")
                shouldThrow<SessionException> { server.awaitClosed() }
                val last = server.statistics()
                last.closeInfo() shouldBe Optional.empty()
                last.closedBy().isPresent shouldBe true
                client.statistics().streamsOpen() shouldBe 0
                client.statistics().streamsOpened() shouldBe 1
            }
        }

        "what a write has handed over counts when it is cancelled, what has left tells the transport" {
            runTest {
                val (client, server) = loopbackPair {
                    server { quic(QuicConfig.builder().maxStreamData(1000).build()) }
                    leakCheck = LeakCheck.NOTHING
                }
                val stream = client.createUnidirectionalStream()
                val data = ByteBuffer.allocate(10 shl 20)
                withTimeoutOrNull(1000) { stream.write(data) } shouldBe null
                (data.position() in 1000..<data.capacity()) shouldBe true
                val received = server.acceptUnidirectionalStream().shouldNotBeNull()
                received.readExactly(10)
                val sent = stream.statistics()
                sent.bytesWritten() shouldBe data.position()
                sent.bytesAcknowledged() shouldBe OptionalLong.empty()
                // What the peer's credit allowed: the network in memory takes no time.
                (sent.bytesSent().asLong in 997..<data.position()) shouldBe true
                stream.statistics().bytesSent() shouldBe received.statistics().bytesReceived()
                received.statistics().bytesRead() shouldBe 10
                client.statistics().bytesWritten() shouldBe data.position()
                stream.reset(1)
                stream.statistics().bytesWritten() shouldBe data.position()
            }
        }

        "session flow control shows its limits and what is used, also after the end" {
            runTest {
                val flow = SessionFlowControlConfig
                    .builder()
                    .initialMaxData(5000)
                    .initialMaxStreamsUnidirectional(7)
                    .build()
                val (client, server) = loopbackPair {
                    client { http3(Http3Config.builder().flowControl(flow).build()) }
                    server { http3(Http3Config.builder().flowControl(flow).build()) }
                }
                val stream = client.createUnidirectionalStream()
                stream.write(ByteArray(100))
                stream.finish()
                server.acceptUnidirectionalStream().shouldNotBeNull().readAll(100)
                val used = client.statistics().localFlowControl().orElseThrow()
                used.usedData() shouldBe 100
                used.maxData() shouldBe client.flowControl.local
                    .shouldNotBeNull()
                    .maxData
                used.usedUnidirectionalStreams() shouldBe 1
                used.maxUnidirectionalStreams() shouldBe client.flowControl.local!!.maxStreams(StreamType.UNIDIRECTIONAL)
                server.statistics().remoteFlowControl().map(FlowControlStatistics::usedData) shouldBe Optional.of(100L)
                client.close()
                server.awaitClosed()
                client.statistics().localFlowControl().map(FlowControlStatistics::usedData) shouldBe Optional.of(100L)
            }
        }

        "a client counts how attempts went and how long the good ones took" {
            runTest {
                val loopback = loopback {
                    network { latency(LATENCY) }
                    client { connectTimeout(Duration.ofSeconds(2)) }
                }
                val client = loopback.client
                val serving = launch {
                    loopback.server.serve { request ->
                        when (request.path) {
                            "/no" -> request.reject(404)
                            "/never" -> delay(10_000)
                            "/late" -> delay(300).also { request.accept() }
                            else -> request.accept()
                        }
                    }
                }
                client.statistics().connectTimeAverage() shouldBe Optional.empty()
                client.connect(loopback.url())
                client.connect(loopback.url("/late"))
                shouldThrow<SessionRejectedException> { client.connect(loopback.url("/no")) }
                shouldThrow<TransportUnavailableException> { client.connect(loopback.url("/never")) }
                val given = launch { client.connect(loopback.url("/never")) }
                delay(500)
                client.statistics().connectsAttempted() shouldBe 5
                given.cancelAndJoin()
                // Refused before anything is begun.
                shouldThrow<IllegalArgumentException> { client.connect("http://nowhere") }
                val now = client.statistics()
                now.connectsAttempted() shouldBe 5
                now.connectsSucceeded() shouldBe 2
                now.connectsFailed() shouldBe 2
                now.connectsCancelled() shouldBe 1
                now.sessionsOpen() shouldBe 2
                val shortest = now.connectTimeMin().orElseThrow()
                now.connectTimeMax() shouldBe Optional.of(shortest + Duration.ofMillis(300))
                now.connectTimeAverage() shouldBe Optional.of(shortest + Duration.ofMillis(150))
                now.connectTimeTotal() shouldBe shortest.multipliedBy(2) + Duration.ofMillis(300)
                serving.cancel()
            }
        }

        "a server counts requests by how they ended, refused connections, and handlers that failed" {
            runTest {
                val loopback = loopback {
                    server {
                        maxConnections(2)
                        originPolicy(OriginPolicy.of(setOf("https://good.example")))
                    }
                }
                val client = loopback.client
                val serving = launch {
                    loopback.server.serve { request ->
                        when (request.path) {
                            "/fails" -> error("on purpose")
                            "/waits" -> delay(1000).also { runCatching { request.accept() } }
                            "/silent" -> return@serve
                            else -> request.accept()
                        }
                    }
                }
                val standing = client.connect(loopback.url())
                for (path in listOf("/fails", "/silent")) shouldThrow<SessionRejectedException> { client.connect(loopback.url(path)) }
                val stranger = SessionOptions.builder().origin("https://bad.example").build()
                shouldThrow<SessionRejectedException> { client.connect(loopback.url(), stranger) }
                withTimeoutOrNull(100) { client.connect(loopback.url("/waits")) } shouldBe null
                delay(2000)
                val second = client.connect(loopback.url())
                runCatching { client.connect(loopback.url()) }.isFailure shouldBe true
                val now = loopback.server.statistics()
                now.connectionsRefused() shouldBe 1
                now.connectionsAccepted() shouldBe 6
                now.connectionsOpen() shouldBe 2
                now.requestsReceived() shouldBe 6
                now.sessionsAccepted() shouldBe 2
                now.requestsRejected() shouldBe 3
                now.requestsWithdrawn() shouldBe 1
                now.handlerFailures() shouldBe 1
                now.sessionsOpen() shouldBe 2
                standing.close()
                second.close()
                serving.cancel()
            }
        }

        "Micrometer shows a server and a client as they are, until the meters are removed" {
            runTest {
                val loopback = loopback()
                val registry = SimpleMeterRegistry()
                val metrics =
                    listOf(
                        WebTransportMetrics.bindServer(registry, loopback.server::statistics, Tags.of("name", "s")),
                        WebTransportMetrics.bindClient(registry, loopback.client::statistics, Tags.of("name", "c")),
                    )
                val (client, server) = loopback.sessions()
                val stream = client.createUnidirectionalStream()
                stream.write(ByteArray(12))
                stream.finish()
                server.acceptUnidirectionalStream().shouldNotBeNull().readAll(12)
                registry.get("webtransport.server.streams.read").functionCounter().count() shouldBe 12.0
                registry.get("webtransport.client.streams.written").functionCounter().count() shouldBe 12.0
                registry.get("webtransport.client.sessions.open").gauge().value() shouldBe 1.0
                client.close()
                server.awaitClosed()
                registry.get("webtransport.server.sessions.accepted").functionCounter().count() shouldBe 1.0
                metrics.forEach { it.close() }
                registry.meters.size shouldBe 0
            }
        }
    })

private val LATENCY = Duration.ofMillis(10)
