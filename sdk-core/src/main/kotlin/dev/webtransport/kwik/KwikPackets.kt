package dev.webtransport.kwik

import org.slf4j.LoggerFactory
import tech.kwik.core.frame.AckFrame
import tech.kwik.core.frame.ConnectionCloseFrame
import tech.kwik.core.frame.DataBlockedFrame
import tech.kwik.core.frame.DatagramFrame
import tech.kwik.core.frame.MaxDataFrame
import tech.kwik.core.frame.MaxStreamDataFrame
import tech.kwik.core.frame.MaxStreamsFrame
import tech.kwik.core.frame.QuicFrame
import tech.kwik.core.frame.ResetStreamFrame
import tech.kwik.core.frame.StopSendingFrame
import tech.kwik.core.frame.StreamFrame
import tech.kwik.core.packet.QuicPacket
import tech.kwik.core.packet.ShortHeaderPacket
import java.time.Instant
import java.util.concurrent.CountDownLatch
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicLong

/**
 * What the packets of a connection tell, beyond what Kwik passes on: codes of resets and stops, credit, what has left and what
 * was acknowledged, datagrams in their order.
 *
 * Packets are shown before Kwik looks at them. A frame that makes something possible which would block before (data to read, credit to
 * open a stream) is first handed to Kwik here, and told afterwards; Kwik then comes upon it again and finds nothing new in it.
 */
internal class KwikPackets(private val connection: KwikConnection) : PacketListener {
    private val repeater = CreditRepeater()
    private val pings = PingExchange()
    private val packetsReceived = AtomicLong()
    private val bytesReceived = AtomicLong()
    private val closeLeft = CountDownLatch(1)

    @Volatile
    private var lastHeard = System.nanoTime()

    @Volatile
    private var lastSent = System.nanoTime()

    /** The stream ids below which the peer may open streams, by what was sent to it. */
    @Volatile
    private var bidirectionalLimit = connection.config.maxIncomingBidirectionalStreams() * ID_STEP

    @Volatile
    private var unidirectionalLimit = connection.config.maxIncomingUnidirectionalStreams() * ID_STEP

    /** Told how long a packet has waited. */
    @Volatile
    var onProcessed: (Instant) -> Unit = {}

    /** Called before the first packet with data. */
    @Volatile
    var onFirstData: (() -> Unit)? = null

    // On the thread that processes packets only.
    private val seen = SeenPackets()

    val received: Long get() = packetsReceived.get()
    val receivedBytes: Long get() = bytesReceived.get()

    /** Whether nothing has been sent or heard for so long. */
    fun isSilentFor(millis: Long): Boolean {
        val silent = System.nanoTime() - maxOf(lastHeard, lastSent)
        return silent >= TimeUnit.MILLISECONDS.toNanos(millis)
    }

    /** Whether CONNECTION_CLOSE has left. */
    val hasCloseLeft: Boolean get() = closeLeft.count == 0L

    /** Waits until CONNECTION_CLOSE has left. Blocks. */
    fun awaitCloseLeft(nanos: Long): Boolean = closeLeft.await(nanos, TimeUnit.NANOSECONDS)

    override fun handleReceived(arrived: Instant, packet: QuicPacket) {
        packetsReceived.incrementAndGet()
        bytesReceived.addAndGet(packet.size.toLong())
        lastHeard = System.nanoTime()
        onProcessed(arrived)
        val isData = packet is ShortHeaderPacket
        if (isData) {
            onFirstData?.let {
                onFirstData = null
                it()
            }
        }
        val isNew = !isData || seen.add(packet.packetNumber)
        if (isData && isNew) pings.handleReceived(packet.frames)
        for (frame in packet.frames) {
            when {
                frame is ConnectionCloseFrame -> connection.handlePeerClose(closeReason(frame))

                // What is repeated has had its effect; and Kwik accepts nothing below the data packets that is told here.
                isData && isNew -> handleGuarded(frame, packet)
            }
        }
    }

    override fun handleAborted(message: String, cause: Throwable) = connection.handleAborted(cause)

    private fun handleGuarded(frame: QuicFrame, packet: QuicPacket) {
        try {
            handle(frame, packet)
        } catch (over: RejectedExecutionException) {
            // Kwik has ended the connection in another thread, and tells so there.
            LOG.debug("{}: a frame came while the connection ended", connection, over)
        } catch (unexpected: RuntimeException) {
            connection.handleFailure("a frame could not be handled", unexpected)
        }
    }

    private fun handle(frame: QuicFrame, packet: QuicPacket) {
        when (frame) {
            is StreamFrame -> {
                handleStream(frame, packet)
            }

            is AckFrame -> {
                handleAck(frame)
            }

            is DatagramFrame -> {
                connection.datagrams.handleReceived(frame)
            }

            is MaxStreamDataFrame -> {
                handleMaxStreamData(frame, packet)
            }

            is MaxDataFrame -> {
                handleMaxData(frame, packet)
            }

            is MaxStreamsFrame -> {
                connection.kwik.process(frame, packet, null)
                connection.handleLimit(frame.isAppliesToBidirectional, frame.maxStreams)
            }

            is ResetStreamFrame -> {
                handleReset(frame, packet)
            }

            is StopSendingFrame -> {
                handleStopSending(frame, packet)
            }

            is DataBlockedFrame -> {
                repeater.handleBlocked()?.let(::repeat)
            }
        }
    }

