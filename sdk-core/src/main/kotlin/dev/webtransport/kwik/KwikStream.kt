package dev.webtransport.kwik

import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.TransportSpi
import tech.kwik.core.QuicStream

/**
 * One stream: Kwik's, and its halves. A stream of the peer is known from its first packet on, which is earlier than Kwik hands
 * it out.
 */
@OptIn(TransportSpi::class)
internal class KwikStream(
    val connection: KwikConnection,
    override val id: Long,
    isPeers: Boolean,
    sends: Boolean,
    receives: Boolean,
) : QuicBidirectionalStream {
    private val sendHalf = if (sends) KwikSendStream(this) else null
    private val receiveHalf = if (receives) KwikReceiveStream(this) else null

    /** Kwik's stream; set before the stream is given to anybody. */
    @Volatile
    lateinit var kwik: QuicStream

    /** Whether Kwik has handed the stream out. */
    val isAttached: Boolean get() = ::kwik.isInitialized

    private val lock = Any()

    // All under the lock.
    private var heard = false
    private var attached = !isPeers
    private var sendEnded = !sends
    private var receiveEnded = !receives

    override val send: KwikSendStream
        get() = checkNotNull(sendHalf) { "stream $id cannot send: it is a unidirectional stream of the peer" }
    override val receive: KwikReceiveStream
        get() = checkNotNull(receiveHalf) { "stream $id cannot receive: it is a unidirectional stream of this end" }

    /** The half that a frame of the peer is about, or null if there is no such half. */
    val sendOrNull: KwikSendStream? get() = sendHalf
    val receiveOrNull: KwikReceiveStream? get() = receiveHalf

    /**
     * Kwik hands the stream out, or the peer's first frame for it has come; true when both have happened now. Kwik hands out streams
     * with lower ids along with the first one that is heard of; the peer may not have begun them yet.
     */
    fun handleAttached(created: QuicStream): Boolean {
        kwik = created
        var handsOut = false
        forgetIf {
            attached = true
            handsOut = heard
        }
        return handsOut
    }

    fun handleHeard(): Boolean = synchronized(lock) {
        val first = !heard
        heard = true
        first && attached
    }

    /** Takes out what has arrived, because Kwik will throw it away. On the thread that processes packets. */
    fun salvage() {
        if (isAttached) receiveHalf?.salvage()
    }

    /**
     * The connection has ended.
     *
     * @param mayStillSend whether what was written before may leave yet
     */
    fun handleConnectionEnd(cause: QuicConnectionException, mayStillSend: Boolean) {
        sendHalf?.handleConnectionEnd(cause, mayStillSend)
        receiveHalf?.handleConnectionEnd(cause)
    }

    /** Nothing more will be sent. */
    fun handleSendEnded() = forgetIf {
        sendEnded = true
    }

    /** Nothing more will be received. */
    fun handleReceiveEnded() = forgetIf {
        receiveEnded = true
    }

    /** A stream that ended before Kwik has handed it out is kept until then, or it would be taken for a new one. */
    private inline fun forgetIf(change: () -> Unit) {
        val over = synchronized(lock) {
            change()
            attached && sendEnded && receiveEnded
        }
        if (over) connection.forget(this)
    }
}
