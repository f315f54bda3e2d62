package dev.webtransport.netty

import dev.webtransport.config.QuicConfig
import dev.webtransport.tls.TlsExporter
import dev.webtransport.transport.ArrivalQueue
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStatistics
import dev.webtransport.transport.TransportCapability
import dev.webtransport.transport.TransportSpi
import dev.webtransport.value.DatagramStatus
import dev.webtransport.value.Perspective
import io.netty.buffer.ByteBuf
import io.netty.channel.ChannelHandlerContext
import io.netty.channel.ChannelInboundHandlerAdapter
import io.netty.channel.EventLoop
import io.netty.channel.socket.DatagramPacket
import io.netty.handler.codec.quic.QuicChannel
import io.netty.handler.codec.quic.QuicConnectionCloseEvent
import io.netty.handler.codec.quic.QuicDatagramExtensionEvent
import io.netty.handler.codec.quic.QuicPathEvent
import io.netty.handler.codec.quic.QuicStreamChannel
import io.netty.handler.codec.quic.QuicStreamLimitChangedEvent
import io.netty.handler.codec.quic.QuicStreamType
import io.netty.util.ReferenceCountUtil
import io.netty.util.collection.LongObjectHashMap
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import org.slf4j.LoggerFactory
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.security.cert.CertificateException
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeUnit
import javax.net.ssl.SSLEngine

/**
 * One connection: the handler of its QUIC channel. Everything that touches the channel happens on its event loop; what
 * callers share with the loop is behind small locks.
 */