    private fun handleStream(frame: StreamFrame, packet: QuicPacket) {
        connection.kwik.process(frame, packet, null)
        stream(frame.streamId)?.receiveOrNull?.handleFrame(frame)
    }

    private fun handleAck(frame: AckFrame) {
        connection.acknowledgements.handleAcknowledged(frame)
        repeater.handleAcknowledged(frame)?.let(::repeat)
    }

    private fun repeat(credit: MaxDataFrame) = connection.kwik.send(credit, {}, true)

    private fun handleMaxStreamData(frame: MaxStreamDataFrame, packet: QuicPacket) {
        val send = stream(frame.streamId)?.sendOrNull ?: return
        // First to Kwik, which asks itself then to send the stream; only after that may more be handed over.
        connection.kwik.process(frame, packet, null)
        if (frame.maxData <= send.credit) return
        send.credit = frame.maxData
        connection.outbox.wake(send)
    }

    private fun handleMaxData(frame: MaxDataFrame, packet: QuicPacket) {
        connection.kwik.process(frame, packet, null)
        if (frame.maxData <= connection.outbox.credit) return
        connection.outbox.credit = frame.maxData
        connection.outbox.wake()
    }

    private fun handleReset(frame: ResetStreamFrame, packet: QuicPacket) {
        announce(frame.streamId, packet)
        val process = { connection.kwik.process(frame, packet, null) }
        stream(frame.streamId)?.receiveOrNull?.handleReset(frame.errorCode, process) ?: process()
    }

    private fun handleStopSending(frame: StopSendingFrame, packet: QuicPacket) {
        announce(frame.streamId, packet)
        val send = stream(frame.streamId)?.sendOrNull ?: return
        send.handleStopped(frame.errorCode)
        connection.outbox.resetBefore(send, frame.errorCode)
    }

    /**
     * Makes Kwik hand out a stream of the peer that begins with its end. Kwik takes no notice of a RESET_STREAM or STOP_SENDING for a
     * stream that it does not know yet (StreamManager.process), and never gives back the peer's credit for it.
     */
    private fun announce(id: Int, packet: QuicPacket) {
        if (connection.liveStream(id) == null && stream(id) != null) {
            connection.kwik.process(StreamFrame(id, 0, ByteArray(0), false), packet, null)
        }
    }

    /**
     * A stream that a frame of the peer is about. How many it may open is known by what was sent to it; but it may answer before this end
     * has come round to seeing that, so as many again are granted. Kwik is exact, and ends the connection.
     */
    private fun stream(id: Int): KwikStream? {
        val limit = if (id and UNIDIRECTIONAL_BIT != 0) {
            unidirectionalLimit + ID_STEP.toLong() * connection.config.maxIncomingUnidirectionalStreams()
        } else {
            bidirectionalLimit + ID_STEP.toLong() * connection.config.maxIncomingBidirectionalStreams()
        }
        return connection.stream(id, limit)
    }

    override fun handleSent(packet: QuicPacket) {
        lastSent = System.nanoTime()
        try {
            handleFramesSent(packet)
        } catch (unexpected: RuntimeException) {
            connection.handleFailure("a packet that was sent could not be handled", unexpected)
        }
    }

    private fun handleFramesSent(packet: QuicPacket) {
        for (frame in packet.frames) {
            when (frame) {
                is StreamFrame -> handleStreamSent(frame, packet.packetNumber)
                is ResetStreamFrame -> connection.liveStream(frame.streamId)?.sendOrNull?.let { connection.outbox.handleSent(it, frame) }
                is MaxDataFrame -> repeater.handleSent(packet.packetNumber, frame)
                is MaxStreamsFrame -> handleLimitSent(frame)
                is ConnectionCloseFrame -> closeLeft.countDown()
            }
        }
        if (packet is ShortHeaderPacket) {
            connection.outbox.handlePacketSent()
            if (pings.handleSent(packet.frames)) connection.ping()
        }
    }

    private fun handleStreamSent(frame: StreamFrame, packetNumber: Long) {
        val send = connection.liveStream(frame.streamId)?.sendOrNull ?: return
        connection.acknowledgements.handleSent(packetNumber, send.progress, frame)
        connection.outbox.handleSent(send, frame)
    }

    private fun handleLimitSent(frame: MaxStreamsFrame) {
        val limit = minOf(frame.maxStreams * ID_STEP, Int.MAX_VALUE.toLong()).toInt()
        if (frame.isAppliesToBidirectional) {
            bidirectionalLimit = maxOf(bidirectionalLimit, limit)
        } else {
            unidirectionalLimit = maxOf(unidirectionalLimit, limit)
        }
    }

    private companion object {
        val LOG = LoggerFactory.getLogger(KwikPackets::class.java)!!

        /** RFC 9000, section 2.1: the bits of a stream id. */
        const val UNIDIRECTIONAL_BIT = 0x2
        const val ID_STEP = 4
    }
}
