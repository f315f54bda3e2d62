package dev.webtransport.runtime

import dev.webtransport.config.SessionOptions
import dev.webtransport.config.SessionStart
import dev.webtransport.engine.EngineEvent
import dev.webtransport.engine.http3.ConnectReadiness
import dev.webtransport.engine.http3.Http3Engine
import dev.webtransport.engine.http3.SessionParameters
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.error.RequirementsNotMetException
import dev.webtransport.error.SessionEstablishmentException
import dev.webtransport.error.SessionRejectedException
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Headers
import dev.webtransport.value.Initiator
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext
import java.time.Duration
import java.util.concurrent.ConcurrentHashMap

/**
 * The sessions that a client has asked for and that have no answer. Some are in use already ([SessionStart.OPTIMISTIC]). As many as the
 * engine lets be asked for. What is not suspending is only for the engine's dispatcher, and for the end of the connection.
 */
internal class AskedSessions(
    private val connection: Http3Connection,
    private val driver: EngineDriver,
    private val authority: String,
) {
    private class Asked(val parameters: SessionParameters, val start: SessionStart, val createdAt: Duration) {
        val answer = CompletableDeferred<Http3Session>()

        /** The session, where it is used before the answer. */
        var early: Http3Session? = null

        fun fail(failure: SessionEstablishmentException, end: SessionEnd) {
            answer.completeExceptionally(failure)
            early?.run {
                handleEnd(end)
                handleEnded()
            }
        }
    }

    private val asked = ConcurrentHashMap<Long, Asked>()

    val isEmpty: Boolean get() = asked.isEmpty()

    /** What waits for each of the answers. */
    fun waits(): List<suspend () -> Unit> = asked.values.map { suspend { it.answer.join() } }

    /** Asks for a session. Cancellation: the request is withdrawn. */
    suspend fun create(path: String, options: SessionOptions): Http3Session {
        val stream =
            try {
                connection.quic.openBidirectionalStream()
            } catch (lost: QuicConnectionException) {
                throw TransportUnavailableException("the connection ended before the session was asked for: ${lost.reason}", lost)
            }
        val parameters = SessionParameters(authority, path, options.origin(), options.headers(), options.protocols())
        val request = Asked(parameters, options.start(), connection.age)
        withContext(NonCancellable) { driver.turn { now -> ask(stream, request, now) } }
        try {
            val early = request.early ?: return request.answer.await()
            currentCoroutineContext().ensureActive()
            return early
        } catch (cancelled: CancellationException) {
            // Whoever was first: the request is withdrawn, or the session that stands already is closed.
            driver.post { now -> if (!withdraw(this, stream.id, CloseInfo.NORMAL)) close(stream.id, CloseInfo.NORMAL, now) }
            throw cancelled
        }
    }

    private fun Http3Engine.ask(stream: QuicBidirectionalStream, request: Asked, now: Long) {
        val readiness = connectReadiness()
        if (readiness != ConnectReadiness.READY) {
            stream.send.reset(Http3ErrorCode.H3_REQUEST_CANCELLED)
            stream.receive.stopSending(Http3ErrorCode.H3_REQUEST_CANCELLED)
            request.answer.completeExceptionally(refusal(readiness))
            return
        }
        driver.streams.add(stream.id, QuicStreams.Entry(null, stream.send, stream.receive))
        asked[stream.id] = request
        connection.disarmIdle()
        connect(stream.id, request.parameters, now)
        driver.pump(stream.id, stream.receive)
        //= draft-ietf-webtrans-http3-16#4
        //# a client may open streams and send datagrams before the answer to its request
        if (request.start == SessionStart.OPTIMISTIC) request.early = connection.newEarlySession(this, stream.id, terms(request))
    }

    private fun terms(request: Asked): SessionTerms {
        val parameters = request.parameters
        return SessionTerms(
            authority,
            parameters.path(),
            parameters.origin().orElse(null),
            parameters.headers(),
            parameters.protocols(),
            Headers.EMPTY,
            null,
            request.createdAt,
        )
    }

    // ---- how it ends

    fun handleEstablished(engine: Http3Engine, event: EngineEvent.SessionEstablished) {
        val request = asked.remove(event.sessionId()) ?: return
        val terms = terms(request).answered(event.headers(), event.protocol().orElse(null))
        request.answer.complete(connection.establish(engine, event.sessionId(), terms, request.early))
    }

    fun handleRejected(event: EngineEvent.SessionRejected) {
        val request = asked.remove(event.sessionId()) ?: return
        val failure = SessionRejectedException(event.status(), event.headers(), event.body(), event.message())
        request.fail(failure, SessionEnd.Rejected(failure))
        if (request.early != null) connection.armIdleAfterLastSession()
    }

    /** The connection is over. */
    fun handleConnectionEnd(failure: TransportUnavailableException, initiator: Initiator) {
        asked.values.forEach { it.fail(failure, SessionEnd.Unanswered(failure, initiator)) }
        asked.clear()
    }

    /** This end wants the session no more; false if it has an answer already. */
    fun withdraw(engine: Http3Engine, id: Long, info: CloseInfo): Boolean = abandon(engine, id, SessionEnd.Closed(info, Initiator.LOCAL))

    /** This end waits no longer for an answer; nothing happens if there is one already. */
    fun giveUp(engine: Http3Engine, id: Long, failure: TransportUnavailableException) {
        abandon(engine, id, SessionEnd.Unanswered(failure, Initiator.LOCAL))
    }

    private fun abandon(engine: Http3Engine, id: Long, end: SessionEnd): Boolean {
        val request = asked.remove(id) ?: return false
        engine.cancelConnect(id)
        request.fail(TransportUnavailableException("the request for the session was withdrawn by this end", null), end)
        if (request.early != null) connection.armIdleAfterLastSession()
        return true
    }

    private fun refusal(readiness: ConnectReadiness): SessionEstablishmentException =
        when (readiness) {
            ConnectReadiness.SESSION_LIMIT -> {
                RequirementsNotMetException(
                    "as many sessions as the peer allows stand on this connection; with ${connection.draft?.label()} that is one session " +
                        "at a time unless both ends want session flow control (Http3Config.flowControl); " +
                        "close the other one first, or open another connection",
                )
            }

            ConnectReadiness.GOING_AWAY -> {
                RequirementsNotMetException("the peer said GOAWAY: no new sessions on this connection; open another one")
            }

            ConnectReadiness.CLOSED, ConnectReadiness.WAITING_FOR_SETTINGS, ConnectReadiness.READY -> {
                TransportUnavailableException("the connection has ended", null)
            }

            ConnectReadiness.REQUIREMENTS_NOT_MET -> {
                RequirementsNotMetException("the peer does not speak WebTransport")
            }
        }
}
