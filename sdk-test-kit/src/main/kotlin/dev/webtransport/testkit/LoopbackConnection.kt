package dev.webtransport.testkit

import dev.webtransport.testkit.quic.EndpointStream
import dev.webtransport.testkit.quic.QuicEndpoint
import dev.webtransport.testkit.quic.QuicEvent
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStatistics
import dev.webtransport.transport.TransportCapability
import dev.webtransport.value.DatagramStatus
import dev.webtransport.value.Perspective
import dev.webtransport.value.StreamType
import java.net.InetSocketAddress
import java.nio.ByteBuffer

/** One end of a [LoopbackLink]. */
internal class LoopbackConnection(
    private val link: LoopbackLink,
    val endpoint: QuicEndpoint,
    override val localAddress: InetSocketAddress,
    override val remoteAddress: InetSocketAddress,
) : QuicConnection {
    private val monitor = link.monitor
    private val bidirectional = StreamQueues(monitor)
    private val unidirectional = StreamQueues(monitor)
    private val datagramArrival = Condition(monitor)
    private val datagramRoom = Condition(monitor)
    private val closed = Condition(monitor)

    /** Frames may have arrived. */
    private val delivery = Condition(monitor)

    override val perspective: Perspective get() = endpoint.perspective()

    override val capabilities: Set<TransportCapability> get() = LoopbackTransport.CAPABILITIES

    override val maxDatagramSize: Int get() = monitor.locked { endpoint.maxDatagramSize() }

    override suspend fun openBidirectionalStream(): QuicBidirectionalStream = open(StreamType.BIDIRECTIONAL)

    override suspend fun openUnidirectionalStream(): QuicSendStream = open(StreamType.UNIDIRECTIONAL).send

    override fun tryOpenBidirectionalStream(): QuicBidirectionalStream? = tryOpen(StreamType.BIDIRECTIONAL)

    override fun tryOpenUnidirectionalStream(): QuicSendStream? = tryOpen(StreamType.UNIDIRECTIONAL)?.send

    override suspend fun acceptBidirectionalStream(): QuicBidirectionalStream = accept(StreamType.BIDIRECTIONAL)

    override suspend fun acceptUnidirectionalStream(): QuicReceiveStream = accept(StreamType.UNIDIRECTIONAL).receive

    override fun sendDatagram(data: ByteBuffer): DatagramStatus {
        return monitor.locked { endpoint.sendDatagram(data).also { link.settle() } }
    }

    override suspend fun awaitDatagramRoom() {
        monitor.await(datagramRoom) {
            endpoint.throwIfClosed()
            if (endpoint.hasDatagramRoom()) Unit else null
        }
    }

    override suspend fun receiveDatagram(): ByteBuffer {
        return monitor.await(datagramArrival) { endpoint.receiveDatagram() ?: nothingWhileOpen() }
    }

    override fun close(errorCode: Long, reason: String) {
        monitor.locked {
            endpoint.close(errorCode, reason)
            link.settle()
        }
    }

    override suspend fun awaitClosed(): QuicCloseReason = monitor.await(closed) { endpoint.closeReason() }

    /** What has arrived counts as acknowledged: the loopback's acknowledgements take no time. */
    override suspend fun awaitAcknowledged() {
        val sent = monitor.locked { link.finsUnderWay(perspective) }
        monitor.await(delivery) {
            endpoint.throwIfClosed()
            if (link.finsUnderWay(perspective).any { it in sent }) null else Unit
        }
    }

    override val isResumed: Boolean? get() = null

    override suspend fun statistics(): QuicStatistics = monitor.locked { link.statistics(perspective) }

    override fun exportKeyingMaterial(label: String, context: ByteArray, length: Int): ByteArray =
        link.exporter.export(label, context, length)

    override fun toString(): String = "loopback connection of the ${perspective.name.lowercase()}, $localAddress to $remoteAddress"

    /** Opens a stream when there is credit for it and nobody has waited for longer. */
    private suspend fun open(type: StreamType): LoopbackStream {
        val queues = queues(type)
        val turn = Any()
        try {
            return monitor.await(queues.credit) {
                endpoint.throwIfClosed()
                if (queues.isFirst(turn)) endpoint.openStream(type)?.let(::handle) else null
            }
        } finally {
            monitor.locked { queues.leave(turn) }
        }
    }

    private fun tryOpen(type: StreamType): LoopbackStream? {
        return monitor.locked { if (queues(type).isAwaited) null else endpoint.openStream(type)?.let(::handle) }
    }

    private suspend fun accept(type: StreamType): LoopbackStream {
        return monitor.await(queues(type).arrival) {
            val stream = endpoint.acceptStream(type)
            if (stream == null) {
                nothingWhileOpen()
            } else {
                handle(stream).also { link.settle() }
            }
        }
    }

    // What follows runs under the lock.

    fun handleEvent(event: QuicEvent) {
        when (event.kind()) {
            QuicEvent.Kind.READABLE -> {
                event.handle()?.readable?.signal()
            }

            QuicEvent.Kind.WRITABLE -> {
                event.handle()?.writable?.signal()
            }

            QuicEvent.Kind.STREAM_ARRIVED -> {
                queues(checkNotNull(event.type())).arrival.signal()
            }

            QuicEvent.Kind.STREAM_CREDIT -> {
                queues(checkNotNull(event.type())).credit.signal()
            }

            QuicEvent.Kind.DATAGRAM -> {
                datagramArrival.signal()
            }

            QuicEvent.Kind.DATAGRAM_ROOM -> {
                datagramRoom.signal()
            }

            QuicEvent.Kind.CLOSED -> {
                closed.signal()
                datagramRoom.signal()
                datagramArrival.signal()
                bidirectional.signal()
                unidirectional.signal()
            }
        }
    }

    /** Something moved at either end. */
    fun handleDelivery() = delivery.signal()

    fun leftovers(exceptStreams: Set<Long>): List<String> {
        val end = "the ${perspective.name.lowercase()}"
        val streams = endpoint
            .streams()
            .filter { it.id() !in exceptStreams }
            .mapNotNull { stream -> stream.leftovers()?.let { "stream ${stream.id()} at $end: $it" } }
        val datagrams = endpoint.unreadDatagrams()
        return if (datagrams == 0) streams else streams + "$datagrams unread datagrams at $end"
    }

    private fun handle(stream: EndpointStream): LoopbackStream = LoopbackStream.of(link, stream)

    private fun QuicEvent.handle(): LoopbackStream? = stream()?.attachment() as LoopbackStream?

    private fun nothingWhileOpen(): Nothing? {
        endpoint.throwIfClosed()
        return null
    }

    private fun queues(type: StreamType) = if (type == StreamType.BIDIRECTIONAL) bidirectional else unidirectional
}

/** Who waits for streams of one type at one end: for credit to open one, each in turn, or for one of the peer. */
private class StreamQueues(
    monitor: Monitor,
) {
    /** Those who wait for credit, in the order in which they came. As many as the application lets wait. */
    private val turns = LinkedHashSet<Any>()

    /** There may be credit to open a stream, or another's turn to take it. */
    val credit = Condition(monitor)

    /** A stream of the peer waits. */
    val arrival = Condition(monitor)

    val isAwaited: Boolean get() = turns.isNotEmpty()

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

    fun signal() {
        credit.signal()
        arrival.signal()
    }
}
