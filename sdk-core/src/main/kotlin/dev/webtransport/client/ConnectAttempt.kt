package dev.webtransport.client

import dev.webtransport.error.SessionClosedException
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.error.WebTransportException
import dev.webtransport.runtime.Http3Session
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.withTimeoutOrNull
import java.time.Duration
import kotlin.time.TimeMark
import kotlin.time.toKotlinDuration

/** One call of a client that connects: how far it has come, and the count of how it went. */
internal class ConnectAttempt(private val target: WebTransportUrl, private val counters: ConnectCounters) {
    val stage = ConnectStage(target.port)
    private lateinit var begun: TimeMark

    fun begin() {
        begun = counters.begin()
    }

    fun handleSuccess() = counters.handleSuccess(begun)

    fun handleFailure() = counters.handleFailure()

    fun handleCancellation() = counters.handleCancellation()

    fun outOfTime(limit: Duration): TransportUnavailableException = outOfTime(target, stage, limit)

    /** Waits for the answer of a session that is in use already, and gives it up when it does not come in time. */
    suspend fun awaitAnswer(session: Http3Session, limit: Duration) {
        try {
            withTimeoutOrNull(limit.toKotlinDuration() - begun.elapsedNow()) { session.awaitReady() } ?: session.giveUp(outOfTime(limit))
            session.awaitReady()
            handleSuccess()
        } catch (cancelled: CancellationException) {
            handleCancellation()
            throw cancelled
        } catch (_: SessionClosedException) {
            handleCancellation()
        } catch (_: WebTransportException) {
            handleFailure()
        }
    }
}
