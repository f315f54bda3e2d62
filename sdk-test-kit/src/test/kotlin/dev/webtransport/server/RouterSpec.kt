package dev.webtransport.server

import dev.webtransport.config.Http3Config
import dev.webtransport.config.SessionOptions
import dev.webtransport.config.WebTransportDraft
import dev.webtransport.error.SessionRejectedException
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.testkit.Loopback
import dev.webtransport.testkit.loopback
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Headers
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.maps.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import java.time.Duration
import java.util.regex.Pattern

/** Which handler gets a request, and what interceptors do before. */
class RouterSpec :
    StringSpec({
        "the path leads to the handler, exact routes before templates, templates before patterns, and the query takes no part" {
            routed({ handledBy ->
                routePattern(Pattern.compile("/chat/.*")) { handledBy += "pattern" }
                route("/chat/{room}") { handledBy += "template ${it.pathParameters}" }
                route("/chat/lobby") { handledBy += "exact ${it.route}" }
                routeDefault { handledBy += "default ${it.route}" }
            }) { handledBy ->
                for (path in listOf("/chat/lobby?a=/chat/x", "/chat/a%2Fb?c", "/chat/a/b", "/", "/chat/lobby/")) rejection(path)
                handledBy shouldContainExactly
                    listOf("exact /chat/lobby", "template {room=a/b}", "pattern", "default null", "pattern")
            }
        }

        "what no route fits is rejected with 405, what is malformed with 400" {
            routed({ route("/echo") { request -> request.accept().close() } }) {
                rejection("/other").status() shouldBe 405
                rejection("/echo%C3").status() shouldBe 400
                client.connect(url("/echo?x=1")).awaitClosed() shouldBe CloseInfo.NORMAL
            }
        }

        "a handler gets parameters decoded, by name, in the order of the template" {
            var seen = emptyMap<String, String>()
            routed({
                route("/{room}/of/{user}") { request ->
                    seen = request.pathParameters
                    request.accept().close()
                }
            }) {
                client.connect(url("/caf%C3%A9/of/ann")).awaitClosed()
                seen shouldContainExactly mapOf("room" to "café", "user" to "ann")
                seen.keys.toList() shouldContainExactly listOf("room", "user")
            }
        }

        "a second route for the same paths is refused, and the message names the first" {
            val router = Router().route("/chat/{room}") {}.route("/echo") {}.routePattern(Pattern.compile("/x+")) {}
            shouldThrow<IllegalArgumentException> { router.route("/chat/{id}") {} }.message.orEmpty() shouldContain "/chat/{room}"
            shouldThrow<IllegalArgumentException> { router.route("/%65cho") {} }.message.orEmpty() shouldContain "/echo"
            shouldThrow<IllegalArgumentException> { router.routePattern(Pattern.compile("/x+")) {} }
            router.routes shouldContainExactly listOf("/echo", "/chat/{room}", "/x+")
        }

        "routes come and go while the server serves" {
            routed({ route("/a") { it.accept().close() } }) {
                client.connect(url("/a")).awaitClosed()
                router.removeRoute("/a") shouldBe true
                router.removeRoute("/a") shouldBe false
                router.removeRoute("/{a}") shouldBe false
                rejection("/a").status() shouldBe 405
                router.route("/{a}") { it.accept().close() }.routePattern(Pattern.compile("/b/c")) { it.reject(410) }
                client.connect(url("/a")).awaitClosed()
                rejection("/b/c").status() shouldBe 410
                router.removePattern("/b/c") shouldBe true
                router.removePattern("/b/c") shouldBe false
                router.removeRoute("/{b}") shouldBe true
                router.routes shouldContainExactly emptyList()
            }
        }

        "interceptors stand in the order in which they were added, around every request" {
            routed({ log ->
                intercept { chain ->
                    log += "first"
                    chain.proceed()
                    log += "first again"
                }
                intercept { chain ->
                    log += "second ${chain.request.route}"
                    chain.proceed()
                }
                route("/a") { request ->
                    log += "handler"
                    request.accept().close()
                }
            }) { log ->
                client.connect(url("/a")).awaitClosed()
                rejection("/none").status() shouldBe 405
                log shouldContainExactly
                    listOf("first", "second /a", "handler", "first again", "first", "second null", "first again")
            }
        }

        "an interceptor rejects with a status and headers that arrive, and what is behind it is not asked" {
            var handled = 0
            routed({
                intercept { chain ->
                    when (
                        chain.request.headers
                            .first("x-how")
                            .orElse("")
                    ) {
                        "throw" -> throw RejectSessionException(402, Headers.builder().add("x-why", "unpaid").build())
                        "answer" -> chain.request.reject(451, Headers.builder().add("x-why", "law").build())
                        "nothing" -> Unit
                        else -> chain.proceed()
                    }
                }
                route("/a") {
                    handled++
                    it.accept().close()
                }
            }) {
                val thrown = rejection("/a", "x-how" to "throw")
                thrown.status() shouldBe 402
                thrown.headers().first("x-why").get() shouldBe "unpaid"
                val answered = rejection("/a", "x-how" to "answer")
                answered.status() shouldBe 451
                answered.headers().first("x-why").get() shouldBe "law"
                rejection("/a", "x-how" to "nothing").status() shouldBe 405
                handled shouldBe 0
                client.connect(url("/a")).awaitClosed()
                handled shouldBe 1
            }
        }

        "a failure of an interceptor rejects with 500, also one of another session, and the server goes on" {
            routed({
                intercept { chain ->
                    if (chain.request.path == "/own") error("the interceptor fails on purpose")
                    if (chain.request.path == "/upstream") throw TransportUnavailableException("upstream is gone on purpose", null)
                    if (chain.request.path == "/twice") chain.proceed()
                    chain.proceed()
                }
                routeDefault { if (it.path != "/twice") it.accept().close() }
            }) {
                rejection("/own").status() shouldBe 500
                rejection("/upstream").status() shouldBe 500
                rejection("/twice").status() shouldBe 500
                client.connect(url("/a")).awaitClosed() shouldBe CloseInfo.NORMAL
            }
        }

        "a rejection after the answer is a failure of the handler, which closes its session" {
            routed({
                route("/a") {
                    it.accept()
                    throw RejectSessionException(403)
                }
            }) {
                client.connect(url("/a")).awaitClosed().code() shouldBe 500L
            }
        }

        "a rejection must be one" {
            shouldThrow<IllegalArgumentException> { RejectSessionException(200) }.message.orEmpty() shouldContain "200"
            RejectSessionException().status shouldBe 403
        }

        "a failed authentication is a 401 with its challenge, a failing one a 500" {
            routed({
                intercept(authInterceptor { headers -> headers.first("authorization").get() == "Bearer right" })
                route("/a") { it.accept().close() }
            }) {
                val refused = rejection("/a", "authorization" to "Bearer wrong")
                refused.status() shouldBe 401
                refused.headers().first("www-authenticate").get() shouldBe "Bearer"
                rejection("/a").status() shouldBe 500
                client.connect(url("/a"), with("authorization" to "Bearer right")).awaitClosed()
            }
        }

        "a handler knows the client that an interceptor has identified" {
            var who: Any? = null
            routed({
                intercept(principalInterceptor("Basic realm=\"x\"") { it.headers.first("authorization").orElse(null) })
                route("/a") {
                    who = it.principal
                    it.accept().close()
                }
            }) {
                rejection("/a").headers().first("www-authenticate").get() shouldBe "Basic realm=\"x\""
                client.connect(url("/a"), with("authorization" to "ann")).awaitClosed()
                who shouldBe "ann"
            }
        }

        "the rate limit counts by the server's clock, and says when to come again" {
            routed({
                intercept(rateLimitInterceptor(2, Duration.ofSeconds(10)))
                route("/a") { it.accept().close() }
            }) {
                client.connect(url("/a")).awaitClosed()
                delay(3_500)
                client.connect(url("/a")).awaitClosed()
                val refused = rejection("/a")
                refused.status() shouldBe 429
                refused.headers().first("retry-after").get() shouldBe "7"
                delay(6_000)
                rejection("/a").headers().first("retry-after").get() shouldBe "1"
                delay(1_000)
                client.connect(url("/a")).awaitClosed()
                rejection("/a").status() shouldBe 429
            }
        }

        "a rate limit within its bounds only" {
            shouldThrow<IllegalArgumentException> { rateLimitInterceptor(0, Duration.ofSeconds(1)) }
            shouldThrow<IllegalArgumentException> { rateLimitInterceptor(1, Duration.ZERO) }
            shouldThrow<IllegalArgumentException> { rateLimitInterceptor(1, Duration.ofDays(2)) }
            shouldThrow<IllegalArgumentException> { rateLimitInterceptor(1, Duration.ofSeconds(1), 0) }
        }

        "the log says who asked for what, without the query, and how it ended" {
            val lines = LogLines("test.requests")
            lines.use {
                routed({
                    intercept(loggingInterceptor("test.requests"))
                    intercept { chain -> if (chain.request.path == "/no?token=1") throw RejectSessionException(404) else chain.proceed() }
                    route("/a") { it.accept().close() }
                    route("/fail") { error("on purpose") }
                }) {
                    client.connect(url("/a?token=secret")).awaitClosed()
                    rejection("/no?token=1")
                    rejection("/none")
                    rejection("/fail")
                }
            }
            lines.text shouldContain "/a from"
            lines.text shouldContain "was answered with 200"
            lines.text shouldContain "is rejected with 404"
            lines.text shouldContain "was not answered"
            lines.text shouldContain "failed: java.lang.IllegalStateException: on purpose"
            lines.text.contains("token") shouldBe false
        }

        "more sessions than the server takes are rejected with 429, until one ends" {
            runTest {
                val loopback = loopback {
                    server { maxSessions(2) }
                    client { http3(Http3Config.builder().drafts(setOf(WebTransportDraft.DRAFT_02)).build()) }
                }
                val serving = launch { loopback.server.serve { if (it.path == "/no") it.reject() else it.accept() } }
                shouldThrow<SessionRejectedException> { loopback.client.connect(loopback.url("/no")) }.status() shouldBe 403
                val first = loopback.client.connect(loopback.url())
                val second = first.connection.createSession("/b")
                loopback.server.sessions.map { it.path } shouldContainExactly listOf("/", "/b")
                shouldThrow<SessionRejectedException> { loopback.client.connect(loopback.url()) }.status() shouldBe 429
                second.close()
                delay(1)
                loopback.server.sessions.map { it.path } shouldContainExactly listOf("/")
                loopback.client.connect(loopback.url("/c")).close()
                first.close()
                serving.cancel()
            }
        }
    })

/** A loopback whose server serves a router. */
private class Routed(val loopback: Loopback, val router: Router) {
    val client get() = loopback.client

    fun url(path: String) = loopback.url(path)

    fun with(vararg fields: Pair<String, String>): SessionOptions =
        SessionOptions.builder().headers(Headers.of(mapOf(*fields))).build()

    suspend fun rejection(path: String, vararg fields: Pair<String, String>): SessionRejectedException =
        shouldThrow<SessionRejectedException> { client.connect(url(path), with(*fields)) }
}

private fun routed(routes: Router.(MutableList<String>) -> Unit, test: suspend Routed.(List<String>) -> Unit) {
    runTest { routed(routes, test) }
}

private suspend fun TestScope.routed(routes: Router.(MutableList<String>) -> Unit, test: suspend Routed.(List<String>) -> Unit) {
    val log = mutableListOf<String>()
    val router = Router().apply { routes(log) }
    val loopback = loopback()
    val serving = launch { loopback.server.serve(router) }
    Routed(loopback, router).test(log)
    serving.cancel()
}
