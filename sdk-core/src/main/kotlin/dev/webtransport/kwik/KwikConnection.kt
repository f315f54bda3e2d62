package dev.webtransport.kwik

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.ArrivalQueue
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStatistics
import dev.webtransport.transport.StreamOpener
import dev.webtransport.transport.TransportCapability
import dev.webtransport.transport.TransportSpi
import dev.webtransport.value.DatagramStatus
import dev.webtransport.value.Perspective
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.suspendCancellableCoroutine
import org.slf4j.LoggerFactory
import tech.kwik.core.ConnectionListener
import tech.kwik.core.ConnectionTerminatedEvent
import tech.kwik.core.QuicStream
import tech.kwik.core.common.EncryptionLevel
import tech.kwik.core.frame.PingFrame
import tech.kwik.core.frame.QuicFrame
import tech.kwik.core.frame.StopSendingFrame
import tech.kwik.core.frame.StreamFrame
import tech.kwik.core.impl.QuicConnectionImpl
import tech.kwik.core.impl.TransportParameters
import tech.kwik.core.impl.Version
import java.io.IOException
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.ScheduledExecutorService
import java.util.concurrent.ScheduledFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.coroutines.resume

/**
 * A connection of Kwik. Whatever Kwik's own API hides is seen by [KwikPackets]; whatever it would block on is done only when the
 * packets have shown that it does not.
 *
 * @param timers one thread for all connections; nothing on it waits
 * @param onEnded called once, when the connection has ended for this end
 */
