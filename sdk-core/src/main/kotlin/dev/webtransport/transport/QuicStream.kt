package dev.webtransport.transport

import java.nio.ByteBuffer

/** Both halves of a bidirectional stream; they end independently. */
@TransportSpi
public interface QuicBidirectionalStream {
    /** The stream id (RFC 9000, section 2.1). */
    public val id: Long

    /** What this end sends. */
    public val send: QuicSendStream

    /** What the peer sends. */
    public val receive: QuicReceiveStream
}

/** The sending half of a stream. One coroutine at a time writes; [reset] may come from anywhere. */
@TransportSpi
public interface QuicSendStream {
    /** The stream id (RFC 9000, section 2.1). */
    public val id: Long

    /**
     * Hands over all remaining bytes of [data]. Suspends while the engine's bounded send buffer
     * ([dev.webtransport.config.QuicConfig.sendBufferSize]) has no room; returning says that the bytes were taken, not
     * that they arrived. [data] belongs to the caller again on return.
     *
     * Cancellation: the bytes up to the buffer's position were taken, the rest was not.
     *
     * @throws QuicStreamStoppedException if the peer sent STOP_SENDING, before or while this waits
     * @throws QuicConnectionException if the connection has ended
     * @throws IllegalStateException after [finish] or [reset]
     */
    public suspend fun write(data: ByteBuffer)

    /**
     * Says whose bytes go first while the connection cannot carry everything; at any time, and also for what was written and
     * has not left yet. Groups are equals, whatever the orders in them; within a group a higher [order] comes strictly
     * first, and equal orders share. A stream that its own credit holds up holds up nobody. A stream for which this was
     * never called comes before all others: it is the protocol's own.
     *
     * @param group any object, by identity
     */
    public fun prioritize(group: Any, order: Long)

    /**
     * Ends the stream: everything written, then FIN. Returns when the engine has taken both. Repeatable; any number may wait.
     *
     * Cancellation: the FIN is sent nevertheless.
     *
     * @throws QuicStreamStoppedException if the peer sent STOP_SENDING first
     * @throws QuicConnectionException if the connection has ended
     */
    public suspend fun finish()

    /**
     * Abandons the stream: RESET_STREAM with [errorCode]; a suspended [write] fails with [IllegalStateException]. Nothing
     * happens when the stream has ended already.
     *
     * @param errorCode 0 to 2^62-1. An engine without [TransportCapability.WIDE_STREAM_CODES] sends a code without mapping instead
     */
    public fun reset(errorCode: Long)

    /**
     * Waits until nothing more can be sent, and tells why: the peer's STOP_SENDING, or null when the stream was finished or
     * reset by this end. Any number may wait.
     *
     * @throws QuicConnectionException if the connection ends first
     */
    public suspend fun awaitStopped(): QuicStreamStoppedException?

    /** How many of the written bytes left this end at least once; null where the engine does not tell. Never falls; also after the end. */
    public val bytesSent: Long? get() = null

    /** How many of them the peer has acknowledged, up to the first gap; null where the engine does not tell. Never falls; also after the end. */
    public val bytesAcknowledged: Long? get() = null
}

/** The receiving half of a stream. One coroutine at a time reads; [stopSending] may come from anywhere. */
@TransportSpi
public interface QuicReceiveStream {
    /** The stream id (RFC 9000, section 2.1). */
    public val id: Long

    /**
     * Moves received bytes into [dst], as many as there are and fit, at least one. Suspends while there are none. Credit
     * goes back to the peer as bytes are taken: who stops reading makes the peer stop sending.
     *
     * Cancellation: no byte is lost to it.
     *
     * @param dst with room for at least one byte
     * @return the number of bytes, or -1 after FIN
     * @throws QuicStreamResetException if the peer reset the stream; bytes not yet read are gone
     * @throws QuicConnectionException if the connection has ended
     * @throws IllegalStateException after [stopSending]
     */
    public suspend fun read(dst: ByteBuffer): Int

    /**
     * Does as [read] what can be done without waiting, and answers 0 if that is nothing; so does an engine that cannot tell. It is the same
     * reader who calls both. Who wraps a stream and changes one of them has to change the other too.
     *
     * @param dst with room for at least one byte
     * @return the number of bytes, 0 if there are none now, or -1 after FIN
     * @throws QuicStreamResetException if the peer reset the stream; bytes not yet read are gone
     * @throws QuicConnectionException if the connection has ended
     * @throws IllegalStateException after [stopSending]
     */
    public fun tryRead(dst: ByteBuffer): Int = 0

    /**
     * Asks the peer to stop: STOP_SENDING with [errorCode]; what is unread is dropped, and a suspended [read] fails with
     * [IllegalStateException]. Nothing happens when the stream has ended already.
     *
     * @param errorCode 0 to 2^62-1. An engine without [TransportCapability.WIDE_STREAM_CODES] sends a code without mapping instead
     */
    public fun stopSending(errorCode: Long)

    /** How many bytes have arrived, up to the first gap, read or not; null where the engine does not tell. Never falls; also after the end. */
    public val bytesReceived: Long? get() = null
}
