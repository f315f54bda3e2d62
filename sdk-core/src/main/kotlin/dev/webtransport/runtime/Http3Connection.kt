package dev.webtransport.runtime

import dev.webtransport.codec.ConnectRequest
import dev.webtransport.codec.Http3Settings
import dev.webtransport.config.Http3Config
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.SessionOptions
import dev.webtransport.config.WebTransportDraft
import dev.webtransport.engine.EngineEvent
import dev.webtransport.engine.http3.Http3Engine
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.error.ProtocolViolation
import dev.webtransport.error.RequirementsNotMetException
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.session.ConnectionEnd
import dev.webtransport.session.ConnectionState
import dev.webtransport.session.CutOffSession
import dev.webtransport.session.SessionState
import dev.webtransport.session.ShutdownReport
import dev.webtransport.session.WebTransportConnection
import dev.webtransport.session.WebTransportSession
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.ConnectionStatistics
import dev.webtransport.value.Headers
import dev.webtransport.value.Initiator
import dev.webtransport.value.Perspective
import dev.webtransport.value.StreamType
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.time.Duration
import java.util.concurrent.atomic.AtomicLong
import kotlin.coroutines.CoroutineContext
import kotlin.time.TimeSource
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration

/** An HTTP/3 connection and its sessions: what the engine decides, told to those who wait for it. */
internal class Http3Connection(
    val quic: QuicConnection,
    authority: String,
    override val quicConfig: QuicConfig,
    override val http3Config: Http3Config,
    private val whenIdle: IdlePolicy,
    parent: CoroutineContext,
    val timeSource: TimeSource,
    val totals: Totals,
    private val onRequest: (PendingRequest) -> Unit,
) : WebTransportConnection {
    val scope = CoroutineScope(parent + SupervisorJob(parent[Job]))

    override val id: Long = CONNECTIONS.incrementAndGet()
    override val perspective: Perspective get() = quic.perspective
    override val localAddress: InetSocketAddress get() = quic.localAddress
    override val remoteAddress: InetSocketAddress get() = quic.remoteAddress

    private val begun = timeSource.markNow()

    /** How long this connection has been there. */
    val age: Duration get() = begun.elapsedNow().toJavaDuration()

    private val mutableState = MutableStateFlow(ConnectionState.CONNECTING)
    override val state: StateFlow<ConnectionState> = mutableState.asStateFlow()

    @Volatile
    override var draft: WebTransportDraft? = null
        private set

    /** What the peer declared. */
    @Volatile
    var peerSettings: Map<Long, Long> = emptyMap()
        private set

    /** Whether the peer's SETTINGS allow HTTP datagrams (RFC 9297, section 2.1.1). */
    @Volatile
    var peerTakesDatagrams: Boolean = false
        private set

    @Volatile
    override var sessions: List<WebTransportSession> = emptyList()
        private set

    private val ready = CompletableDeferred<Unit>()
    private val closed = CompletableDeferred<ConnectionEnd>()

    // Only for the engine's dispatcher:
    private val live = LinkedHashMap<Long, Http3Session>()
    private val requests = HashMap<Long, PendingRequest>()
    private var violation: ProtocolViolation? = null
    private var idle: Job? = null
    private var shuttingDown = false

    /** Shut while a session has as many streams that nobody accepted as it may. */
    val bidirectionalGate = ArrivalGate()
    val unidirectionalGate = ArrivalGate()

    private val driver =
        EngineDriver(
            quic,
            Http3Engine(quic.perspective, http3Config),
            scope,
            quicConfig.keepAliveInterval().orElse(null)?.toKotlinDuration(),
            timeSource,
            id,
            bidirectionalGate,
            unidirectionalGate,
            onEvent = { handle(it) },
            onClosed = { handleConnectionEnd(it) },
        )

    private val asked = AskedSessions(this, driver, authority)

    init {
        scope.coroutineContext.job.invokeOnCompletion { handleScopeEnd() }
    }

    /** Calls [action] once everything of this connection is over. */
    fun onOver(action: () -> Unit) {
        scope.coroutineContext.job.invokeOnCompletion { action() }
    }

    /** Begins HTTP/3. */
    suspend fun start() {
        try {
            //= rfc9114#6.2
            //# Each end lets the other open the streams that HTTP/3 needs; who does not is not waited for.
            val limit = http3Config.settingsTimeout()
            withTimeoutOrNull(limit.toKotlinDuration()) { driver.start() }
                ?: throw TransportUnavailableException("the peer let no control stream be opened within $limit", null)
            whenIdle.beforeFirstSession?.let { limit -> driver.post { armIdle(limit) } }
        } catch (failed: Throwable) {
            quic.close(Http3ErrorCode.H3_GENERAL_PROTOCOL_ERROR, "no control stream could be opened")
            scope.cancel()
            throw failed
        }
    }

    // ---- what the application calls

    override suspend fun createSession(path: String, options: SessionOptions): Http3Session {
        check(perspective == Perspective.CLIENT) { "only a client asks for sessions; a server accepts them" }
        require(path.startsWith("/")) { "the path \"$path\" does not begin with a slash" }
        ready.await()
        return asked.create(path, options)
    }

    override suspend fun shutdown(grace: Duration): ShutdownReport {
        require(!grace.isNegative) { "grace $grace is negative" }
        driver.turn {
            mutableState.update { maxOf(it, ConnectionState.DRAINING) }
            goAway()
            shuttingDown = true
            live.values.forEach { it.handleDraining(Initiator.LOCAL) }
        }
        withTimeoutOrNull(grace.toKotlinDuration()) { awaitWork() }
        val report = ShutdownReport(driver.turn { live.values.filter { !it.hasEnded }.map(::cutOff) })
        close()
        return report
    }

    /** Waits for sessions, and for requests, which the other end may still be answering. */
    private suspend fun awaitWork() {
        while (true) {
            val work: List<suspend () -> Unit> =
                driver.turn {
                    live.values.map { suspend { it.awaitEnded() } } + asked.waits() + requests.values.map { suspend { it.settled.join() } }
                }
            if (work.isEmpty() || closed.isCompleted) return
            work.forEach { it() }
            // What was waited for is told before its entry goes.
            yield()
        }
    }

    private fun cutOff(session: Http3Session): CutOffSession =
        CutOffSession(id, session.id, session.authority, session.path, session.liveStreams.count)

    override suspend fun close(errorCode: Long, reason: String) {
        require(errorCode in 0..MAX_CLOSE_CODE) { "error code $errorCode is outside 0..$MAX_CLOSE_CODE" }
        val phrase = CloseInfo.ofTruncated(0, reason).reason()
        val closing =
            scope.launch {
                mutableState.update { maxOf(it, ConnectionState.CLOSING) }
                if (errorCode == Http3ErrorCode.H3_NO_ERROR) coroutineScope { sessions.forEach { launch { it.close() } } }
                closeQuic(errorCode, phrase)
            }
        closing.join()
        closed.await()
    }

    override suspend fun awaitClosed(): ConnectionEnd = closed.await()

    override val isResumed: Boolean? get() = quic.isResumed

    override suspend fun statistics(): ConnectionStatistics = quic.statistics().asConnectionStatistics()

    /** Waits until the peer's settings have come and allow sessions; fails as [createSession] does. */
    suspend fun awaitReady() = ready.await()

    // ---- what sessions call

    /** See [EngineDriver.engineScope]. */
    val engineScope: CoroutineScope get() = driver.engineScope

    /** See [EngineDriver.turn]. */
    suspend fun <T> turn(block: Http3Engine.(nowNanos: Long) -> T): T = driver.turn(block)

    /** See [EngineDriver.post]. */
    fun post(block: Http3Engine.(nowNanos: Long) -> Unit) {
        driver.post(block)
    }

    /** Ends a session from this side: closes it, or withdraws the request for it. */
    fun end(session: Http3Session, info: CloseInfo) {
        driver.post { now -> if (!asked.withdraw(this, session.id, info)) close(session.id, info, now) }
    }

    /** See [Http3Session.giveUp]. */
    fun giveUp(session: Http3Session, failure: TransportUnavailableException) {
        driver.post { asked.giveUp(this, session.id, failure) }
    }

    /** Lets the engine say what is due about the credit of a session; returns when QUIC has taken it. */
    suspend fun settleCredit(sessionId: Long) = driver.say(sessionId) { settleCredit(sessionId) }

    /** Makes a stream that this end opened one of a session, unless that has ended meanwhile: then the stream is reset. */
    fun attach(
        sessionId: Long,
        streamId: Long,
        type: StreamType,
        send: QuicSendStream,
        receive: QuicReceiveStream?,
    ) {
        driver.note {
            if (openStream(sessionId, streamId, type) == null) {
                send.reset(Http3ErrorCode.WT_SESSION_GONE)
                receive?.stopSending(Http3ErrorCode.WT_SESSION_GONE)
            } else {
                driver.streams.add(streamId, QuicStreams.Entry(null, send, receive))
            }
        }
    }

    fun sendEnded(streamId: Long) {
        driver.note {
            driver.streams.endSend(streamId)
            sendEnded(streamId)
        }
    }

    fun receiveEnded(streamId: Long) {
        driver.note {
            driver.streams.endReceive(streamId)
            receiveEnded(streamId)
        }
    }

    // ---- what a pending request calls

    /** Answers a request with a session, or null when the client has gone. */
    suspend fun accept(request: PendingRequest, protocol: String?, headers: Headers): Http3Session? =
        withContext(NonCancellable) {
            driver.turn { now ->
                if (requests.remove(request.id) == null || !accept(request.id, protocol, headers, now)) {
                    null
                } else {
                    establish(this, request.id, request.terms(headers, protocol))
                }
            }
        }

    /** Answers a request with a status; false when the client has gone. */
    suspend fun reject(
        request: PendingRequest,
        status: Int,
        headers: Headers,
        body: ByteBuffer,
    ): Boolean =
        withContext(NonCancellable) {
            driver.turn { now -> requests.remove(request.id) != null && reject(request.id, status, headers, body, now) }
        }

    // ---- what the engine tells

    private fun Http3Engine.handle(event: EngineEvent) {
        when (event) {
            is EngineEvent.PeerReady -> {
                handleReady(event)
            }

            is EngineEvent.RequirementsNotMet -> {
                ready.completeExceptionally(RequirementsNotMetException(event.message()))
            }

            is EngineEvent.SessionRequested -> {
                handleRequest(event.sessionId(), event.request())
            }

            is EngineEvent.SessionRequestGone -> {
                requests.remove(event.sessionId())?.gone()
            }

            is EngineEvent.SessionEstablished -> {
                asked.handleEstablished(this, event)
            }

            is EngineEvent.SessionRejected -> {
                asked.handleRejected(event)
            }

            is EngineEvent.SessionDraining -> {
                live[event.sessionId()]?.handleDraining(Initiator.REMOTE)
            }

            is EngineEvent.PeerQuiet -> {
                live[event.sessionId()]?.handlePeerQuiet()
            }

            is EngineEvent.SessionClosed -> {
                handleSessionClosed(event)
            }

            is EngineEvent.SessionEnded -> {
                handleSessionEnded(event.sessionId())
            }

            is EngineEvent.IncomingStream -> {
                handleIncoming(event)
            }

            is EngineEvent.DatagramReceived -> {
                handleDatagram(event)
            }

            is EngineEvent.OfCredit -> {
                live[event.sessionId()]?.handleCredit(event)
            }

            is EngineEvent.GoAwayReceived -> {
                mutableState.compareAndSet(ConnectionState.CONNECTED, ConnectionState.DRAINING)
            }

            is EngineEvent.ConnectionFailed -> {
                violation = event.violation()
            }
        }
    }

    private fun handleReady(event: EngineEvent.PeerReady) {
        draft = event.draft()
        peerSettings = event.settings().asMap()
        peerTakesDatagrams = takesDatagrams(event.settings())
        mutableState.compareAndSet(ConnectionState.CONNECTING, ConnectionState.CONNECTED)
        ready.complete(Unit)
    }

    //= rfc9297#2.1.1
    //# HTTP datagrams are sent only to a peer that declared them; browsers also send the setting of draft-04.
    private fun takesDatagrams(settings: Http3Settings): Boolean =
        settings.get(Http3Settings.SETTINGS_H3_DATAGRAM, 0) == 1L || settings.get(Http3Settings.SETTINGS_H3_DATAGRAM_DRAFT_04, 0) == 1L

    private fun handleRequest(id: Long, request: ConnectRequest) {
        disarmIdle()
        totals.requests.increment()
        val pending = PendingRequest(this, id, request)
        requests[id] = pending
        onRequest(pending)
    }

    /** A session that is used before its answer. */
    fun newEarlySession(engine: Http3Engine, id: Long, terms: SessionTerms) =
        Http3Session(this, id, terms, engine.flow(id), SessionState.CONNECTING)

    /** A session stands from now on: a new one, unless it was used [early]. */
    fun establish(
        engine: Http3Engine,
        id: Long,
        terms: SessionTerms,
        early: Http3Session? = null,
    ): Http3Session {
        val session = early ?: Http3Session(this, id, terms, engine.flow(id), SessionState.CONNECTED)
        totals.sessions.increment()
        live[id] = session
        sessions = live.values.toList()
        disarmIdle()
        // Who is told that it stands finds it among the sessions.
        early?.handleReady(terms)
        // A request that was under way when this end said GOAWAY.
        if (shuttingDown) session.handleDraining(Initiator.LOCAL)
        return session
    }

    private fun handleSessionClosed(event: EngineEvent.SessionClosed) {
        val broken = event.violation()
        val end = if (broken == null) SessionEnd.Closed(event.info(), event.initiator()) else SessionEnd.Violated(broken, event.initiator())
        live[event.sessionId()]?.handleEnd(end)
    }

    private fun handleSessionEnded(id: Long) {
        val ended = live.remove(id)
        // Who is told that it is over finds it gone.
        sessions = live.values.toList()
        ended?.handleEnded()
        armIdleAfterLastSession()
    }

    /** Closes the connection after a while, if it was made for sessions of which none is left. */
    fun armIdleAfterLastSession() {
        if (isUnused) whenIdle.afterLastSession?.let(::armIdle)
    }

    private val isUnused get() = live.isEmpty() && asked.isEmpty && requests.isEmpty()

    private fun handleIncoming(event: EngineEvent.IncomingStream) {
        val entry = driver.streams[event.streamId()] ?: return
        val receive = entry.receive
        val both = entry.bidirectional
        val early = entry.early
        entry.early = null
        val stream =
            when {
                both != null -> IncomingStream.Bidirectional(both, early, entry.preambleLength)
                receive != null -> IncomingStream.Unidirectional(receive, early, entry.preambleLength)
                else -> return
            }
        val session = live[event.sessionId()]
        if (session?.handleIncoming(stream) == true) return
        session?.handleRefused()
        // The gates keep the queue from overflowing; should it be full or the session over nevertheless, the peer is told.
        entry.send?.reset(Http3ErrorCode.WT_BUFFERED_STREAM_REJECTED)
        receive?.stopSending(Http3ErrorCode.WT_BUFFERED_STREAM_REJECTED)
        sendEnded(event.streamId())
        receiveEnded(event.streamId())
    }

    private fun handleDatagram(event: EngineEvent.DatagramReceived) {
        val payload = event.payload()
        live[event.sessionId()]?.handleDatagram(ByteArray(payload.remaining()).also { payload.get(it) })
    }

    private fun handleConnectionEnd(reason: QuicCloseReason) {
        val broken = violation
        val end = if (broken == null) SessionEnd.Lost(reason) else SessionEnd.Violated(broken, Initiator.LOCAL)
        live.values.forEach {
            it.handleEnd(end)
            it.handleEnded()
        }
        live.clear()
        sessions = emptyList()
        val unavailable = TransportUnavailableException("the connection ended before the session stood: $reason", null)
        ready.completeExceptionally(unavailable)
        asked.handleConnectionEnd(unavailable, SessionEnd.Lost.initiatorOf(reason))
        requests.values.forEach { it.gone() }
        requests.clear()
        mutableState.value = ConnectionState.CLOSED
        closed.complete(ConnectionEnds.of(reason))
        scope.cancel()
    }

    // ---- the end

    private fun closeQuic(errorCode: Long = Http3ErrorCode.H3_NO_ERROR, reason: String = "") {
        //= draft-ietf-webtrans-http3-16#6
        //# The connection is closed only after the CONNECT streams are, so that no close code is lost.
        quic.close(errorCode, reason)
    }

    private fun armIdle(limit: Duration) {
        idle?.cancel()
        idle =
            scope.launch {
                delay(limit.toKotlinDuration())
                driver.post { if (isUnused) closeQuic() }
            }
    }

    /** The scope above was cancelled, or everything is over: nobody may be left waiting. */
    private fun handleScopeEnd() {
        closeQuic()
        if (closed.isCompleted) return
        val reason = QuicCloseReason.Local(Http3ErrorCode.H3_NO_ERROR, "the scope of this end was cancelled")
        val end = SessionEnd.Lost(reason)
        sessions.forEach {
            (it as Http3Session).handleEnd(end)
            it.handleEnded()
        }
        val unavailable = TransportUnavailableException("the connection was cancelled by this end", null)
        ready.completeExceptionally(unavailable)
        asked.handleConnectionEnd(unavailable, Initiator.LOCAL)
        mutableState.value = ConnectionState.CLOSED
        closed.complete(ConnectionEnds.of(reason))
    }

    /** The connection is used. */
    fun disarmIdle() {
        idle?.cancel()
        idle = null
    }

    private companion object {
        private val CONNECTIONS = AtomicLong()

        /** RFC 9000, section 20.2: any number that a variable-length integer holds; every engine carries 31 bits. */
        private const val MAX_CLOSE_CODE = Int.MAX_VALUE.toLong()
    }
}
