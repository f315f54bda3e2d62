package dev.webtransport.runtime

import dev.webtransport.codec.HttpDatagram
import dev.webtransport.config.StreamOptions
import dev.webtransport.engine.EngineEvent
import dev.webtransport.engine.SessionFlow
import dev.webtransport.error.SessionException
import dev.webtransport.error.StreamLimitException
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
import dev.webtransport.value.DatagramStatus
import dev.webtransport.value.Headers
import dev.webtransport.value.Perspective
import dev.webtransport.value.Reliability
import dev.webtransport.value.StreamType
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asSharedFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.withContext
import java.nio.ByteBuffer

/** What a session was made of: who asked for what, and what was answered. */
internal class SessionTerms(
    val authority: String,
    val path: String,
    val requestHeaders: Headers,
    val responseHeaders: Headers,
    val protocol: String?,
)

/** A session over HTTP/3: the handle that applications hold. The engine decides, QUIC carries, this waits and tells. */
internal class Http3Session(
    private val owner: Http3Connection,
    override val id: Long,
    private val terms: SessionTerms,
    flow: SessionFlow?,
) : WebTransportSession {
    override val perspective: Perspective get() = owner.perspective
    override val connection: WebTransportConnection get() = owner
    override val authority: String get() = terms.authority
    override val path: String get() = terms.path
    override val requestHeaders: Headers get() = terms.requestHeaders
    override val responseHeaders: Headers get() = terms.responseHeaders
    override val protocol: String? get() = terms.protocol
    override val reliability: Reliability get() = Reliability.SUPPORTS_UNRELIABLE

    val scope: CoroutineScope get() = owner.scope

    private val mutableState = MutableStateFlow(SessionState.CONNECTED)
    override val state: StateFlow<SessionState> = mutableState.asStateFlow()

    private val bidirectional = ArrivalQueue<BidirectionalStream>(owner.quicConfig.maxIncomingBidirectionalStreams())
    private val unidirectional = ArrivalQueue<ReceiveStream>(owner.quicConfig.maxIncomingUnidirectionalStreams())
    private val arrivedDatagrams = ArrivalQueue<ByteArray>(owner.quicConfig.datagrams().incomingQueueLength())

    private val draining = CompletableDeferred<Unit>()
    private val end = CompletableDeferred<SessionEnd>()
    private val endReport = CompletableDeferred<SessionException>()
    private val ended = CompletableDeferred<Unit>()

    private val mutableEvents = MutableSharedFlow<SessionEvent>(EVENTS_KEPT, 0, BufferOverflow.DROP_OLDEST)
    override val events: Flow<SessionEvent> = mutableEvents.asSharedFlow()

    /** The credit of this session, for its streams. */
    val credit = Http3FlowControl(this, flow)
    override val flowControl: FlowControl get() = credit

    // ---- what the application calls

    override val incomingBidirectionalStreams: Flow<BidirectionalStream> =
        flow { while (true) emit(acceptBidirectionalStream() ?: break) }

    override val incomingUnidirectionalStreams: Flow<ReceiveStream> =
        flow { while (true) emit(acceptUnidirectionalStream() ?: break) }

    override suspend fun acceptBidirectionalStream(): BidirectionalStream? = bidirectional.receive() ?: endOfArrivals()

    override suspend fun acceptUnidirectionalStream(): ReceiveStream? = unidirectional.receive() ?: endOfArrivals()

    override suspend fun createBidirectionalStream(options: StreamOptions): BidirectionalStream {
        val quic =
            onCredit(StreamType.BIDIRECTIONAL, options) {
                openQuic(options, { owner.quic.tryOpenBidirectionalStream() }, { owner.quic.openBidirectionalStream() }) {
                    it.send.reset(0)
                    it.receive.stopSending(0)
                }
            }
        val preamble = owner.attach(id, quic.id, StreamType.BIDIRECTIONAL, quic.send, quic.receive) ?: throw awaitEndException()
        return bidirectional(quic, preamble, early = null)
    }

    override suspend fun createUnidirectionalStream(options: StreamOptions): SendStream {
        val quic =
            onCredit(StreamType.UNIDIRECTIONAL, options) {
                openQuic(options, { owner.quic.tryOpenUnidirectionalStream() }, { owner.quic.openUnidirectionalStream() }) { it.reset(0) }
            }
        val preamble = owner.attach(id, quic.id, StreamType.UNIDIRECTIONAL, quic, null) ?: throw awaitEndException()
        return Http3SendStream(this, quic, StreamType.UNIDIRECTIONAL, preamble)
    }

    override val datagrams: Datagrams =
        object : Datagrams {
            override val maxDatagramSize: Int
                get() = if (owner.peerTakesDatagrams) maxOf(0, owner.quic.maxDatagramSize - HttpDatagram.overhead(id)) else 0

            override val incoming: Flow<ByteArray> = flow { while (true) emit(receive() ?: break) }

            override fun send(data: ByteBuffer): DatagramStatus {
                //= draft-ietf-webtrans-http3-16#4.5
                //# Datagrams are sent only while the send side of the CONNECT stream is open.
                throwIfEnded()
                if (data.remaining() > maxDatagramSize) return DatagramStatus.TOO_LARGE
                return owner.quic.sendDatagram(HttpDatagram.encode(id, data))
            }

            override suspend fun receive(): ByteArray? = arrivedDatagrams.receive() ?: endOfArrivals()
        }

    override suspend fun drain() {
        throwIfEnded()
        owner.turn { drain(id) }
    }

    override suspend fun awaitDraining() {
        select {
            draining.onAwait { }
            endReport.onAwait { throw freshException(it) }
        }
    }

    override suspend fun close(info: CloseInfo) {
        owner.post { now -> close(id, info, now) }
        ended.await()
    }

    override suspend fun awaitClosed(): CloseInfo {
        val how = end.await()
        return if (how is SessionEnd.Closed) how.info else throw how.exception(endReport.await())
    }

    // ---- what the connection calls, on the engine's dispatcher

    fun handleIncoming(stream: IncomingStream): Boolean =
        when (stream) {
            is IncomingStream.Bidirectional -> bidirectional.offer(bidirectional(stream.quic, preamble = null, stream.early))
            is IncomingStream.Unidirectional -> unidirectional.offer(Http3ReceiveStream(this, stream.quic, stream.early))
        }

    fun handleDatagram(payload: ByteArray) {
        // The oldest goes when the queue is full (W3C WebTransport, incomingMaxBufferedDatagrams).
        arrivedDatagrams.offerDroppingOldest(payload)
    }

    fun handleCredit(event: EngineEvent.OfCredit) = credit.handle(event)

    /** A stream that came was refused, with what was on its way in it. */
    fun handleRefused() = credit.handleAbandoned()

    fun handleDraining() {
        mutableState.compareAndSet(SessionState.CONNECTED, SessionState.DRAINING)
        draining.complete(Unit)
    }

    /** The end is decided. The first one counts. */
    fun handleEnd(how: SessionEnd) {
        if (!end.complete(how)) return
        endReport.complete(how.exception(null))
        mutableState.value = SessionState.CLOSING
        // Streams that nobody accepted are reset with all the others, by the engine; datagrams end with the session.
        bidirectional.close()
        unidirectional.close()
        arrivedDatagrams.close()
        credit.close()
    }

    /** Nothing is left of the session on the wire. */
    fun handleEnded() {
        mutableState.value = SessionState.CLOSED
        ended.complete(Unit)
    }

    /** Tells what happened; from any thread, never waits. */
    fun tell(event: SessionEvent) {
        mutableEvents.tryEmit(event)
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

    /** The connection is gone or going, so the end of the session is known at once or soon: waits for it. */
    suspend fun awaitEndException(): SessionException = freshException(endReport.await())

    /** See [Http3Connection.settleCredit]. */
    suspend fun settleCredit() = owner.settleCredit(id)

    fun sendEnded(streamId: Long) = owner.sendEnded(streamId)

    fun receiveEnded(streamId: Long) = owner.receiveEnded(streamId)

    // ---- inside

    @OptIn(ExperimentalCoroutinesApi::class)
    private fun freshException(report: SessionException): SessionException = end.getCompleted().exception(report)

    private suspend fun endOfArrivals(): Nothing? {
        val how = end.await()
        return if (how.isClean) null else throw how.exception(endReport.await())
    }

    private fun bidirectional(quic: QuicBidirectionalStream, preamble: ByteBuffer?, early: ByteBuffer?): BidirectionalStream =
        Http3BidirectionalStream(
            Http3SendStream(this, quic.send, StreamType.BIDIRECTIONAL, preamble),
            Http3ReceiveStream(this, quic.receive, early),
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
    private suspend fun <S : Any> unlessEnded(release: (S) -> Unit, later: suspend () -> S): S =
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

    private companion object {
        /** How many events a collector may lie behind, and a late one still gets. */
        const val EVENTS_KEPT = 64
    }
}
