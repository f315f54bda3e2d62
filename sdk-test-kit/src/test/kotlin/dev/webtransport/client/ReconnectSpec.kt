package dev.webtransport.client

import dev.webtransport.async.AsyncClient
import dev.webtransport.config.ReconnectPolicy
import dev.webtransport.config.SessionOptions
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.error.SessionClosedException
import dev.webtransport.error.SessionRejectedException
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.server.SessionRequest
import dev.webtransport.testkit.Loopback
import dev.webtransport.testkit.loopback
import dev.webtransport.transport.TransportSpi
import dev.webtransport.value.CloseInfo
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.future.await
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import java.util.concurrent.CompletableFuture
import kotlin.random.Random

/** A session that is lost is replaced, after a delay that grows. Under virtual time. */
@OptIn(TransportSpi::class)
class ReconnectSpec :
    StringSpec({
        val policy = ReconnectPolicy.builder().jitter(0.0).build()

        "a session that is lost is replaced by another one, and the block begins anew" {
            reconnecting {
                val serving = serve { it.accept().connection.close(Http3ErrorCode.H3_INTERNAL_ERROR) }
                var sessions = 0
                val begin = now
                val result = client.withReconnect(url, policy = policy) { session ->
                    sessions++
                    if (sessions < 3) session.awaitClosed()
                    "done"
                }
                result shouldBe "done"
                sessions shouldBe 3
                // Each of them stood, so each delay is the first one.
                now - begin shouldBe 2_000
                serving.cancel()
            }
        }

        "attempts that fail come after delays that grow, and the last failure is told" {
            reconnecting {
                server.close()
                val begin = now
                shouldThrow<TransportUnavailableException> { client.withReconnect(url, policy = policy) { awaitCancellation() } }
                now - begin shouldBe 1_000 + 2_000 + 4_000
            }
        }

        "a server that says later is asked again, and one that says no is not" {
            reconnecting {
                var requests = 0
                val serving = serve { if (++requests < 3) it.reject(503) else it.reject(403) }
                shouldThrow<SessionRejectedException> { client.withReconnect(url, policy = policy) { awaitCancellation() } }
                    .status() shouldBe 403
                requests shouldBe 3
                serving.cancel()
            }
        }

        "a session that the server closed was not lost, whatever its code" {
            reconnecting {
                val serving = serve { it.accept().close(CloseInfo.of(5)) }
                var sessions = 0
                shouldThrow<SessionClosedException> {
                    client.withReconnect(url, policy = policy) { session ->
                        sessions++
                        session.awaitClosed()
                        session.createUnidirectionalStream()
                    }
                }.closeInfo() shouldBe CloseInfo.of(5)
                sessions shouldBe 1
                serving.cancel()
            }
        }

        "what the block throws of its own is told, and its session is closed" {
            reconnecting {
                val closes = ArrayList<CloseInfo>()
                val serving = serve { closes += it.accept().awaitClosed() }
                val own = shouldThrow<TransportUnavailableException> {
                    client.withReconnect(url, policy = policy) { throw TransportUnavailableException("another server", null) }
                }
                own.message shouldBe "another server"
                closes shouldBe listOf(CloseInfo.NORMAL)
                serving.cancel()
            }
        }

        "who cancels gets no other session" {
            reconnecting {
                var accepted = 0
                val serving = serve { it.accept().also { accepted++ }.awaitClosed() }
                val using = launch { client.withReconnect(url, policy = policy) { awaitCancellation() } }
                while (accepted == 0) delay(1)
                using.cancel()
                using.join()
                client.connections.forEach { it.awaitClosed() }
                accepted shouldBe 1
                serving.cancel()
            }
        }

        "the random part of a delay is that of the seed" {
            reconnecting {
                server.close()
                val half = ReconnectPolicy
                    .builder()
                    .maxAttempts(1)
                    .jitter(0.5)
                    .build()
                val begin = now
                shouldThrow<TransportUnavailableException> {
                    client.withReconnect(url, policy = half, random = Random(7)) { awaitCancellation() }
                }
                // Coroutines wait whole milliseconds, and never too short.
                now - begin shouldBe half.delayBefore(1, Random(7).nextDouble()).plusNanos(999_999).toMillis()
            }
        }

        "in Java, too, a session that is lost is replaced by another one" {
            reconnecting {
                val serving = serve { it.accept().connection.close(Http3ErrorCode.H3_INTERNAL_ERROR) }
                var sessions = 0
                val calls = AsyncClient.of(client, coroutineContext.minusKey(Job))
                val result = calls.withReconnect(url, SessionOptions.defaults(), policy) { session ->
                    sessions++
                    if (sessions < 3) session.closed().thenApply { "over" } else CompletableFuture.completedFuture("done")
                }
                result.await() shouldBe "done"
                sessions shouldBe 3
                serving.cancel()
            }
        }
    })

/** A loopback whose server answers as [serve] is told, and the virtual time. */
private class Reconnecting(private val test: TestScope, loopback: Loopback) : CoroutineScope by test {
    val client = loopback.client
    val server = loopback.server
    val url = loopback.url("/")
    val now: Long get() = test.currentTime

    fun serve(answer: suspend (SessionRequest) -> Unit): Job = launch { while (true) answer(server.acceptRequest() ?: break) }
}

private fun reconnecting(test: suspend Reconnecting.() -> Unit) = runTest { Reconnecting(this, loopback()).test() }