@OptIn(TransportSpi::class)
internal class NettyConnection(
    override val perspective: Perspective,
    val config: QuicConfig,
    private val engineCapabilities: Set<TransportCapability>,
    private val socket: UdpSocketHandler,
    private val loop: EventLoop,
    private val clientTls: ClientContext?,
) : ChannelInboundHandlerAdapter(),
    QuicConnection {
    private lateinit var channel: QuicChannel

    /** Knows the codes of STOP_SENDING; null while it does not. */
    @Volatile
    private var observed: ObservedConnection? = null

    @Volatile
    private var exporter: TlsExporter? = null

    @Volatile
    override var isResumed: Boolean? = null
        private set

    override val capabilities: Set<TransportCapability>
        get() = buildSet {
            addAll(engineCapabilities)
            if (observed == null) remove(TransportCapability.PEER_STOP_CODE)
            if (exporter == null) remove(TransportCapability.KEYING_MATERIAL_EXPORTER)
        }

    /** Those that the peer may have stopped. */
    val senders: LiveHalves<NettySendStream> = LiveHalves { it.checkStopped() }

    /** Those that the peer may have finished. */
    val receivers: LiveHalves<NettyReceiveStream> = LiveHalves { it.checkFinished() }

    /** What quiche would take now. */
    val room: SendRoom = SendRoom { channel }

    /** Decides which stream hands bytes to quiche. */
    val turns: SendTurns = SendTurns(room, LoneFins(loop, { !socket.isHandlingPacket }, room::sendsAtOnce, ::countPackets))

    /** Streams that quiche may still hold. */
    val lingering: LingeringStreams = LingeringStreams({ channel }, ::maxStoppedStreams)
    private val rounds = StreamRounds(loop, senders, receivers, lingering)

    private val established = CompletableDeferred<Unit>()
    private val closed = CompletableDeferred<QuicCloseReason>()
    private val datagrams = NettyDatagrams(config.datagrams(), room::handleDatagram, ::execute)
    private val localBit = if (perspective == Perspective.CLIENT) 0L else SERVER_BIT
    private val bidirectional = LocalStreams(this, QuicStreamType.BIDIRECTIONAL, localBit) { channel }
    private val unidirectional = LocalStreams(this, QuicStreamType.UNIDIRECTIONAL, localBit or UNIDIRECTIONAL_BIT) { channel }
    private val arrivedBidirectional = ArrivalQueue<NettyStream>(config.maxIncomingBidirectionalStreams() + READ_AHEAD_STREAMS)
    private val arrivedUnidirectional = ArrivalQueue<NettyStream>(config.maxIncomingUnidirectionalStreams() + READ_AHEAD_STREAMS)

    @Volatile
    private var endedWith: QuicConnectionException? = null

    /** Whether streams and callers hear of the end, or have. */
    val hasEnded: Boolean get() = endedWith != null

    @Volatile
    private var addresses: Pair<InetSocketAddress, InetSocketAddress> = UNKNOWN_ADDRESSES

    @Volatile
    private var lastStatistics: QuicStatistics? = null

    // On the event loop only.
    private val streams = LongObjectHashMap<NettyStream>()
    private var failure: Throwable? = null
    private var whenEstablished: (NettyConnection) -> Unit = {}

    override val localAddress: InetSocketAddress get() = currentAddresses().first
    override val remoteAddress: InetSocketAddress get() = currentAddresses().second
    override val maxDatagramSize: Int get() = datagrams.maxSize
    override val dispatcher: CoroutineDispatcher = EventLoopDispatcher(loop, socket::execute)

    override fun dispatchBehind(task: Runnable) = if (isHere) executeAfterSending(task) else super.dispatchBehind(task)

    override suspend fun openBidirectionalStream(): QuicBidirectionalStream = bidirectional.open()

    override suspend fun openUnidirectionalStream(): QuicSendStream = unidirectional.open().send

    override fun tryOpenBidirectionalStream(): QuicBidirectionalStream? = bidirectional.tryOpen()

    override fun tryOpenUnidirectionalStream(): QuicSendStream? = unidirectional.tryOpen()?.send

    override suspend fun acceptBidirectionalStream(): QuicBidirectionalStream = arrivedBidirectional.takeOrFail()

    override suspend fun acceptUnidirectionalStream(): QuicReceiveStream = arrivedUnidirectional.takeOrFail().receive

    override fun sendDatagram(data: ByteBuffer): DatagramStatus = datagrams.send(data)

    override suspend fun awaitDatagramRoom() {
        if (!datagrams.awaitRoom()) throw endedException()
    }

    override suspend fun receiveDatagram(): ByteBuffer = datagrams.incoming.take() ?: throw endedException()

    override fun close(errorCode: Long, reason: String) {
        close(QuicCloseReason.Local(errorCode, reason), errorCode, reason)
    }

    override suspend fun awaitClosed(): QuicCloseReason = closed.await()

    override suspend fun awaitAcknowledged() {
        val answer = CompletableDeferred<Unit>()
        execute {
            // Behind the ends of streams that were finished before.
            executeAfterSending {
                // Who was acknowledged a moment ago may not have been asked since.
                if (endedWith == null) lingering.ask(lingering.size)
                lingering.whenForgotten({ !streams.containsKey(it) }) { answer.complete(Unit) }
            }
        }
        val end = closed.invokeOnCompletion { answer.complete(Unit) }
        try {
            answer.await()
        } finally {
            end.dispose()
        }
        endedWith?.let { throw endedException() }
    }

    override suspend fun statistics(): QuicStatistics {
        lastStatistics?.let { return it }
        val answer = CompletableDeferred<QuicStatistics>()
        execute { answer.complete(lastStatistics ?: collectStatistics(channel)) }
        return answer.await()
    }

    override fun exportKeyingMaterial(label: String, context: ByteArray, length: Int): ByteArray {
        val derive = exporter ?: throw UnsupportedOperationException("BoringSSL has not told the exporter secret of this connection")
        return derive.export(label, context, length)
    }

    /** Waits for the end of the handshake. */
    suspend fun awaitEstablished() = established.await()

    /** What is done on the event loop once the handshake is complete. To be set before the channel becomes active. */
    fun onEstablished(action: (NettyConnection) -> Unit) {
        whenEstablished = action
    }

    /** What is done once the connection has ended. */
    fun onClosed(action: () -> Unit) {
        closed.invokeOnCompletion { action() }
    }

    /** Closes with [reason] for this end and [errorCode] for the peer. */
    fun close(reason: QuicCloseReason, errorCode: Long, phrase: String) {
        if (closed.isCompleted) return
        execute {
            if (endedWith == null) {
                // What was written before leaves before CONNECTION_CLOSE, as far as credit goes.
                liveStreams().forEach { it.flush() }
                turns.handOverFins()
                end(reason)
                if (::channel.isInitialized) sayLastWord(errorCode, phrase)
            }
        }
    }

    private fun sayLastWord(errorCode: Long, phrase: String) {
        // A server knows that the handshake is confirmed when it is complete, a client by what the server sends then.
        val unconfirmed = handshakePackets
        if (unconfirmed == null) {
            LastWord.say(channel, loop, narrowCode(errorCode), cut(phrase))
        } else {
            LastWord.sayAfter(unconfirmed, channel, loop, narrowCode(errorCode), cut(phrase))
        }
    }

    /** Runs [task] on the event loop; after the loop's end nothing is left to do. */
    fun execute(task: Runnable) {
        try {
            socket.execute(task)
        } catch (over: RejectedExecutionException) {
            LOG.trace("The event loop of {} has ended", this, over)
            if (endedWith == null) end(QuicCloseReason.Internal("the engine was closed"))
        }
    }

    /** See [LoopTasks.isHere]. */
    val isHere: Boolean get() = socket.isHere

    /** See [LoopTasks.executeAfterSending]. */
    fun executeAfterSending(task: Runnable) = socket.executeAfterSending(task)

    /** Streams hear of the end of their connection before the connection does. On the event loop. */
    fun endIfClosed() {
        if (endedWith != null || channel.isOpen) return
        val cause = failure
        end(
            when {
                channel.isTimedOut -> QuicCloseReason.TimedOut("nothing was heard from the peer for the idle timeout")
                cause != null -> closeReason(cause, channel.sslEngine())
                else -> QuicCloseReason.Internal("the channel was closed")
            },
        )
    }

    /** The end, as an exception of the caller's own. */
    fun endedException(): QuicConnectionException {
        val first = endedWith
        return if (first == null) {
            QuicConnectionException(QuicCloseReason.Internal("the stream was closed under its user"))
        } else {
            QuicConnectionException(first.reason, first)
        }
    }

    /** A datagram is about to be handled; false when that need not be told any more. On the event loop. */
    fun isInHandshake(): Boolean = handshakePackets?.count() == true

    /** What the observer tells of this connection's packets. */
    private inner class PeerPackets : PeerPacketListener {
        override fun onPacket() = socket.handlePacket(this@NettyConnection)

        override fun onStopSending(streamId: Long, errorCode: Long) {
            // When quiche has had the packet too.
            loop.execute { streams[streamId]?.handleStopped() }
        }
    }

    private val way = PacketWay()

    /** The codec is about to get a packet of this connection. On the event loop. */
    fun handlePacket(packet: DatagramPacket) {
        way.note(packet, socket.unaddressed)
        room.handlePacket()
    }

    /**
     * Has quiche take a packet without the codec; false if the codec has to, because quiche would not know which way the packet came.
     * On the event loop.
     */
    fun takePacket(packet: DatagramPacket): Boolean {
        val access = QuicheAccess.find() ?: return false
        if (!way.isThatOf(packet, socket.unaddressed)) return false
        room.handleReading()
        return access.receive(channel, packet.content())
    }

    private fun countPackets(): Long {
        val access = QuicheAccess.find() ?: return 0
        return access.packetsSent(channel) + access.packetsReceived(channel)
    }

    /** Packets arrived, and may have been for this connection. On the event loop. */
    fun handlePackets() {
        if (observed == null) room.handlePacket()
        room.handlePackets()
        updateExhaustedLimits()
        rounds.handlePackets()
        turns.handlePackets()
        datagrams.handlePackets()
        updateExhaustedLimits()
    }

    /** The attempt is over, or the handshake took too long. On the event loop. */
    fun abandon(reason: QuicCloseReason) {
        end(reason)
        channel.close()
    }

    /** Whether data of [stream] may be taken before the stream was accepted: of a bounded number of streams only. */
    fun mayReadAhead(stream: NettyStream): Boolean = isLocal(stream.id) || arrivals(stream.id).size < READ_AHEAD_STREAMS

    /** The code of the peer's STOP_SENDING for a stream, or null if it is not known. On the event loop. */
    fun stopCodeOf(streamId: Long): Long? = observed?.codeOf(streamId)

    /** Both halves of [stream] have ended. On the event loop. */
    fun forget(stream: NettyStream) {
        streams.remove(stream.id)
        observed?.forget(stream.id)
    }

    override fun handlerAdded(ctx: ChannelHandlerContext) {
        channel = ctx.channel() as QuicChannel
        if (perspective == Perspective.CLIENT) handshakePackets = QuicheAccess.find()?.let { HandshakePackets(it, channel) }
        socket.add(this)
        loop
            .schedule({
                if (!established.isCompleted) {
                    abandon(QuicCloseReason.TimedOut("the handshake was not complete after ${config.handshakeTimeout()}"))
                }
            }, config.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .also { timer ->
                established.invokeOnCompletion { timer.cancel(false) }
            }
    }

    override fun channelActive(ctx: ChannelHandlerContext) {
        observed = StopSendingObserver.of(channel)?.observe(channel, PeerPackets())?.takeIf { it.canRead() }
        if (observed != null) socket.handleObserved(this)
        if (!takeHandshake(checkNotNull(channel.sslEngine()) { "a connection that is active has TLS" })) return
        datagrams.handleActive(channel)
        // The streams that the peer allows are known when the packet in hand is done with.
        loop.execute {
            if (endedWith == null) {
                updateLimits()
                established.complete(Unit)
                whenEstablished(this)
            }
        }
        ctx.fireChannelActive()
    }

    /** What the handshake leaves behind; false when it resumed what is not trusted any more. */
    private fun takeHandshake(engine: SSLEngine): Boolean {
        exporter = PeerTrafficSecrets.takeExporterSecret(engine)?.let(TlsExporter::of)
        val resumed = SessionTickets.find()?.isResumed(engine)
        isResumed = resumed
        if (resumed != true || clientTls == null) return true
        try {
            clientTls.checkResumed(engine)
            return true
        } catch (refused: CertificateException) {
            hasStaleTicket = true
            LOG.debug("{}: the certificate behind the session ticket is not trusted any more", this, refused)
            close(QuicCloseReason.Tls(null, "the server's certificate of a resumed session: ${refused.message}", refused), NO_ERROR, "")
            return false
        }
    }

    /** What came of a server until its handshake was complete here. On the event loop. */
    private var handshakePackets: HandshakePackets? = null

    /** Whether this end gave up because of what it resumed: without the ticket it may succeed. */
    @Volatile
    var hasStaleTicket: Boolean = false
        private set

    override fun channelRead(ctx: ChannelHandlerContext, msg: Any) {
        when (msg) {
            is QuicStreamChannel -> handleStream(msg)
            is ByteBuf -> datagrams.handleReceived(msg)
            else -> ReferenceCountUtil.release(msg)
        }
    }

    override fun userEventTriggered(ctx: ChannelHandlerContext, evt: Any) {
        when (evt) {
            is QuicStreamLimitChangedEvent -> {
                updateLimits()
            }

            is QuicDatagramExtensionEvent -> {
                datagrams.maxSize = maxOf(0, evt.maxLength())
            }

            is QuicPathEvent -> {
                updateMaxDatagramSize()
            }

            is QuicConnectionCloseEvent -> {
                val reason = closeReason(evt)
                // Data that came with the frame is read first.
                loop.execute {
                    end(reason)
                    channel.close()
                }
            }
        }
        ctx.fireUserEventTriggered(evt)
    }

    @Deprecated("Netty deprecated it for handlers of outbound events only")
    override fun exceptionCaught(ctx: ChannelHandlerContext, cause: Throwable) {
        LOG.debug("{} failed", this, cause)
        if (failure == null) failure = cause
    }

    override fun channelInactive(ctx: ChannelHandlerContext) {
        endIfClosed()
        ctx.fireChannelInactive()
    }

    /** The channel is closed; one whose handshake came to nothing was never active, and so does not become inactive. */
    override fun handlerRemoved(ctx: ChannelHandlerContext) {
        endIfClosed()
        socket.remove(this)
    }

    /** The attempt to connect failed. On the event loop. */
    fun handleConnectFailure(cause: Throwable) {
        if (endedWith != null) return
        abandon(closeReason(failure ?: cause, channel.sslEngine()))
    }

    /** The UDP socket reported an error. On the event loop. */
    fun handleSocketFailure(cause: Throwable) {
        if (!established.isCompleted) abandon(closeReason(cause, null))
    }

    private fun handleStream(stream: QuicStreamChannel) {
        val id = stream.streamId()
        val isBidirectional = stream.type() == QuicStreamType.BIDIRECTIONAL
        val arrived = NettyStream(this, id, isBidirectional, true)
        streams.put(id, arrived)
        stream.pipeline().addLast(arrived)
        loop.register(stream)
        if (endedWith == null && !arrivals(id).offer(arrived)) {
            LOG.warn("{}: more streams arrived than the peer has credit for", this)
            close(QuicCloseReason.Internal("more streams arrived than the peer has credit for"), EXCESSIVE_LOAD, "")
        }
    }

    /** Whether [stream] of this end may begin; one that may not hears why. On the event loop. */
    fun admit(stream: NettyStream): Boolean {
        val ended = endedWith
        if (ended == null) streams.put(stream.id, stream) else stream.handleConnectionEnd(ended)
        return ended == null
    }

    /** Makes the channel of a stream of this end. On the event loop. */
    fun attach(stream: NettyStream) = (if (isBidirectional(stream.id)) bidirectional else unidirectional).attach(stream)

    private fun updateLimits() {
        bidirectional.updateLimit()
        unidirectional.updateLimit()
        updateMaxDatagramSize()
    }

    /** See [LocalStreams.updateExhaustedLimit]. */
    fun updateExhaustedLimits() {
        if (endedWith != null || !established.isCompleted) return
        bidirectional.updateExhaustedLimit()
        unidirectional.updateExhaustedLimit()
    }

    private fun updateMaxDatagramSize() {
        if (datagrams.maxSize == 0) return
        val size = QuicheAccess.find()?.maxDatagramSize(channel) ?: return
        if (size > 0) datagrams.maxSize = size
    }

    /** Ends everything, once. On the event loop, or after its end. */
    private fun end(reason: QuicCloseReason) {
        if (endedWith != null) return
        val cause = QuicConnectionException(reason, failure)
        endedWith = cause
        turns.close()
        currentAddresses()
        lastStatistics = if (::channel.isInitialized && loop.inEventLoop()) collectStatistics(channel) else QuicStatistics()
        bidirectional.handleConnectionEnd(cause)
        unidirectional.handleConnectionEnd(cause)
        liveStreams().forEach { it.handleConnectionEnd(cause) }
        streams.clear()
        rounds.close()
        arrivedBidirectional.close(::endedException)
        arrivedUnidirectional.close(::endedException)
        datagrams.handleConnectionEnd()
        established.completeExceptionally(cause)
        closed.complete(reason)
    }

    private fun liveStreams(): List<NettyStream> = ArrayList((streams as Map<Long, NettyStream>).values)

    private fun currentAddresses(): Pair<InetSocketAddress, InetSocketAddress> {
        if (!::channel.isInitialized) return addresses
        val local = channel.localSocketAddress() as? InetSocketAddress
        val remote = channel.remoteSocketAddress() as? InetSocketAddress
        if (local != null && remote != null) addresses = Pair(local, remote)
        return addresses
    }

    private fun arrivals(id: Long) = if (isBidirectional(id)) arrivedBidirectional else arrivedUnidirectional

    /** How many streams of a type quiche may be left holding: of the peer's, half of its credit; of ours, what they cost in memory. */
    private fun maxStoppedStreams(id: Long) = when {
        isLocal(id) -> MAX_STOPPED_LOCAL_STREAMS
        isBidirectional(id) -> config.maxIncomingBidirectionalStreams() / 2
        else -> config.maxIncomingUnidirectionalStreams() / 2
    }

    private fun isLocal(id: Long) = id and SERVER_BIT == localBit

    private fun isBidirectional(id: Long) = id and UNIDIRECTIONAL_BIT == 0L

    /** How many streams live here, and in the channel; for tests. */
    internal suspend fun heldStreams(): Int {
        val answer = CompletableDeferred<Int>()
        execute { answer.complete(maxOf(streams.size, QuicheAccess.find()?.streamCount(channel) ?: 0)) }
        return answer.await()
    }

    override fun toString(): String = "QUIC connection ${addresses.first} to ${addresses.second} ($perspective)"

    private companion object {
        val LOG = LoggerFactory.getLogger(NettyConnection::class.java)!!

        // RFC 9000, section 2.1.
        const val SERVER_BIT = 0x1L
        const val UNIDIRECTIONAL_BIT = 0x2L

        /** From so many streams that nobody accepted yet one buffer is taken each. */
        const val READ_AHEAD_STREAMS = 64

        /** About 1 kB each. */
        const val MAX_STOPPED_LOCAL_STREAMS = 4096
        const val NO_ERROR = 0x100L
        const val EXCESSIVE_LOAD = 0x107L
        const val MAX_REASON_LENGTH = 512
        val UNKNOWN_ADDRESSES = Pair(InetSocketAddress(0), InetSocketAddress(0))

        /** As much of [reason] in UTF-8 as fits a packet, whole characters only. */
        fun cut(reason: String): ByteArray {
            val bytes = reason.toByteArray()
            if (bytes.size <= MAX_REASON_LENGTH) return bytes
            var length = MAX_REASON_LENGTH
            while (bytes[length].toInt() and 0xc0 == 0x80) length--
            return bytes.copyOf(length)
        }
    }
}
