package dev.webtransport.session

import dev.webtransport.value.SendGroup
import dev.webtransport.value.SendStreamStatistics
import java.nio.ByteBuffer

/**
 * The sending half of a stream.
 *
 * **Only [finish] ends it well.** Who leaves a stream without it ([use], a failure, cancellation) resets it, so that cut
 * data never looks whole. One coroutine at a time writes; [reset] may come from anywhere.
 */
@SubclassOptInRequired(NotForImplementation::class)
public interface SendStream {
    /** The stream id (RFC 9000, section 2.1). Unique on its connection only. */
    public val id: Long

    /** The session that owns this stream. */
    public val session: WebTransportSession

    /**
     * Whether a [write] may still have an effect: false once this end has finished or reset the stream, or the session has
     * ended, or a call here was told that the peer wants no more. A snapshot; what decides is the write.
     */
    public val isWritable: Boolean

    /**
     * How urgent this stream is within its group: while the connection cannot carry everything, a higher order is sent first,
     * and a lower one only when no higher one has anything that it may send (W3C WebTransport, `sendOrder`). Default 0. It
     * may be changed at any time, and then also counts for what was written and has not left yet. No effect once the stream
     * has ended.
     */
    public var sendOrder: Long

    /**
     * The group of this stream; null, the default, for that of all streams of the session without another (W3C WebTransport,
     * `sendGroup`). Groups get equal shares of a connection that cannot carry everything. It may be changed like
     * [sendOrder].
     *
     * @throws IllegalArgumentException if the group is another session's
     */
    public var sendGroup: SendGroup?

    /**
     * Sends all remaining bytes of [data], which may be reused on return. Suspends while the peer takes no more: it reads
     * too slowly, grants the session no more ([FlowControl]), or the network carries too little. Returning says that the bytes were taken, not that they arrived.
     * Where one write ends and the next begins is not seen by the peer. No bytes, no effect.
     *
     * Cancellation: the bytes up to the buffer's position were taken, the rest was not; the stream lives.
     *
     * @throws dev.webtransport.error.StreamStoppedException if the peer wants no more; its code is in it
     * @throws dev.webtransport.error.SessionException if the session has ended
     * @throws IllegalStateException after [finish] or [reset]
     */
    public suspend fun write(data: ByteBuffer)

    /** The same for an array. */
    public suspend fun write(data: ByteArray): Unit = write(ByteBuffer.wrap(data))

    /**
     * Ends the stream well: everything written, then FIN. Returns when both were handed over, not when they arrived.
     * Repeatable.
     *
     * Cancellation: the stream is finished nevertheless.
     *
     * @throws dev.webtransport.error.StreamStoppedException if the peer wanted no more before
     * @throws dev.webtransport.error.SessionException if the session has ended
     * @throws IllegalStateException after [reset]
     */
    public suspend fun finish()

    /**
     * Abandons the stream; the peer's reads fail with [errorCode], and what it has not read yet may be gone. A suspended
     * [write] here fails with [IllegalStateException]. No effect once the stream has ended.
     *
     * @param errorCode 0 to 2^32-1
     * @throws IllegalArgumentException if the code is out of range
     */
    public fun reset(errorCode: Long = 0)

    /**
     * Waits until the peer asks to stop (STOP_SENDING), and tells its code; null when the code has no mapping or the
     * transport cannot tell it ([dev.webtransport.transport.TransportCapability.PEER_STOP_CODE]).
     *
     * Cancellation: nothing happens.
     *
     * @throws dev.webtransport.error.SessionException if the session ends first
     * @throws IllegalStateException once this end has finished or reset the stream
     */
    public suspend fun awaitStopped(): Long?

    /** How much was written so far; after the end the last values. What the transport cannot tell is absent. For any thread; never waits. */
    public fun statistics(): SendStreamStatistics
}

/**
 * Runs [block] and resets the stream unless it was finished, by success or not: with [errorCode] 0 if nothing else is
 * asked.
 */
public suspend inline fun <R> SendStream.use(errorCode: Long = 0, block: (SendStream) -> R): R {
    try {
        return block(this)
    } finally {
        reset(errorCode)
    }
}
