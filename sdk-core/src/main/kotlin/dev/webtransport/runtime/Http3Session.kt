package dev.webtransport.runtime

import dev.webtransport.codec.StreamPreamble
import dev.webtransport.config.StreamOptions
import dev.webtransport.engine.EngineEvent
import dev.webtransport.engine.SessionFlow
import dev.webtransport.error.StreamLimitException
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.error.WebTransportException
import dev.webtransport.session.BidirectionalStream
import dev.webtransport.session.Datagrams
import dev.webtransport.session.FlowControl
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.SendStream
import dev.webtransport.session.SessionEvent
import dev.webtransport.session.SessionState
import dev.webtransport.session.WebTransportConnection
import dev.webtransport.session.WebTransportSession
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Headers
import dev.webtransport.value.Initiator
import dev.webtransport.value.Perspective
import dev.webtransport.value.Reliability
import dev.webtransport.value.SendGroup
import dev.webtransport.value.SessionStatistics
import dev.webtransport.value.StreamType
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.withContext
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.time.Duration

/** What a session was made of: who asked for what, and what was answered. */
internal class SessionTerms(
    val authority: String,
    val path: String,
    val origin: String?,
    val requestHeaders: Headers,
    val offeredProtocols: List<String>,
    val responseHeaders: Headers,
    val protocol: String?,
    /** When it was asked for, since the beginning of the connection. */
    val createdAt: Duration,
) {
    /** The same terms, with what was answered. */
    fun answered(headers: Headers, protocol: String?) =
        SessionTerms(authority, path, origin, requestHeaders, offeredProtocols, headers, protocol, createdAt)
}

