package dev.webtransport.testkit.mutation

import dev.webtransport.config.QuicConfig
import dev.webtransport.testkit.Leftovers
import dev.webtransport.testkit.LoopbackPair
import dev.webtransport.testkit.certificate.TestCertificates
import dev.webtransport.testkit.loopbackPair
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldStartWith
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import java.net.InetSocketAddress
import java.nio.ByteBuffer

/**
 * One leak each, as a careless test may leave it.
 *
 * @param named how the lines begin in which the check at the end names it
 */
private enum class PlantedLeak(val named: List<String>) {
    STREAM_NOT_FINISHED(
        listOf(
            "stream 6 at the client: sending half neither finished nor reset",
            "stream 6 at the server: receiving half neither read to its end nor stopped",
        ),
    ) {
        override suspend fun leak(pair: LoopbackPair) {
            pair.client.createUnidirectionalStream().write(ByteArray(5))
            pair.server
                .acceptUnidirectionalStream()
                .shouldNotBeNull()
                .read(ByteBuffer.allocate(5)) shouldBe 5
        }
    },
    STREAM_NOT_READ(listOf("stream 6 at the server: receiving half neither read to its end nor stopped, ")) {
        override suspend fun leak(pair: LoopbackPair) {
            val stream = pair.client.createUnidirectionalStream()
            stream.write(ByteArray(50_000))
            stream.finish()
            pair.server.acceptUnidirectionalStream().shouldNotBeNull()
        }
    },
    STREAM_NOT_ACCEPTED(listOf("session 0 at the server: stream 6, which nobody accepted")) {
        override suspend fun leak(pair: LoopbackPair) {
            pair.client.createUnidirectionalStream().finish()
        }
    },
    STREAM_NOT_ANSWERED(
        listOf(
            "stream 4 at the client: receiving half neither read to its end nor stopped",
            "stream 4 at the server: sending half neither finished nor reset",
        ),
    ) {
        override suspend fun leak(pair: LoopbackPair) {
            pair.client
                .createBidirectionalStream()
                .send
                .finish()
            pair.server
                .acceptBidirectionalStream()
                .shouldNotBeNull()
                .receive
                .stopSending(1)
        }
    },
    DATAGRAM_NOT_RECEIVED(listOf("session 0 at the client: 1 datagrams nobody received")) {
        override suspend fun leak(pair: LoopbackPair) {
            pair.server.datagrams.send(ByteArray(5))
        }
    },
    CONNECTION_NOT_CLOSED(listOf("1 connections stand")) {
        override suspend fun leak(pair: LoopbackPair) {
            val transport = pair.loopback.transport
            val listener = transport.listen(InetSocketAddress("127.0.0.1", 0), tls.server(), QuicConfig.defaults())
            transport.connect(listener.localAddress, "localhost", tls.client(), QuicConfig.defaults())
        }
    }, ;

    abstract suspend fun leak(pair: LoopbackPair)

    companion object {
        val tls by lazy { TestCertificates.forLoopback() }
    }
}

class LeakCheckMutationSpec :
    FunSpec({
        for (planted in PlantedLeak.entries) {
            test("the leak check names a $planted, and nothing else") {
                val failure = shouldThrow<AssertionError> { runTest { planted.leak(loopbackPair()) } }
                val lines = failure.message
                    .shouldNotBeNull()
                    .lines()
                    .filter { it.startsWith("  ") }
                    .map { it.trim() }
                lines shouldHaveSize planted.named.size
                lines.zip(planted.named).forEach { (line, beginning) -> line shouldStartWith beginning }
            }
        }

        test("a coroutine that goes on is named, however deep it is") {
            runTest {
                val owner = CoroutineScope(coroutineContext + Job())
                val going = owner.launch { launch(CoroutineName("heartbeat")) { awaitCancellation() } }
                testScheduler.runCurrent()
                val lines = Leftovers.running(owner.coroutineContext.job, "the client")
                lines.size shouldBe 2
                lines.all { it.startsWith("a coroutine of the client goes on: ") } shouldBe true
                going.cancelAndJoin()
                Leftovers.running(owner.coroutineContext.job, "the client").size shouldBe 0
            }
        }
    })
