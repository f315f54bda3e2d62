package dev.webtransport.session

import dev.webtransport.value.ReceiveStreamStatistics
import java.nio.ByteBuffer

/**
 * The receiving half of a stream. One coroutine at a time reads or looks ahead; [stopSending] may come from anywhere.
 *
 * What stands here is enough to lose nothing: [peek] waits for bytes without taking them, [skip] takes them. [readExactly],
 * [readUntil], [readLine] and [readAll] are made of these two, so that a limit, a timeout or a cancellation leaves every byte
 * for the next read.
 */
@SubclassOptInRequired(NotForImplementation::class)
public interface ReceiveStream {
    /** The stream id (RFC 9000, section 2.1). Unique on its connection only. */
    public val id: Long

    /** The session that owns this stream. */
    public val session: WebTransportSession

    /**
     * Whether a read may still give bytes: false once the end was reached, the peer's reset was told or this end stopped the
     * stream, and nothing that was looked at is left; false, too, when the session has ended before. A snapshot; what decides
     * is the read.
     */
    public val isReadable: Boolean

    /**
     * Moves received bytes into [dst]: as many as there are and fit, at least one. Suspends while there are none. Who stops
     * reading makes the peer's writes suspend; nothing is dropped and nothing grows.
     *
     * Cancellation: no byte is lost; the next read gets it.
     *
     * @param dst with room for at least one byte
     * @return how many bytes, or -1 at the clean end of the stream, again and again
     * @throws dev.webtransport.error.StreamResetException if the peer abandoned the stream; its code is in it
     * @throws dev.webtransport.error.SessionException if the session has ended
     * @throws IllegalStateException after [stopSending]
     * @throws IllegalArgumentException if [dst] has no room
     */
    public suspend fun read(dst: ByteBuffer): Int

    /**
     * Waits until at least [count] bytes are here, or the stream has ended, and shows what is here without taking it: the same
     * bytes that [read] gives next. Whatever failure comes later, the bytes that were looked at can be read before it; only
     * [stopSending] and the end of a session, unless all of the stream has come by then, drop them.
     *
     * Up to [count] bytes and 16 KiB more are held for it, in up to twice as much memory, as they arrive; it is given back when
     * they have been taken. For the peer they are consumed: it gets credit for as many.
     *
     * Cancellation: no byte is lost; the next read gets it.
     *
     * @param count how many bytes to wait for; 0 for what is held already
     * @return all that is held, read-only, from position 0 to the limit: fewer than [count] only at the clean end of the stream
     * @throws dev.webtransport.error.StreamResetException if the peer abandoned the stream and fewer bytes are here
     * @throws dev.webtransport.error.SessionException if the session has ended
     * @throws IllegalStateException after [stopSending]
     * @throws IllegalArgumentException if [count] is negative
     */
    public suspend fun peek(count: Int): ByteBuffer

    /**
     * Drops the first bytes of those that [peek] showed. Never waits.
     *
     * @param count how many; no more than are held
     * @throws dev.webtransport.error.SessionException if the session has ended
     * @throws IllegalStateException after [stopSending]
     * @throws IllegalArgumentException if [count] is negative, or more than are held
     */
    public fun skip(count: Int)

    /**
     * Tells the peer to send no more (STOP_SENDING); what is unread is dropped, and a suspended [read] fails with
     * [IllegalStateException]. No effect once the stream has ended.
     *
     * @param errorCode 0 to 2^32-1
     * @throws IllegalArgumentException if the code is out of range
     */
    public fun stopSending(errorCode: Long = 0)

    /** How much was read so far; after the end the last values. What the transport cannot tell is absent. For any thread; never waits. */
    public fun statistics(): ReceiveStreamStatistics
}
