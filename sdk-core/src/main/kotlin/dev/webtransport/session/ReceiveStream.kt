package dev.webtransport.session

import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer

/** The receiving half of a stream. One coroutine at a time reads; [stopSending] may come from anywhere. */
@SubclassOptInRequired(NotForImplementation::class)
public interface ReceiveStream {
    /** The stream id (RFC 9000, section 2.1). Unique on its connection only. */
    public val id: Long

    /** The session that owns this stream. */
    public val session: WebTransportSession

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
     * Tells the peer to send no more (STOP_SENDING); what is unread is dropped, and a suspended [read] fails with
     * [IllegalStateException]. No effect once the stream has ended.
     *
     * @param errorCode 0 to 2^32-1
     * @throws IllegalArgumentException if the code is out of range
     */
    public fun stopSending(errorCode: Long = 0)
}

/**
 * Reads up to the clean end of the stream.
 *
 * Cancellation: what was read so far is lost.
 *
 * @param limit the most bytes to take; the memory this call may cost
 * @throws IllegalStateException if the stream is longer than [limit]; the rest is still to be read or stopped
 * @throws dev.webtransport.error.StreamResetException if the peer abandoned the stream: truncated data never looks whole
 * @throws dev.webtransport.error.SessionException if the session has ended
 */
public suspend fun ReceiveStream.readAll(limit: Int): ByteArray {
    require(limit >= 0) { "limit $limit is negative" }
    val whole = ByteArrayOutputStream()
    val chunk = ByteArray(if (limit < READ_CHUNK) limit + 1 else READ_CHUNK)
    while (true) {
        val read = read(ByteBuffer.wrap(chunk))
        if (read < 0) return whole.toByteArray()
        whole.write(chunk, 0, read)
        check(whole.size() <= limit) { "stream $id is longer than the limit of $limit bytes" }
    }
}

private const val READ_CHUNK = 16 shl 10
