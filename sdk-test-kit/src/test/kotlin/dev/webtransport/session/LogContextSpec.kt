package dev.webtransport.session

import dev.webtransport.error.SessionRejectedException
import dev.webtransport.server.Router
import dev.webtransport.server.loggingInterceptor
import dev.webtransport.testkit.loopback
import dev.webtransport.testkit.loopbackPair
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import org.slf4j.MDC
import java.io.ByteArrayOutputStream
import java.io.PrintStream

/** Which connection and session log lines are about. */
class LogContextSpec :
    StringSpec({
        "a handler has the ids of its connection and session, wherever it goes on" {
            runTest {
                val loopback = loopback()
                val seen = mutableListOf<Pair<String?, String?>>()
                val expected = mutableListOf<Pair<String?, String?>>()
                val serving = launch {
                    loopback.server.serve { request ->
                        val session = request.accept()
                        expected += names(session)
                        seen += now()
                        delay(10)
                        seen += now()
                        withContext(Dispatchers.Default) { seen += now() }
                        yield()
                        seen += now()
                        session.close()
                    }
                }
                val sessions = (1..2).map { async { loopback.client.connect(loopback.url()) } }.awaitAll()
                sessions.forEach { it.awaitClosed() }
                expected.toSet() shouldHaveSize 2
                seen.groupingBy { it }.eachCount() shouldBe expected.associateWith { 4 }
                now() shouldBe (null to null)
                serving.cancel()
            }
        }

        "what the SDK logs about a request has them too, in interceptors and when a handler fails" {
            runTest {
                val loopback = loopback()
                var expected: String? = null
                val serving = launch {
                    loopback.server.serve(
                        Router().intercept(loggingInterceptor("requests")).route("/") { request ->
                            expected = request.connection.id.toString()
                            error("on purpose")
                        },
                    )
                }
                val lines = linesWithContext { shouldThrow<SessionRejectedException> { loopback.client.connect(loopback.url("/")) } }
                serving.cancel()
                val about = lines.filter { "requests" in it.first || "the handler of" in it.first }
                about shouldHaveSize 3
                about.map { it.second }.toSet() shouldBe setOf(expected to "0")
            }
        }

        "a coroutine of the application takes the names of a session, and leaves them behind with its own in place" {
            runTest {
                val (client, _) = loopbackPair()
                MDC.put("request", "mine")
                MDC.put(LogContext.SESSION, "before")
                try {
                    withContext(LogContext.of(client)) {
                        now() shouldBe names(client)
                        MDC.get("request") shouldBe "mine"
                    }
                    now() shouldBe (null to "before")
                    MDC.get("request") shouldBe "mine"
                } finally {
                    MDC.clear()
                }
            }
        }

        "a context within another names the inner session, then the outer one again" {
            runTest {
                val (client, server) = loopbackPair()
                val seen = mutableListOf<Pair<String?, String?>>()
                withContext(LogContext.of(client)) {
                    withContext(LogContext.of(server)) { seen += now() }
                    seen += now()
                }
                seen shouldContainExactly listOf(names(server), names(client))
                seen shouldContain (client.connection.id.toString() to "0")
            }
        }
    })

private fun now(): Pair<String?, String?> = MDC.get(LogContext.CONNECTION) to MDC.get(LogContext.SESSION)

private fun names(session: WebTransportSession): Pair<String?, String?> = session.connection.id.toString() to session.id.toString()

/** The lines that the logger of the tests writes meanwhile, each with the ids of the thread that wrote it. */
private suspend fun linesWithContext(block: suspend () -> Unit): List<Pair<String, Pair<String?, String?>>> {
    val lines = mutableListOf<Pair<String, Pair<String?, String?>>>()
    val before = System.err
    System.setErr(
        object : PrintStream(ByteArrayOutputStream(), true) {
            override fun println(line: String?) {
                synchronized(lines) { lines += line.orEmpty() to now() }
            }
        },
    )
    try {
        block()
    } finally {
        System.setErr(before)
    }
    return synchronized(lines) { lines.toList() }
}
