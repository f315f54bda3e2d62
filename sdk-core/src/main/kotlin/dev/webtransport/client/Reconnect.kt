@file:JvmName("Reconnect")

package dev.webtransport.client

import dev.webtransport.config.ReconnectPolicy
import dev.webtransport.config.SessionOptions
import dev.webtransport.error.SessionClosedException
import dev.webtransport.error.SessionEstablishmentException
import dev.webtransport.error.SessionException
import dev.webtransport.error.SessionRejectedException
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.error.WebTransportException
import dev.webtransport.session.WebTransportSession
import kotlinx.coroutines.delay
import org.slf4j.LoggerFactory
import kotlin.random.Random
import kotlin.time.toKotlinDuration

private val LOG = LoggerFactory.getLogger("dev.webtransport.client.Reconnect")

/** Answers of a server that cannot do it now (RFC 6585, section 4; RFC 9110, section 15.6.4). */
private val TEMPORARY = setOf(429, 503)

/**
 * Runs [block] with a session, and again from its beginning with a new session when that one was lost: when its connection ended under
 * it, or the peer broke the protocol. A session that one of the ends closed was not lost, whatever its code: that end meant it.
 *
 * An attempt that fails is repeated when that may help: nobody answers, or the server says 429 or 503. What is repeated, how often and when, is
 * logged at the level info.
 *
 * What was sent in a session that was lost may have arrived or not; nothing is sent again but by [block].
 *
 * ```
 * client.withReconnect("https://example.com:4433/news") { session ->
 *     session.incomingUnidirectionalStreams.collect { show(it.readAll(LIMIT)) }
 * }
 * ```
 *
 * Cancellation: the session is closed, and no other one opened.
 *
 * @param url as for [WebTransportClient.connect]
 * @param options of each session
 * @param policy how often and when to try again
 * @param random chooses the random part of each delay; give a seed to have the same ones again
 * @param block uses the session, which is closed behind it
 * @return what [block] returned
 * @throws SessionEstablishmentException if more attempts failed in a row than [policy] allows, or it would not help to repeat one
 * @throws SessionClosedException if an end closed the session under [block] and that failed of it
 * @throws IllegalArgumentException if the URL is not one
 * @throws IllegalStateException after the end of the client
 */
public suspend fun <T> WebTransportClient.withReconnect(
    url: String,
    options: SessionOptions = SessionOptions.defaults(),
    policy: ReconnectPolicy = ReconnectPolicy.defaults(),
    random: Random = Random.Default,
    block: suspend (WebTransportSession) -> T,
): T {
    var failures = 0
    while (true) {
        val session = try {
            connect(url, options)
        } catch (failed: SessionEstablishmentException) {
            if (!mayHelp(failed) || failures >= policy.maxAttempts()) throw failed
            failures++
            wait(url, failures, policy, random, failed)
            continue
        }
        val lost = try {
            return block(session)
        } catch (failed: WebTransportException) {
            if (!wasLost(session, failed)) throw failed
            failed
        } finally {
            session.close()
        }
        // One that stood makes the count begin anew.
        if (lost is SessionException) failures = 0
        if (failures >= policy.maxAttempts()) throw lost
        failures++
        wait(url, failures, policy, random, lost)
    }
}

private suspend fun wait(url: String, attempt: Int, policy: ReconnectPolicy, random: Random, why: WebTransportException) {
    val delay = policy.delayBefore(attempt, random.nextDouble())
    LOG.info("{}: attempt {} of {} follows in {} ms: {}", url, attempt, policy.maxAttempts(), delay.toMillis(), why.message)
    delay(delay.toKotlinDuration())
}

/** Whether the end of the session is what a block failed of, and nobody meant it. */
private fun wasLost(session: WebTransportSession, failed: WebTransportException): Boolean = when (failed) {
    is SessionClosedException -> false
    is SessionException -> session.isClosed
    is SessionEstablishmentException -> session.isClosed && mayHelp(failed)
    else -> false
}

private fun mayHelp(failed: SessionEstablishmentException): Boolean = when (failed) {
    is TransportUnavailableException -> true
    is SessionRejectedException -> failed.status() in TEMPORARY
    else -> false
}
