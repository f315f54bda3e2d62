package dev.webtransport.testkit

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStatistics
import dev.webtransport.transport.TransportCapability
import dev.webtransport.value.DatagramStatus
import dev.webtransport.value.Perspective
import dev.webtransport.value.StreamType
import java.net.InetSocketAddress
import java.nio.Buffer
import java.nio.ByteBuffer

/** One end of a [LoopbackLink]. */
internal class LoopbackConnection(
    private val link: LoopbackLink,
    override val perspective: Perspective,
    override val localAddress: InetSocketAddress,
    override val remoteAddress: InetSocketAddress,
    val config: QuicConfig,
    peerConfig: QuicConfig,
) : QuicConnection {
    private val monitor = link.monitor
    private val bidirectional = StreamTable(monitor, peerConfig.maxIncomingBidirectionalStreams())
    private val unidirectional = StreamTable(monitor, peerConfig.maxIncomingUnidirectionalStreams())
    private val datagrams = ArrayDeque<ByteArray>()
    private val datagramArrival = Condition(monitor)
    private val closed = Condition(monitor)
    private var end: QuicCloseReason? = null

    /** What all streams towards this end share. */
    val receiveWindow = ReceiveWindow(config.maxData())

    override val capabilities: Set<TransportCapability> get() = LoopbackTransport.CAPABILITIES

    override val maxDatagramSize: Int get() = LoopbackTransport.MAX_DATAGRAM_SIZE

    override suspend fun openBidirectionalStream(): QuicBidirectionalStream {
        return opened(awaitCredit(StreamType.BIDIRECTIONAL))
    }

    override suspend fun openUnidirectionalStream(): QuicSendStream {
        return awaitCredit(StreamType.UNIDIRECTIONAL).let { sendingHalf(it, it.forward) }
    }

    override fun tryOpenBidirectionalStream(): QuicBidirectionalStream? {
        return openNow(StreamType.BIDIRECTIONAL)?.let(::opened)
    }

    override fun tryOpenUnidirectionalStream(): QuicSendStream? {
        return openNow(StreamType.UNIDIRECTIONAL)?.let { sendingHalf(it, it.forward) }
    }

    override suspend fun acceptBidirectionalStream(): QuicBidirectionalStream {
        return monitor.await(bidirectional.arrival) {
            nextOrEnd(bidirectional.waiting)?.let {
                it.accept()
                LoopbackBidirectionalStream(it.id, sendingHalf(it, checkNotNull(it.backward)), receivingHalf(it, it.forward))
            }
        }
    }

    override suspend fun acceptUnidirectionalStream(): QuicReceiveStream {
        return monitor.await(unidirectional.arrival) {
            nextOrEnd(unidirectional.waiting)?.let {
                it.accept()
                receivingHalf(it, it.forward)
            }
        }
    }

    override fun sendDatagram(data: ByteBuffer): DatagramStatus {
        if (data.remaining() > maxDatagramSize) {
            val taken: Buffer = data
            taken.position(taken.limit())
            return DatagramStatus.TOO_LARGE
        }
        val datagram = ByteArray(data.remaining())
        data.get(datagram)
        return monitor.locked {
            if (hasEnded) {
                DatagramStatus.BLOCKED
            } else {
                link.peerOf(this).receive(datagram)
                link.touched()
                DatagramStatus.SENT
            }
        }
    }

    override suspend fun receiveDatagram(): ByteBuffer {
        return monitor.await(datagramArrival) { nextOrEnd(datagrams)?.let(ByteBuffer::wrap) }
    }

    override fun close(errorCode: Long, reason: String) {
        checkErrorCode(errorCode)
        val sentReason = cut(reason)
        monitor.locked {
            link.end(this, QuicCloseReason.Local(errorCode, reason), QuicCloseReason.Application(errorCode, sentReason))
        }
    }

    override suspend fun awaitClosed(): QuicCloseReason = monitor.await(closed) { end }

    override suspend fun statistics(): QuicStatistics = QuicStatistics(null, null, null, null, null, null, null)

    override fun toString(): String = "loopback connection of the ${perspective.name.lowercase()}, $localAddress to $remoteAddress"

    /** Opens a stream when there is credit for it and nobody has waited for longer. */
    private suspend fun awaitCredit(type: StreamType): LoopbackStream {
        val table = streams(type)
        val turn = Any()
        try {
            return monitor.await(table.credit) {
                throwIfEnded()
                if (table.isFirst(turn)) open(type, table) else null
            }
        } finally {
            monitor.locked { table.leave(turn) }
        }
    }

    private fun openNow(type: StreamType): LoopbackStream? {
        return monitor.locked {
            val table = streams(type)
            if (hasEnded || table.isAwaited) null else open(type, table)
        }
    }

    // What follows runs under the lock.

    val hasEnded: Boolean get() = end != null

    /**
     * What arrived before the end is still delivered when the end came from outside. It is gone when this end closed: then
     * nobody here wants it, and a reader must not take the rest for the whole.
     */
    val arrivalsAreGone: Boolean get() = end.let { it is QuicCloseReason.Local || it is QuicCloseReason.Internal }

    fun streams(type: StreamType): StreamTable {
        return if (type == StreamType.BIDIRECTIONAL) bidirectional else unidirectional
    }

    fun throwIfEnded() {
        end?.let { throw QuicConnectionException(it) }
    }

    fun throwIfArrivalsAreGone() {
        if (arrivalsAreGone) throwIfEnded()
    }

    fun ended(reason: QuicCloseReason) {
        end = reason
        if (arrivalsAreGone) {
            datagrams.clear()
            bidirectional.waiting.clear()
            unidirectional.waiting.clear()
        }
        closed.signal()
        datagramArrival.signal()
        bidirectional.signal()
        unidirectional.signal()
    }

    private fun receive(datagram: ByteArray) {
        if (datagrams.size == config.datagrams().incomingQueueLength()) datagrams.removeFirst()
        datagrams.addLast(datagram)
        datagramArrival.signal()
    }

    private fun <T : Any> nextOrEnd(waiting: ArrayDeque<T>): T? {
        waiting.removeFirstOrNull()?.let { return it }
        throwIfEnded()
        return null
    }

    private fun open(type: StreamType, table: StreamTable): LoopbackStream? {
        val sequence = table.next() ?: return null
        //= rfc9000#2.1
        //# the lowest bit names the opener, the next one the type
        val id = (sequence shl 2) or
            (if (type == StreamType.UNIDIRECTIONAL) 0x2L else 0x0L) or
            (if (perspective == Perspective.SERVER) 0x1L else 0x0L)
        return LoopbackStream(link, id, type, this, link.peerOf(this)).also(link::add)
    }

    private fun opened(stream: LoopbackStream): QuicBidirectionalStream {
        val backward = checkNotNull(stream.backward)
        return LoopbackBidirectionalStream(stream.id, sendingHalf(stream, stream.forward), receivingHalf(stream, backward))
    }

    private fun sendingHalf(stream: LoopbackStream, pipe: LoopbackPipe) = LoopbackSendStream(stream.id, monitor, pipe)

    private fun receivingHalf(stream: LoopbackStream, pipe: LoopbackPipe) = LoopbackReceiveStream(stream.id, monitor, pipe)
}

