package dev.webtransport.transport

import dev.webtransport.value.DatagramStatus
import dev.webtransport.value.Perspective
import kotlinx.coroutines.CoroutineDispatcher
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import kotlin.coroutines.EmptyCoroutineContext

/** One QUIC connection, its handshake complete. */
@TransportSpi
public interface QuicConnection {
    /** Which end this is. */
    public val perspective: Perspective

    /** What the engine can do. */
    public val capabilities: Set<TransportCapability>

    /** The local address. */
    public val localAddress: InetSocketAddress

    /** The peer's address now; it changes when the connection migrates. */
    public val remoteAddress: InetSocketAddress

    /** The largest datagram payload that can be sent now, in bytes; 0 when the peer takes none. It follows the path. */
    public val maxDatagramSize: Int

    /**
     * The one thread on which the engine serves this connection, where it has such a thread and short work may be done there: HTTP/3
     * decides on it what is to be decided, so that nothing changes threads for that. Null where others must do such work. It does one
     * thing at a time, in order, also after the connection's end.
     */
    public val dispatcher: CoroutineDispatcher? get() = null

    /**
     * Runs [task] where [dispatcher] does, for a connection that has one, but behind the packet that is about to be sent, if there is
     * one: for what no packet waits for. In no order that could be relied on; also after the connection's end.
     */
    public fun dispatchBehind(task: Runnable) {
        checkNotNull(dispatcher) { "this connection lends no thread" }.dispatch(EmptyCoroutineContext, task)
    }

    /**
     * Opens a bidirectional stream, waiting for the peer's credit (MAX_STREAMS) if need be. The peer learns of it with
     * the first bytes.
     *
     * Cancellation: no stream is opened, or the one that was is reset.
     *
     * @throws QuicConnectionException if the connection has ended or ends meanwhile
     */
    public suspend fun openBidirectionalStream(): QuicBidirectionalStream

    /** The same for a unidirectional stream. */
    public suspend fun openUnidirectionalStream(): QuicSendStream

    /** Opens a bidirectional stream if there is credit for it now, else answers null. */
    public fun tryOpenBidirectionalStream(): QuicBidirectionalStream?

    /** Opens a unidirectional stream if there is credit for it now, else answers null. */
    public fun tryOpenUnidirectionalStream(): QuicSendStream?

    /**
     * The next bidirectional stream of the peer. The number of waiting streams is bounded by the credit given to the
     * peer ([dev.webtransport.config.QuicConfig.maxIncomingBidirectionalStreams]). A stream that is accepted has to be read to its end, or
     * stopped: until then it keeps its place and its credit.
     *
     * Cancellation: no stream is lost to it.
     *
     * @throws QuicConnectionException once the connection has ended
     */
    public suspend fun acceptBidirectionalStream(): QuicBidirectionalStream

    /** The same for a unidirectional stream. */
    public suspend fun acceptUnidirectionalStream(): QuicReceiveStream

    /**
     * Queues one datagram; takes all of [data], which belongs to the caller again on return. After the connection's end
     * it answers [DatagramStatus.BLOCKED].
     */
    public fun sendDatagram(data: ByteBuffer): DatagramStatus

    /**
     * Waits until [sendDatagram] would have room for another datagram. Who waits must try, and may find that somebody else was
     * faster.
     *
     * Cancellation: nothing happens.
     *
     * @throws QuicConnectionException if the connection has ended or ends meanwhile
     */
    public suspend fun awaitDatagramRoom()

    /**
     * The next datagram of the peer, in order of arrival. The queue is bounded
     * ([dev.webtransport.config.DatagramConfig.incomingQueueLength]); the oldest goes when it is full.
     *
     * Cancellation: no datagram is lost to it.
     *
     * @throws QuicConnectionException once the connection has ended
     */
    public suspend fun receiveDatagram(): ByteBuffer

    /**
     * Closes the connection with an application error code (CONNECTION_CLOSE of type 0x1d) and ends everything on it.
     * Returns at once; the first close wins.
     *
     * @param errorCode 0 to 2^62-1
     * @param reason UTF-8 of it goes to the peer, cut to what fits a packet
     */
    public fun close(errorCode: Long, reason: String)

    /** Waits for the end of the connection and tells how it ended. Any number may wait; later calls get the same answer. */
    public suspend fun awaitClosed(): QuicCloseReason

    /**
     * Waits until the peer's QUIC has all of every stream whose sending half this end has finished before, or whose halves are
     * both over; its application may not have read it yet. Of a bidirectional stream that is still being received an engine may
     * know nothing, and does not wait then. Where an engine cannot tell at all it returns at once.
     *
     * Cancellation: nothing happens.
     *
     * @throws QuicConnectionException if the connection has ended or ends meanwhile
     */
    public suspend fun awaitAcknowledged()

    /** Counters now; after the end those of the end. */
    public suspend fun statistics(): QuicStatistics

    /** Whether the handshake resumed an earlier one by a session ticket (RFC 8446, section 2.2); null where the engine cannot tell. */
    public val isResumed: Boolean?

    /**
     * Derives keying material by the TLS exporter (RFC 8446, section 7.5), the same at both ends. It does so after the
     * connection's end, too.
     *
     * @param label ASCII
     * @param length at most 255 times the length of the cipher suite's hash: 8,160 bytes with each of TLS 1.3
     * @throws UnsupportedOperationException without [TransportCapability.KEYING_MATERIAL_EXPORTER]
     * @throws IllegalArgumentException if [length] is out of bounds
     */
    public fun exportKeyingMaterial(label: String, context: ByteArray, length: Int): ByteArray
}

/** Counters of a connection; null where the engine cannot tell. */
public class QuicStatistics(
    /** Packets sent, lost ones too. */
    public val packetsSent: Long? = null,
    /** Packets received. */
    public val packetsReceived: Long? = null,
    /** Packets held to be lost. */
    public val packetsLost: Long? = null,
    /** Bytes in UDP payloads sent. */
    public val bytesSent: Long? = null,
    /** Bytes in UDP payloads received. */
    public val bytesReceived: Long? = null,
    /** Bytes of packets held to be lost. */
    public val bytesLost: Long? = null,
    /** Bytes of streams that were sent again. */
    public val bytesRetransmitted: Long? = null,
    /** The smoothed round-trip time of RFC 9002, in nanoseconds. */
    public val smoothedRttNanos: Long? = null,
    /** The mean variation of the round-trip time of RFC 9002, in nanoseconds. */
    public val rttVariationNanos: Long? = null,
    /** The smallest round-trip time, in nanoseconds. */
    public val minRttNanos: Long? = null,
    /** The congestion window, in bytes. */
    public val congestionWindowBytes: Long? = null,
    /** The rate at which the network delivers, in bytes per second. */
    public val deliveryRateBytesPerSecond: Long? = null,
    /** The largest UDP payload that the path is held to carry, in bytes. */
    public val pathMtuBytes: Long? = null,
    /** Datagrams sent. */
    public val datagramsSent: Long? = null,
    /** Datagrams received. */
    public val datagramsReceived: Long? = null,
    /** Datagrams sent and held to be lost. */
    public val datagramsLost: Long? = null,
)