@OptIn(TransportSpi::class)
internal class KwikConnection(
    override val perspective: Perspective,
    val config: QuicConfig,
    override val capabilities: Set<TransportCapability>,
    override val localAddress: InetSocketAddress,
    override val remoteAddress: InetSocketAddress,
    private val timers: ScheduledExecutorService,
    private val onEnded: (KwikConnection) -> Unit,
) : QuicConnection {
    /** Kwik's connection. Set before anything else happens. */
    lateinit var kwik: QuicConnectionImpl

    val acknowledgements: Acknowledgements = Acknowledgements()
    val outbox: KwikOutbox = KwikOutbox(::onSendingThread, ::watchOutbox)
    val datagrams: KwikDatagrams = KwikDatagrams(config.datagrams(), ::requestDatagram)
    val packets: KwikPackets = KwikPackets(this)

    private val localBit = if (perspective == Perspective.CLIENT) 0L else SERVER_BIT
    private val bidirectional = StreamOpener(localBit) { open(it, isBidirectional = true) }
    private val unidirectional = StreamOpener(localBit or UNIDIRECTIONAL_BIT) { open(it, isBidirectional = false) }
    private val arrivedBidirectional = ArrivalQueue<KwikStream>(config.maxIncomingBidirectionalStreams() + SLACK)
    private val arrivedUnidirectional = ArrivalQueue<KwikStream>(config.maxIncomingUnidirectionalStreams() + SLACK)

    /** Live streams by id. Bounded by the credit that each end gave the other. */
    private val streams = ConcurrentHashMap<Int, KwikStream>()

    /** The ids from which on streams of the peer have not been handed out by Kwik, by type. Changed by Kwik's callback thread. */
    @Volatile
    private var nextBidirectional = peerBit().toInt()

    @Volatile
    private var nextUnidirectional = (peerBit() or UNIDIRECTIONAL_BIT).toInt()

    private val closed = CompletableDeferred<QuicCloseReason>()
    private val closedInKwik = AtomicBoolean()

    /** Begins under the lock, and only before the end. */
    private var keepAlive: ScheduledFuture<*>? = null

    @Volatile
    private var endedWith: QuicConnectionException? = null

    @Volatile
    private var peer: TransportParameters? = null

    @Volatile
    private var lastStatistics: QuicStatistics? = null

    /** Whether the connection has ended for this end. */
    val hasEnded: Boolean get() = endedWith != null

    /** Whether the handshake was complete. */
    val isEstablished: Boolean get() = peer != null

    override val maxDatagramSize: Int get() = datagrams.maxSize

    @Volatile
    override var isResumed: Boolean? = null

    override suspend fun openBidirectionalStream(): QuicBidirectionalStream = bidirectional.open()

    override suspend fun openUnidirectionalStream(): QuicSendStream = unidirectional.open().send

    override fun tryOpenBidirectionalStream(): QuicBidirectionalStream? = bidirectional.tryOpen()

    override fun tryOpenUnidirectionalStream(): QuicSendStream? = unidirectional.tryOpen()?.send

    override suspend fun acceptBidirectionalStream(): QuicBidirectionalStream = arrivedBidirectional.take() ?: throw endedException()

    override suspend fun acceptUnidirectionalStream(): QuicReceiveStream = (arrivedUnidirectional.take() ?: throw endedException()).receive

    override fun sendDatagram(data: ByteBuffer): DatagramStatus = datagrams.send(data)

    override suspend fun awaitDatagramRoom() {
        if (!datagrams.awaitRoom()) throw endedException()
    }

    override suspend fun receiveDatagram(): ByteBuffer = datagrams.incoming.take() ?: throw endedException()

    override fun close(errorCode: Long, reason: String) = close(QuicCloseReason.Local(errorCode, reason), errorCode, reason)

    override suspend fun awaitClosed(): QuicCloseReason = closed.await()

    override suspend fun awaitAcknowledged() {
        suspendCancellableCoroutine { waiter ->
            acknowledgements.whenAcknowledged { waiter.resume(Unit) }
        }
        endedWith?.let { throw QuicConnectionException(it.reason, it) }
    }

    override suspend fun statistics(): QuicStatistics = lastStatistics ?: collect()

    override fun exportKeyingMaterial(label: String, context: ByteArray, length: Int): ByteArray =
        throw UnsupportedOperationException(
            "Kwik's TLS (agent15) keeps its exporter secret to itself, and has no function that derives keying material from it" +
                " (RFC 8446, section 7.5); the engine Netty has one",
        )

    /** The handshake is complete: [peer] allows this much from the beginning. */
    fun handleEstablished(peer: TransportParameters) {
        synchronized(this) {
            if (this.peer != null) return
            this.peer = peer
        }
        outbox.credit = peer.initialMaxData
        datagrams.maxSize = maxDatagramSize(peer)
        streams.values.forEach { stream -> stream.sendOrNull?.let { it.credit = initialCredit(stream.id, peer) } }
        bidirectional.handleLimit(peer.initialMaxStreamsBidi)
        unidirectional.handleLimit(peer.initialMaxStreamsUni)
        // A connection that has ended meanwhile would never cancel it.
        synchronized(this) { if (endedWith == null) keepAlive = startKeepAlive() }
    }

    private fun startKeepAlive(): ScheduledFuture<*>? =
        config.keepAliveInterval().orElse(null)?.let { interval ->
            val millis = interval.toMillis()
            every(millis) { if (packets.isSilentFor(millis)) ping() }
        }

    /** Kwik calls this listener on a thread that it has for the purpose. */
    val listener = object : ConnectionListener {
        override fun disconnected(event: ConnectionTerminatedEvent) {
            end(closeReason(event), mayStillSend = false)
        }
    }

    /** Kwik hands out a stream of the peer. On its callback thread, in the order of ids. */
    fun handleCreated(created: QuicStream) {
        val id = created.streamId
        val stream = peerStream(id) ?: return
        if (isUnidirectional(id)) nextUnidirectional = id + ID_STEP else nextBidirectional = id + ID_STEP
        if (stream.handleAttached(created)) handOut(stream)
    }

    /**
     * The stream that a frame of the peer is about; a new one of the peer if it is within [limit]; null if it is over. On the thread
     * that processes packets.
     */
    fun stream(id: Int, limit: Long): KwikStream? {
        val stream = streams[id] ?: if (isPeers(id) && id < limit) peerStream(id) else null
        if (stream != null && isPeers(id) && stream.handleHeard()) handOut(stream)
        return stream
    }

    private fun peerStream(id: Int): KwikStream? {
        // Kwik hands streams out in the order of ids: those before the next one that are not here any more are over.
        if (id < (if (isUnidirectional(id)) nextUnidirectional else nextBidirectional)) return streams[id]
        return streams.computeIfAbsent(id) {
            KwikStream(this, id.toLong(), isPeers = true, sends = !isUnidirectional(id), receives = true).also { stream ->
                peer?.let { stream.sendOrNull?.credit = initialCredit(stream.id, it) }
            }
        }
    }

    private fun handOut(stream: KwikStream) {
        val arrived = if (isUnidirectional(stream.id.toInt())) arrivedUnidirectional else arrivedBidirectional
        if (!arrived.offer(stream)) endedWith?.let { stream.handleConnectionEnd(it, mayStillSend = false) }
    }

    fun liveStream(id: Int): KwikStream? = streams[id]

    /** Both halves of a stream have ended. */
    fun forget(stream: KwikStream) {
        streams.remove(stream.id.toInt(), stream)
    }

    /** Kwik keeps what it knows of the credit of a stream that was reset (FlowControl), unless it is told to forget it. */
    fun handleResetLeft(stream: KwikStream) {
        if (stream.isAttached) FlowControlAccess.forget(kwik, stream.kwik)
    }

    fun handleLimit(isBidirectional: Boolean, streams: Long) =
        (if (isBidirectional) bidirectional else unidirectional).handleLimit(streams)

    /** Has the peer acknowledge something. */
    fun ping() = kwik.send(PingFrame(), NO_REPEAT, true)

    /** Sends a frame, and once more if its packet is lost, while [isWanted]. */
    fun send(frame: QuicFrame, isWanted: () -> Boolean) {
        kwik.send(frame, { if (isWanted()) send(frame, isWanted) }, true)
    }

    fun sendStopSending(stream: KwikReceiveStream, errorCode: Long) =
        send(StopSendingFrame(Version.getDefault(), stream.id.toInt(), errorCode)) { stream.isStillComing }

    /** Sends the FIN of a stream whose FIN Kwik has forgotten. */
    fun sendFin(stream: KwikStream, size: Long) {
        LOG.debug("{}: the FIN of stream {} is sent past Kwik", this, stream.id)
        send(StreamFrame(stream.id.toInt(), size, ByteArray(0), true)) { true }
    }

    /** Calls [action] when the connection has ended, at once if it has. */
    fun onClosed(action: () -> Unit) {
        closed.invokeOnCompletion { action() }
    }

    /** The peer has closed the connection. On the thread that processes packets, before Kwik knows. */
    fun handlePeerClose(reason: QuicCloseReason) {
        // Kwik throws away what was not read.
        streams.values.forEach { it.salvage() }
        closedInKwik.set(true)
        end(reason, mayStillSend = false)
    }

    /**
     * Kwik has given the connection up. That is worth no more than a line at the level DEBUG where a caller who connects gets it as an
     * exception, and where the connection has ended already, so that nobody waits for anything.
     */
    fun handleAborted(cause: Throwable) {
        if (isEstablished && !hasEnded) LOG.warn("{}: {}", this, GIVEN_UP, cause) else LOG.debug("{}: {}", this, GIVEN_UP, cause)
        closeAfter(GIVEN_UP, cause)
    }

    /** This engine has come upon something that it did not expect. */
    fun handleFailure(message: String, cause: Throwable) {
        LOG.warn("{}: {}", this, message, cause)
        closeAfter(message, cause)
    }

    private fun closeAfter(message: String, cause: Throwable) {
        close(QuicCloseReason.Internal("$message: $cause"), INTERNAL_ERROR, message)
    }

    /**
     * Ends everything here now, for [reason]; the peer is told after what was written before, if that can leave at once. No effect if
     * the connection has ended already.
     */
    fun close(reason: QuicCloseReason, errorCode: Long, phrase: String) {
        if (!end(reason, mayStillSend = true)) return
        val tell = {
            if (closedInKwik.compareAndSet(false, true)) {
                lastStatistics = collect()
                kwik.close(errorCode, cutReason(phrase))
                endStreams(QuicConnectionException(reason), mayStillSend = false)
            }
        }
        // During the handshake there is nothing that could go first.
        if (peer != null) outbox.whenIdle { later(0, tell) }
        later(if (peer == null) 0 else LINGER_MILLIS, tell)
    }

    private fun end(reason: QuicCloseReason, mayStillSend: Boolean): Boolean {
        val cause = QuicConnectionException(reason)
        synchronized(this) {
            if (endedWith != null) return false
            endedWith = cause
        }
        if (!mayStillSend) lastStatistics = collect()
        keepAlive?.cancel(false)
        bidirectional.handleConnectionEnd(cause)
        unidirectional.handleConnectionEnd(cause)
        arrivedBidirectional.close()
        arrivedUnidirectional.close()
        endStreams(cause, mayStillSend)
        datagrams.handleConnectionEnd()
        closed.complete(reason)
        onEnded(this)
        return true
    }

    private fun endStreams(cause: QuicConnectionException, mayStillSend: Boolean) =
        streams.values.forEach { it.handleConnectionEnd(cause, mayStillSend) }

    private fun endedException(): QuicConnectionException {
        val cause = checkNotNull(endedWith) { "the connection has not ended" }
        return QuicConnectionException(cause.reason, cause)
    }

    /** Within the peer's credit, so Kwik does not block. */
    private fun open(id: Long, isBidirectional: Boolean): KwikStream {
        val created = try {
            kwik.createStream(isBidirectional)
        } catch (over: IOException) {
            throw endedWith?.let { QuicConnectionException(it.reason, it) }
                ?: QuicConnectionException(QuicCloseReason.Internal("the connection is being closed: ${over.message}"), over)
        }
        check(created.streamId.toLong() == id) { "Kwik opened stream ${created.streamId} instead of $id" }
        val stream = KwikStream(this, id, isPeers = false, sends = true, receives = isBidirectional)
        stream.kwik = created
        stream.send.credit = initialCredit(id, checkNotNull(peer))
        streams[id.toInt()] = stream
        endedWith?.let { stream.handleConnectionEnd(it, mayStillSend = false) }
        return stream
    }

    private fun initialCredit(id: Long, peer: TransportParameters): Long = when {
        isUnidirectional(id.toInt()) -> peer.initialMaxStreamDataUni

        // RFC 9000, section 18.2: "remote" are those that the receiver of the parameter opens.
        isPeers(id.toInt()) -> peer.initialMaxStreamDataBidiLocal

        else -> peer.initialMaxStreamDataBidiRemote
    }

    private fun maxDatagramSize(peer: TransportParameters): Int {
        if (!kwik.canSendDatagram()) return 0
        val packet = minOf(kwik.maxPacketSize, peer.maxUdpPayloadSize)
        val frame = minOf((packet - kwik.maxShortHeaderPacketOverhead).toLong(), peer.maxDatagramFrameSize)
        return maxOf(0, frame.toInt() - DATAGRAM_OVERHEAD)
    }

    /** Runs something on the thread that sends packets, as soon as one may leave. */
    fun onSendingThread(task: () -> Unit) {
        kwik.send({
            task()
            null
        }, 1, EncryptionLevel.App, NO_REPEAT, true)
    }

    private fun requestDatagram(length: Int, frame: () -> QuicFrame?) {
        kwik.send({ frame() }, length, EncryptionLevel.App, { datagrams.handleLost() }, true)
    }

    private fun watchOutbox() {
        later(WATCH_MILLIS) { if (!closedInKwik.get()) onSendingThread { outbox.nudge() } }
    }

    /** Calls [action] in so many milliseconds, on the thread of the timers. False if the engine has been closed, so that nothing will. */
    fun later(millis: Long, action: () -> Unit): Boolean = try {
        timers.schedule(action, millis, TimeUnit.MILLISECONDS)
        true
    } catch (over: RejectedExecutionException) {
        LOG.debug("{}: the engine has been closed", this, over)
        false
    }

    private fun every(millis: Long, action: () -> Unit): ScheduledFuture<*>? = try {
        timers.scheduleWithFixedDelay(action, millis, millis, TimeUnit.MILLISECONDS)
    } catch (over: RejectedExecutionException) {
        LOG.debug("{}: the engine has been closed", this, over)
        null
    }

    private fun collect(): QuicStatistics = collectStatistics(kwik, packets, datagrams)

    private fun peerBit() = SERVER_BIT - localBit

    private fun isPeers(id: Int) = (id and SERVER_BIT.toInt()).toLong() != localBit

    private fun isUnidirectional(id: Int) = id and UNIDIRECTIONAL_BIT.toInt() != 0

    override fun toString(): String = "connection $localAddress-$remoteAddress"

    private companion object {
        val LOG = LoggerFactory.getLogger(KwikConnection::class.java)!!
        val NO_REPEAT: (QuicFrame) -> Unit = {}

        /** RFC 9000, section 2.1: the bits of a stream id. */
        const val SERVER_BIT = 0x1L
        const val UNIDIRECTIONAL_BIT = 0x2L
        const val ID_STEP = 4

        /** The peer may be told of credit for one more stream while the last one still waits here. */
        const val SLACK = 64

        /** Type and length of a DATAGRAM frame. */
        const val DATAGRAM_OVERHEAD = 3

        /** RFC 9114, section 8.1: H3_INTERNAL_ERROR. */
        const val INTERNAL_ERROR = 0x102L
        const val GIVEN_UP = "Kwik gave the connection up"
        const val LINGER_MILLIS = 100L
        const val WATCH_MILLIS = 25L
    }
}
