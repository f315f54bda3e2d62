@file:JvmName("SessionInterceptors")

package dev.webtransport.server

import dev.webtransport.value.Headers
import kotlinx.coroutines.CancellationException
import org.slf4j.LoggerFactory
import java.time.Duration
import kotlin.time.TimeMark
import kotlin.time.TimeSource

private const val HTTP_UNAUTHORIZED = 401
private const val HTTP_TOO_MANY_REQUESTS = 429
private const val NANOS_PER_SECOND = 1_000_000_000L
private const val MAX_REQUESTS_LIMIT = 1_000_000
private const val MAX_TRACKED_LIMIT = 10_000_000
private const val DEFAULT_TRACKED = 10_000
private const val DEFAULT_CHALLENGE = "Bearer"

/**
 * Lets pass the requests whose fields [authenticate] accepts; others are rejected with 401. A failure of [authenticate] is one of
 * the handler: logged, and the request rejected with 500.
 *
 * Browsers cannot put an `authorization` field on a session; they have the path, subprotocols and origin.
 *
 * @param challenge the value of `www-authenticate`, which a 401 must have (RFC 9110, section 11.6.1). Default `Bearer`
 */
public fun authInterceptor(challenge: String = DEFAULT_CHALLENGE, authenticate: suspend (Headers) -> Boolean): SessionInterceptor {
    val refusal = challenge(challenge)
    return SessionInterceptor { chain ->
        if (!authenticate(chain.request.headers)) throw unauthorized(refusal)
        chain.proceed()
    }
}

/**
 * The same for who wants to know who the client is: what [authenticate] returns is the request's
 * [SessionRequest.principal]; null rejects it with 401.
 *
 * @param challenge the value of `www-authenticate`. Default `Bearer`
 */
public fun principalInterceptor(challenge: String = DEFAULT_CHALLENGE, authenticate: suspend (SessionRequest) -> Any?): SessionInterceptor {
    val refusal = challenge(challenge)
    return SessionInterceptor { chain ->
        chain.request.principal = authenticate(chain.request) ?: throw unauthorized(refusal)
        chain.proceed()
    }
}

private fun challenge(value: String): Headers = Headers.builder().add("www-authenticate", value).build()

private fun unauthorized(refusal: Headers) = RejectSessionException(HTTP_UNAUTHORIZED, refusal, "the client is not who it has to be")

/**
 * Lets pass at most [maxRequests] requests of a client within any [window]; more are rejected with 429 and a
 * `retry-after` that says when the next one may pass. What was rejected here does not count. A client is an IPv4 address, or the
 * /64 network of an IPv6 address. The clock is that of the server.
 *
 * Clients behind one address share its limit.
 *
 * @param maxRequests 1 to 1,000,000. Memory: 8 bytes for each within the window
 * @param window up to 1 d
 * @param maxTracked of how many clients requests are remembered, 1 to 10,000,000; beyond it, the client that has been quiet for
 *   longest is forgotten. Default 10,000: about 2 MB with few requests each, 10 MB with 100
 * @throws IllegalArgumentException if an argument is outside the bounds named above
 */
@JvmOverloads
public fun rateLimitInterceptor(maxRequests: Int, window: Duration, maxTracked: Int = DEFAULT_TRACKED): SessionInterceptor {
    require(maxRequests in 1..MAX_REQUESTS_LIMIT) { "maxRequests $maxRequests is outside 1..$MAX_REQUESTS_LIMIT" }
    require(window > Duration.ZERO && window <= Duration.ofDays(1)) { "window $window is outside PT0S (excluded)..PT24H" }
    require(maxTracked in 1..MAX_TRACKED_LIMIT) { "maxTracked $maxTracked is outside 1..$MAX_TRACKED_LIMIT" }
    return RateLimit(RequestWindows(maxRequests, window.toNanos(), maxTracked))
}

private class RateLimit(private val windows: RequestWindows) : SessionInterceptor {
    /** The clock of the server that was first to ask; others have the same one. */
    private var origin: TimeMark? = null

    override suspend fun intercept(chain: SessionChain) {
        val request = chain.request
        val wait = windows.take(request.remoteAddress.address, now(request.timeSource))
        if (wait > 0) {
            val seconds = (wait + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND
            val headers = Headers.builder().add("retry-after", seconds.toString()).build()
            throw RejectSessionException(HTTP_TOO_MANY_REQUESTS, headers, "too many requests")
        }
        chain.proceed()
    }

    private fun now(clock: TimeSource): Long =
        synchronized(this) { (origin ?: clock.markNow().also { origin = it }).elapsedNow().inWholeNanoseconds }
}

/**
 * Logs each request, at level info of SLF4J: who asks for which path, and how it ended. The query is left out, as tokens are
 * often in it, and so are the fields. Put it first, so that it sees what others reject.
 *
 * @param loggerName the logger. Default `dev.webtransport.server.requests`
 */
@JvmOverloads
public fun loggingInterceptor(loggerName: String = "dev.webtransport.server.requests"): SessionInterceptor {
    val log = LoggerFactory.getLogger(loggerName)
    return SessionInterceptor { chain ->
        val request = chain.request
        val what = "${request.authority}${RequestPath.withoutQuery(request.path)} from ${request.remoteAddress}"
        val begun = request.timeSource.markNow()
        log.info("session request for {}", what)
        var end = "was not answered"
        try {
            chain.proceed()
            request.answer?.let { end = "was answered with $it" }
        } catch (cancelled: CancellationException) {
            end = "was cancelled"
            throw cancelled
        } catch (rejected: RejectSessionException) {
            end = "is rejected with ${rejected.status}: ${rejected.message}"
            throw rejected
        } catch (failed: Exception) {
            end = "failed: $failed"
            throw failed
        } finally {
            log.info("session request for {} {}, handled in {}", what, end, begun.elapsedNow())
        }
    }
}
