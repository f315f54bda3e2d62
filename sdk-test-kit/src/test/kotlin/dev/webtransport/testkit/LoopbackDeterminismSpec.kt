package dev.webtransport.testkit

import dev.webtransport.error.StreamException
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.testkit.trace.TraceOptions
import dev.webtransport.value.CloseInfo
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import kotlinx.coroutines.delay
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import java.time.Duration

/** What makes tests over the loopback worth more than tests over sockets: they come out the same. */
class LoopbackDeterminismSpec :
    StringSpec({
        "a thousand runs of the same test give a thousand identical traces, to the nanosecond, for each of several seeds" {
            val transcripts = listOf(1L, 20_261_120L, System.nanoTime()).map { seed ->
                val first = busySession(seed)
                first.lines().size shouldBeGreaterThan 60
                repeat(1_000 - 1) { run ->
                    val again = busySession(seed)
                    if (again != first) again shouldBe "run $run with seed $seed differs from the first:\n$first"
                }
                first
            }
            transcripts.distinct() shouldHaveSize 3
        }

        "ten virtual hours of keep-alives leave a session as it was" {
            runTest {
                val pair = loopbackPair {
                    quic { idleTimeout(Duration.ofSeconds(30)).keepAliveInterval(Duration.ofSeconds(10)) }
                }
                delay(Duration.ofHours(10).toMillis())
                pair.client.close(CloseInfo.of(3, "still here"))
                pair.server.awaitClosed() shouldBe CloseInfo.of(3, "still here")
            }
        }

        "idle timeouts pass by the hundred within a virtual hour" {
            runTest {
                val loopback = loopback {
                    quic { idleTimeout(Duration.ofSeconds(30)).keepAliveInterval(null) }
                }
                var lost = 0
                while (currentTime < Duration.ofHours(1).toMillis()) {
                    val (client, _) = loopback.sessions()
                    runCatching { client.awaitClosed() }.exceptionOrNull().shouldNotBeNull()
                    lost++
                }
                lost shouldBe 120
            }
        }
    })

/** A session on which much happens at a time over a bad network, as one text with times. */
private fun busySession(seed: Long): String {
    lateinit var transcript: String
    runTest {
        val pair = loopbackPair {
            this.seed = seed
            trace = TraceOptions
                .builder()
                .detail(TraceOptions.Detail.DETAILED)
                .times(TraceOptions.Times.SHOWN)
                .payload(TraceOptions.Payload.AS_IT_ARRIVED)
                .build()
            leakCheck = LeakCheck.COROUTINES
            network {
                latency(Duration.ofMillis(5))
                jitter(Duration.ofMillis(20))
                bandwidth(200_000)
                datagramLoss(0.3)
                datagramDuplication(0.2)
                datagramReordering(0.2)
            }
            quic { maxStreamData(1_000).maxData(3_000).sendBufferSize(1_024) }
        }
        val (client, server) = pair
        val echo = launch { server.echo() }
        List(3) { number ->
            launch {
                repeat(5) { client.datagrams.send(byteArrayOf(number.toByte(), it.toByte())) }
                val stream = client.createBidirectionalStream()
                stream.send.write(ByteArray(1_500) { number.toByte() })
                if (number == 2) {
                    stream.send.reset(number.toLong())
                    stream.receive.stopSending(number.toLong())
                } else {
                    stream.send.finish()
                    stream.receive.readAll(1_500).size shouldBe 1_500
                }
            }
        }.joinAll()
        client.close(CloseInfo.of(0, "done"))
        server.awaitClosed()
        echo.join()
        transcript = pair.trace.toString()
        transcript shouldNotBe ""
    }
    return transcript
}

private suspend fun WebTransportSession.echo() {
    incomingBidirectionalStreams.collect { stream ->
        try {
            stream.send.write(stream.receive.readAll(2_000))
            stream.send.finish()
        } catch (reset: StreamException) {
            stream.send.reset()
        }
    }
}