/** The streams of one type at one end: those it opens, counted against the peer's credit, and those that wait to be accepted. */
internal class StreamTable(
    monitor: Monitor,
    initialLimit: Int,
) {
    private var limit = initialLimit.toLong()
    private var opened = 0L

    /** Those who wait for credit, in the order in which they came. As many as the application lets wait. */
    private val turns = LinkedHashSet<Any>()

    /** There may be credit to open a stream, or another's turn to take it. */
    val credit = Condition(monitor)

    val isAwaited: Boolean get() = turns.isNotEmpty()

    /** A stream of the peer waits. */
    val arrival = Condition(monitor)

    /** Bounded by the credit this end gave: a stream that waits here keeps its credit. */
    val waiting = ArrayDeque<LoopbackStream>()

    /** Lines [turn] up, unless it stands there already, and tells whether it is the first. */
    fun isFirst(turn: Any): Boolean {
        turns.add(turn)
        return turns.first() === turn
    }

    /** Whoever is next may find credit that this one has left. */
    fun leave(turn: Any) {
        turns.remove(turn)
        credit.signal()
    }

    /** The number of the stream to open now, or null without credit. */
    fun next(): Long? = if (opened < limit) opened++ else null

    /** The peer allows one more (MAX_STREAMS). */
    fun grant() {
        limit++
        credit.signal()
    }

    fun arrived(stream: LoopbackStream) {
        waiting.addLast(stream)
        arrival.signal()
    }

    fun signal() {
        credit.signal()
        arrival.signal()
    }
}

/** What a packet holds of a reason: the first [MAX_REASON_BYTES] bytes of its UTF-8, to the end of a code point. */
private fun cut(reason: String): String {
    val bytes = reason.encodeToByteArray()
    if (bytes.size <= MAX_REASON_BYTES) return bytes.decodeToString()
    var end = MAX_REASON_BYTES
    while (bytes[end].toInt() and 0xC0 == 0x80) end--
    return bytes.decodeToString(0, end)
}

private const val MAX_REASON_BYTES = 1_000