/** A session over HTTP/3: the handle that applications hold. The engine decides, QUIC carries, this waits and tells. */
internal class Http3Session(
    private val owner: Http3Connection,
    override val id: Long,
    terms: SessionTerms,
    flow: SessionFlow?,
    initial: SessionState,
) : WebTransportSession {
    /** Without an answer until there is one. */
    @Volatile
    private var terms = terms

    override val perspective: Perspective get() = owner.perspective
    override val connection: WebTransportConnection get() = owner
    override val authority: String get() = terms.authority
    override val path: String get() = terms.path
    override val origin: String? get() = terms.origin
    override val offeredProtocols: List<String> get() = terms.offeredProtocols
    override val localAddress: InetSocketAddress get() = owner.localAddress
    override val remoteAddress: InetSocketAddress get() = owner.remoteAddress
    override val requestHeaders: Headers get() = terms.requestHeaders
    override val responseHeaders: Headers get() = terms.responseHeaders
    override val protocol: String? get() = terms.protocol
    override val reliability: Reliability get() = Reliability.SUPPORTS_UNRELIABLE

    val scope: CoroutineScope get() = owner.scope

    private val mutableState = MutableStateFlow(initial)
    override val state: StateFlow<SessionState> = mutableState.asStateFlow()

    private val bidirectional =
        owner.bidirectionalGate.queue<BidirectionalStream>(owner.quicConfig.maxIncomingBidirectionalStreams())
    private val unidirectional = owner.unidirectionalGate.queue<ReceiveStream>(owner.quicConfig.maxIncomingUnidirectionalStreams())

    /** Completes when the session stands, if it ever does. */
    private val stands = CompletableDeferred<Unit>()
    private val draining = CompletableDeferred<Unit>()

    /** Only for the engine's dispatcher. */
    private var drainedHere = false
    private val end = CompletableDeferred<SessionEnd>()
    private val endReport = CompletableDeferred<WebTransportException>()
    private val ended = CompletableDeferred<Unit>()

    private val log =
        EventLog(owner.http3Config.eventsKept(), if (initial == SessionState.CONNECTING) SessionEvent.Pending else SessionEvent.Ready)
    override val events: Flow<SessionEvent> get() = log.events

    private val counters = SessionCounters(owner, terms.createdAt)
    val traffic: Traffic get() = counters.traffic

    /** The streams that are not over here. */
    val liveStreams = LiveStreams(traffic, ::tell)
    private val gracefulClose = GracefulClose(this, owner)

    /** The credit of this session, for its streams. */
    val credit = Http3FlowControl(this, flow)
    override val flowControl: FlowControl get() = credit

    init {
        if (initial != SessionState.CONNECTING) {
            counters.handleReady()
            stands.complete(Unit)
        }
    }

    // ---- what the application calls

    override suspend fun awaitReady() {
        if (stands.isCompleted) return
        select {
            stands.onAwait { }
            endReport.onAwait { throw freshException(it) }
        }
    }

    override val incomingBidirectionalStreams: Flow<BidirectionalStream> =
        flow { while (true) emit(acceptBidirectionalStream() ?: break) }

    override val incomingUnidirectionalStreams: Flow<ReceiveStream> =
        flow { while (true) emit(acceptUnidirectionalStream() ?: break) }

    override suspend fun acceptBidirectionalStream(): BidirectionalStream? = bidirectional.take() ?: endOfArrivals()

    override suspend fun acceptUnidirectionalStream(): ReceiveStream? = unidirectional.take() ?: endOfArrivals()

    override suspend fun createBidirectionalStream(options: StreamOptions): BidirectionalStream {
        gracefulClose.throwIfBegun()
        val quic =
            onCredit(StreamType.BIDIRECTIONAL, options) {
                openQuic(options, { owner.quic.tryOpenBidirectionalStream() }, { owner.quic.openBidirectionalStream() }) {
                    it.send.reset(0)
                    it.receive.stopSending(0)
                }
            }
        owner.attach(id, quic.id, StreamType.BIDIRECTIONAL, quic.send, quic.receive)
        liveStreams.begin(quic.id, StreamType.BIDIRECTIONAL, Initiator.LOCAL)
        return bidirectional(quic, StreamPreamble.bidirectional(id), early = null, options)
    }

    override suspend fun createUnidirectionalStream(options: StreamOptions): SendStream {
        gracefulClose.throwIfBegun()
        val quic =
            onCredit(StreamType.UNIDIRECTIONAL, options) {
                openQuic(options, { owner.quic.tryOpenUnidirectionalStream() }, { owner.quic.openUnidirectionalStream() }) { it.reset(0) }
            }
        owner.attach(id, quic.id, StreamType.UNIDIRECTIONAL, quic, null)
        liveStreams.begin(quic.id, StreamType.UNIDIRECTIONAL, Initiator.LOCAL)
        return Http3SendStream(this, quic, StreamType.UNIDIRECTIONAL, StreamPreamble.unidirectional(id), options)
    }

    val sendGroups = SendGroups()

    override fun createSendGroup(): SendGroup {
        throwIfEnded()
        return sendGroups.create()
    }

    private val sessionDatagrams =
        SessionDatagrams(this, owner, owner.quicConfig.datagrams(), owner.timeSource) { endOfArrivals() }
    override val datagrams: Datagrams get() = sessionDatagrams

    override suspend fun drain() {
        awaitReady()
        throwIfEnded()
        owner.turn {
            drain(id)
            handleDraining(Initiator.LOCAL)
        }
    }

    override suspend fun awaitDraining() {
        select {
            draining.onAwait { }
            endReport.onAwait { throw freshException(it) }
        }
    }

    override fun exportKeyingMaterial(label: String, context: ByteArray?, length: Int): ByteArray {
        throwIfEnded()
        return owner.quic.exportKeyingMaterial(id, label, context, length)
    }

    override suspend fun close(info: CloseInfo) {
        owner.end(this, info)
        ended.await()
    }

    override suspend fun closeGracefully(timeout: Duration, info: CloseInfo): Boolean = gracefulClose.run(timeout, info)

    override suspend fun awaitClosed(): CloseInfo {
        val how = end.await()
        return if (how is SessionEnd.Closed) how.info else throw how.exception(endReport.await())
    }

    @OptIn(ExperimentalCoroutinesApi::class)
    override fun statistics(): SessionStatistics {
        val how = if (end.isCompleted) end.getCompleted() else null
        return counters.snapshot(how, liveStreams.counts(over = ended.isCompleted), sessionDatagrams.statistics(), credit)
    }

    // ---- what the connection calls, on the engine's dispatcher

    /** The server has accepted a session that was used before. */
    fun handleReady(answered: SessionTerms) {
        terms = answered
        counters.handleReady()
        mutableState.compareAndSet(SessionState.CONNECTING, SessionState.CONNECTED)
        tell(SessionEvent.Ready)
        stands.complete(Unit)
    }

    fun handleIncoming(stream: IncomingStream): Boolean =
        when (stream) {
            is IncomingStream.Bidirectional -> {
                liveStreams.begin(stream.quic.id, StreamType.BIDIRECTIONAL, Initiator.REMOTE)
                val both = bidirectional(stream.quic, preamble = null, stream.early, preambleLength = stream.preambleLength)
                bidirectional.offer(both) || refused(stream.quic.id)
            }

            is IncomingStream.Unidirectional -> {
                liveStreams.begin(stream.quic.id, StreamType.UNIDIRECTIONAL, Initiator.REMOTE)
                unidirectional.offer(Http3ReceiveStream(this, stream.quic, stream.early, stream.preambleLength)) || refused(stream.quic.id)
            }
        }

    private fun refused(streamId: Long): Boolean {
        liveStreams.endSend(streamId)
        liveStreams.endReceive(streamId)
        return false
    }

    fun handleDatagram(payload: ByteArray) = sessionDatagrams.handleReceived(payload)

    fun handleCredit(event: EngineEvent.OfCredit) = credit.handle(event)

    /** A stream that came was refused, with what was on its way in it. */
    fun handleRefused() = credit.handleAbandoned()

    /** One end asked to come to an end; each is told once. */
    fun handleDraining(initiator: Initiator) {
        mutableState.compareAndSet(SessionState.CONNECTED, SessionState.DRAINING)
        val first = if (initiator == Initiator.REMOTE) draining.complete(Unit) else !drainedHere.also { drainedHere = true }
        if (first) tell(SessionEvent.Draining(initiator))
    }

    /** The peer has no stream of the session any more. */
    fun handlePeerQuiet() = gracefulClose.handlePeerQuiet()

    /** The end is decided. The first one counts. */
    fun handleEnd(how: SessionEnd) {
        if (end.isCompleted) return
        counters.handleEnd()
        if (!end.complete(how)) return
        endReport.complete(how.exception(null))
        mutableState.value = SessionState.CLOSING
        tell(how.event())
        // Streams that nobody accepted are reset with all the others, by the engine; datagrams end with the session.
        bidirectional.close()
        unidirectional.close()
        sessionDatagrams.close()
        credit.close()
    }

    /** Nothing is left of the session on the wire. */
    fun handleEnded() {
        mutableState.value = SessionState.CLOSED
        ended.complete(Unit)
    }

    /** Tells what happened; from any thread, never waits. */
    fun tell(event: SessionEvent) {
        log.tell(event)
    }

    // ---- what the streams call

    /** Waits until nothing is left of the session on the wire, however it ended. */
    suspend fun awaitEnded() = ended.await()

    /** Whether the end is decided, so that calls fail. */
    val hasEnded: Boolean get() = endReport.isCompleted

    /** Fails like every call after the end. */
    @OptIn(ExperimentalCoroutinesApi::class)
    fun throwIfEnded() {
        if (endReport.isCompleted) throw freshException(endReport.getCompleted())
    }

    /**
     * The peer has ended a stream: fails like every call after the end if the session has ended. Before the answer that may have been
     * part of a rejection which has not arrived yet, so the answer is waited for.
     */
    suspend fun throwIfEndedOrRejected() {
        awaitReady()
        throwIfEnded()
    }

    /** The connection is gone or going, so the end of the session is known at once or soon: waits for it. */
    suspend fun awaitEndException(): WebTransportException = freshException(endReport.await())

    /** The wait for the answer is over, by the clock of the client; does nothing once there is one. */
    fun giveUp(failure: TransportUnavailableException) = owner.giveUp(this, failure)

    /** See [Http3Connection.settleCredit]. */
    suspend fun settleCredit() = owner.settleCredit(id)

    fun sendEnded(streamId: Long) {
        owner.sendEnded(streamId)
        liveStreams.endSend(streamId)
    }

    fun receiveEnded(streamId: Long) {
        owner.receiveEnded(streamId)
        liveStreams.endReceive(streamId)
    }

    /** A stream was finished: bytes are under way that the peer may not have read. */
    fun handleFinished() = gracefulClose.handleFinished()

    // ---- inside

    @OptIn(ExperimentalCoroutinesApi::class)
    private fun freshException(report: WebTransportException): WebTransportException = end.getCompleted().exception(report)

    private suspend fun endOfArrivals(): Nothing? {
        val how = end.await()
        return if (how.isClean) null else throw how.exception(endReport.await())
    }

    private fun bidirectional(
        quic: QuicBidirectionalStream,
        preamble: ByteBuffer?,
        early: ByteBuffer?,
        options: StreamOptions = StreamOptions.defaults(),
        preambleLength: Int = 0,
    ): BidirectionalStream =
        Http3BidirectionalStream(
            Http3SendStream(this, quic.send, StreamType.BIDIRECTIONAL, preamble, options),
            Http3ReceiveStream(this, quic.receive, early, preambleLength),
        )

    /** Takes the session's credit for a stream, then opens it; what is not opened costs nothing. */
    private suspend fun <S : Any> onCredit(type: StreamType, options: StreamOptions, open: suspend () -> S): S {
        throwIfEnded()
        credit.takeStream(type, options)
        var opened: S? = null
        try {
            return open().also { opened = it }
        } finally {
            if (opened == null) credit.giveBackStream(type)
        }
    }

    /** Waits for QUIC's credit, but not beyond the end of the session. */
    private suspend fun <S : Any> openQuic(
        options: StreamOptions,
        now: () -> S?,
        later: suspend () -> S,
        release: (S) -> Unit,
    ): S {
        throwIfEnded()
        // Refused before a stream is opened for nothing.
        sendGroups.keyOf(options.sendGroup().orElse(null))
        try {
            now()?.let { return it }
            if (!options.waitUntilAvailable()) {
                throw StreamLimitException("the peer allows no further stream on this connection now (QUIC); wait for it, or end one")
            }
            return unlessEnded(release, later)
        } catch (lost: QuicConnectionException) {
            throw awaitEndException()
        }
    }

    /** Runs [later] as long as the session lives; what it made too late is released. */
    @OptIn(ExperimentalCoroutinesApi::class)
    suspend fun <S : Any> unlessEnded(release: (S) -> Unit, later: suspend () -> S): S =
        coroutineScope {
            val opening = async { later() }
            var delivered = false
            try {
                val stream =
                    select<S?> {
                        opening.onAwait { it }
                        endReport.onAwait { null }
                    }
                if (stream == null) throw freshException(endReport.await())
                delivered = true
                stream
            } finally {
                if (!delivered) {
                    opening.cancel()
                    withContext(NonCancellable) { opening.join() }
                    if (!opening.isCancelled) release(opening.getCompleted())
                }
            }
        }
}
