package dev.webtransport.session

import dev.webtransport.config.DatagramConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.error.SessionException
import dev.webtransport.testkit.LeakCheck
import dev.webtransport.testkit.LoopbackPair
import dev.webtransport.testkit.loopbackPair
import dev.webtransport.testkit.network.NetworkConditions
import dev.webtransport.value.DatagramStatus
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import java.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** What waits of datagrams, how long, and what is told of those that do not wait any longer. */
class DatagramQueueSpec :
    StringSpec({
        "with a full incoming queue the oldest goes, and is counted and told" {
            runTest {
                val pair = pair { incomingMaxBufferedDatagrams(2) }
                val told = dropped(pair.server)
                repeat(5) { pair.client.datagrams.send(byteArrayOf(it.toByte())) shouldBe DatagramStatus.SENT }
                runCurrent()
                List(2) {
                    pair.server.datagrams
                        .receive()
                        ?.single()
                } shouldBe listOf<Byte?>(3, 4)
                val counts = pair.server.datagrams.statistics()
                counts.received() shouldBe 5
                counts.droppedIncoming() shouldBe 3
                pair.client.datagrams
                    .statistics()
                    .sent() shouldBe 5
                told.stop() shouldBe List(3) { "datagram of REMOTE: QUEUE_FULL" }
            }
        }

        "a received datagram that nobody reads within its maximum age expires" {
            runTest {
                val pair = pair { incomingMaxAge(Duration.ofMillis(100)) }
                val told = dropped(pair.server)
                pair.client.datagrams.send(byteArrayOf(1))
                delay(60.milliseconds)
                pair.client.datagrams.send(byteArrayOf(2))
                delay(50.milliseconds)
                pair.server.datagrams.receive() shouldBe byteArrayOf(2)
                val counts = pair.server.datagrams.statistics()
                counts.expiredIncoming() shouldBe 1
                counts.droppedIncoming() shouldBe 0
                told.stop() shouldBe listOf("datagram of REMOTE: TOO_OLD")
            }
        }

        "what the network does not take waits in order, and what finds the queue full is dropped" {
            runTest {
                val pair = pair { outgoingQueueLength(1).outgoingMaxBufferedDatagrams(3) }
                val told = dropped(pair.client)
                slow(pair)
                val answers = List(10) { pair.client.datagrams.send(ByteArray(1000) { _ -> it.toByte() }) }
                val taken = answers.count { it == DatagramStatus.SENT }
                answers.drop(taken).toSet() shouldBe setOf(DatagramStatus.BLOCKED)
                List(taken) {
                    pair.server.datagrams
                        .receive()
                        ?.first()
                } shouldBe List(taken) { it.toByte() }
                val counts = pair.client.datagrams.statistics()
                counts.sent() shouldBe taken.toLong()
                counts.droppedOutgoing() shouldBe (10 - taken).toLong()
                told.stop().toSet() shouldBe setOf("datagram of LOCAL: QUEUE_FULL")
            }
        }

        "a datagram that cannot be sent within its maximum age expires" {
            runTest {
                val pair = pair { outgoingQueueLength(1).outgoingMaxAge(Duration.ofMillis(1500)) }
                slow(pair)
                repeat(10) { pair.client.datagrams.send(ByteArray(1000)) shouldBe DatagramStatus.SENT }
                delay(60.seconds)
                val counts = pair.client.datagrams.statistics()
                counts.sent() + counts.expiredOutgoing() shouldBe 10
                (counts.expiredOutgoing() in 5..9) shouldBe true
                var arrived = 0
                while (arrived < counts.sent()) {
                    pair.server.datagrams.receive()
                    arrived++
                }
            }
        }

        "who waits for room sends everything, as fast as the network takes it" {
            runTest {
                val pair = pair { outgoingQueueLength(1).outgoingMaxBufferedDatagrams(1) }
                slow(pair)
                val sending =
                    async { List(10) { pair.client.datagrams.sendWhenRoom(byteArrayOf(it.toByte()) + ByteArray(999)) } }
                List(10) {
                    pair.server.datagrams
                        .receive()
                        ?.first()
                } shouldBe List(10) { it.toByte() }
                sending.await().toSet() shouldBe setOf(DatagramStatus.SENT)
                pair.client.datagrams
                    .statistics()
                    .droppedOutgoing() shouldBe 0
            }
        }

        "who no longer waits for room sends nothing, and the next one gets the room" {
            runTest {
                val pair = pair { outgoingQueueLength(1).outgoingMaxBufferedDatagrams(1) }
                slow(pair)
                while (pair.client.datagrams.send(ByteArray(1000)) == DatagramStatus.SENT) runCurrent()
                val given = launch { pair.client.datagrams.sendWhenRoom(byteArrayOf(1)) }
                val waiting = async { pair.client.datagrams.sendWhenRoom(byteArrayOf(2)) }
                runCurrent()
                given.cancelAndJoin()
                waiting.await() shouldBe DatagramStatus.SENT
                var seen = checkNotNull(pair.server.datagrams.receive())
                while (seen.size == 1000) seen = checkNotNull(pair.server.datagrams.receive())
                seen shouldBe byteArrayOf(2)
            }
        }

        "who waits for room hears of the end of the session" {
            runTest {
                val pair = pair(LeakCheck.NOTHING) { outgoingQueueLength(1).outgoingMaxBufferedDatagrams(1) }
                slow(pair)
                while (pair.client.datagrams.send(ByteArray(1000)) == DatagramStatus.SENT) runCurrent()
                val waiting = async { runCatching { pair.client.datagrams.sendWhenRoom(byteArrayOf(1)) } }
                runCurrent()
                pair.client.close()
                shouldThrow<SessionException> { waiting.await().getOrThrow() }
            }
        }

        "what is longer than the path takes is counted and told, and never waits" {
            runTest {
                val pair = pair { }
                val told = dropped(pair.client)
                val tooLong = ByteArray(pair.client.datagrams.maxDatagramSize + 1)
                pair.client.datagrams.send(tooLong) shouldBe DatagramStatus.TOO_LARGE
                pair.client.datagrams.sendWhenRoom(tooLong) shouldBe DatagramStatus.TOO_LARGE
                pair.client.datagrams
                    .statistics()
                    .tooLargeOutgoing() shouldBe 2
                told.stop() shouldBe List(2) { "datagram of LOCAL: TOO_LARGE" }
            }
        }

        "the maximum size follows the path, and what waits and no longer fits is given up and told" {
            runTest {
                val pair = pair { outgoingQueueLength(1) }
                val before = pair.client.datagrams.maxDatagramSize
                slow(pair)
                val told = dropped(pair.client)
                repeat(3) { pair.client.datagrams.send(ByteArray(before)) shouldBe DatagramStatus.SENT }
                pair.network.setConditions(NetworkConditions.builder().maxDatagramSize(500).build())
                val after = pair.client.datagrams.maxDatagramSize
                after shouldBe before - 700
                pair.client.datagrams.send(ByteArray(after + 1)) shouldBe DatagramStatus.TOO_LARGE
                pair.client.datagrams.send(ByteArray(after)) shouldBe DatagramStatus.SENT
                pair.server.datagrams.incoming
                    .first { it.size == after }
                told.stop().distinct() shouldBe listOf("datagram of LOCAL: TOO_LARGE")
                pair.network.setConditions(NetworkConditions.perfect())
                pair.client.datagrams.maxDatagramSize shouldBe before
            }
        }
    })

private suspend fun TestScope.pair(check: LeakCheck = LeakCheck.STREAMS, configure: DatagramConfig.Builder.() -> Unit): LoopbackPair {
    val quic = QuicConfig.builder().datagrams(DatagramConfig.builder().apply(configure).build()).build()
    return loopbackPair {
        client { quic(quic) }
        server { quic(quic) }
        leakCheck = check
    }
}

/** From now on a datagram of 1,000 bytes takes a second. */
private fun slow(pair: LoopbackPair) {
    pair.network.setConditions(NetworkConditions.builder().bandwidth(1000).build())
}

/** Collects what is told of dropped datagrams. */
private class Told(private val stop: suspend () -> List<String>) {
    suspend fun stop(): List<String> = stop.invoke()
}

private fun TestScope.dropped(session: WebTransportSession): Told {
    val told = mutableListOf<String>()
    val collecting =
        launch {
            session.events.collect { if (it is SessionEvent.DatagramDropped) told += "datagram of ${it.initiator}: ${it.reason}" }
        }
    runCurrent()
    return Told {
        runCurrent()
        collecting.cancelAndJoin()
        told
    }
}
