package dev.webtransport.testkit

import dev.webtransport.config.DatagramConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.value.DatagramStatus
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import java.nio.ByteBuffer

class LoopbackDatagramSpec :
    StringSpec({
        "datagrams arrive both ways, in order, empty ones too" {
            runTest {
                val pair = quicPair()
                for (text in listOf("a", "", "c")) {
                    pair.client.sendText(text) shouldBe DatagramStatus.SENT
                    pair.server.sendText(text.uppercase()) shouldBe DatagramStatus.SENT
                }
                List(3) { pair.server.receiveText() } shouldBe listOf("a", "", "c")
                List(3) { pair.client.receiveText() } shouldBe listOf("A", "", "C")
            }
        }

        "the largest datagram goes through and one byte more does not; either way all of it is taken" {
            runTest {
                val pair = quicPair()
                val largest = ByteBuffer.wrap(bytes(pair.client.maxDatagramSize))
                pair.client.sendDatagram(largest) shouldBe DatagramStatus.SENT
                val tooLarge = ByteBuffer.allocate(pair.client.maxDatagramSize + 1)
                pair.client.sendDatagram(tooLarge) shouldBe DatagramStatus.TOO_LARGE
                largest.remaining() shouldBe 0
                tooLarge.remaining() shouldBe 0
                pair.server.receiveDatagram() shouldBe ByteBuffer.wrap(bytes(1_200))
                pair.client.sendText("next")
                pair.server.receiveText() shouldBe "next"
            }
        }

        "a full queue drops the oldest" {
            runTest {
                val config = QuicConfig
                    .builder()
                    .datagrams(DatagramConfig.builder().incomingQueueLength(2).build())
                    .build()
                val pair = quicPair(config)
                for (text in listOf("a", "b", "c")) pair.client.sendText(text) shouldBe DatagramStatus.SENT
                pair.server.receiveText() shouldBe "b"
                pair.server.receiveText() shouldBe "c"
            }
        }

        "a cancelled receiver loses no datagram" {
            runTest {
                val pair = quicPair()
                val receiving = launch { pair.server.receiveDatagram() }
                runCurrent()
                pair.client.sendText("x")
                receiving.cancelAndJoin()
                pair.server.receiveText() shouldBe "x"
            }
        }

        "each of several receivers gets a datagram of its own" {
            runTest {
                val pair = quicPair()
                val receiving = List(3) { async { pair.server.receiveText() } }
                runCurrent()
                for (text in listOf("a", "b", "c")) pair.client.sendText(text)
                receiving.map { it.await() } shouldBe listOf("a", "b", "c")
            }
        }

        "a datagram is the caller's again on return" {
            runTest {
                val pair = quicPair()
                val data = "abc".encodeToByteArray()
                pair.client.sendDatagram(ByteBuffer.wrap(data))
                data.fill(0)
                pair.server.receiveText() shouldBe "abc"
            }
        }
    })
