package dev.webtransport.session

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import java.io.EOFException
import java.nio.ByteBuffer

/**
 * Takes what is here, at least one byte; waits while there is none.
 *
 * Cancellation: no byte is lost; the next read gets it.
 *
 * @param max the most bytes to take, at least 1
 * @return the bytes, or null at the clean end of the stream, again and again
 * @throws dev.webtransport.error.StreamResetException if the peer abandoned the stream
 * @throws dev.webtransport.error.SessionException if the session has ended
 * @throws IllegalStateException after [ReceiveStream.stopSending]
 * @throws IllegalArgumentException if [max] is not positive
 */
public suspend fun ReceiveStream.read(max: Int): ByteArray? {
    require(max > 0) { "$max bytes to read; it needs at least 1" }
    val view = peek(1)
    return if (view.hasRemaining()) take(view, minOf(max, view.remaining())) else null
}

/**
 * Reads up to the clean end of the stream. Truncated data never looks whole: anything but a clean end is a failure.
 *
 * Cancellation: no byte is lost; the next read gets it.
 *
 * @param limit the most bytes to take; this call may cost three times as much memory, as the bytes arrive
 * @throws IllegalStateException if the stream is longer than [limit]: nothing is taken, all is still to be read or stopped
 * @throws dev.webtransport.error.StreamResetException if the peer abandoned the stream; what came before can still be read
 * @throws dev.webtransport.error.SessionException if the session has ended
 * @throws IllegalArgumentException if [limit] is negative
 */
public suspend fun ReceiveStream.readAll(limit: Int): ByteArray = take(peekAll(limit))

/**
 * Reads a number of bytes, no more and no fewer.
 *
 * Cancellation: no byte is lost; the next read gets it.
 *
 * @param count how many; 0 gives none at once
 * @throws EOFException if the stream ends before: nothing is taken, what came is still to be read. Whether another piece
 *   begins at all is told by `peek(1)`
 * @throws dev.webtransport.error.StreamResetException if the peer abandoned the stream; what came before can still be read
 * @throws dev.webtransport.error.SessionException if the session has ended
 * @throws IllegalStateException after [ReceiveStream.stopSending]
 * @throws IllegalArgumentException if [count] is negative
 */
public suspend fun ReceiveStream.readExactly(count: Int): ByteArray = take(peekExactly(count))

/**
 * Reads up to a separator, and the separator with it.
 *
 * Cancellation: no byte is lost; the next read gets it.
 *
 * @param separator at least one byte
 * @param limit the most bytes to take, those of the separator included; with 16 KiB more it bounds what is held
 * @return the bytes, the separator at their end; null at the clean end of the stream with nothing before it
 * @throws IllegalStateException if there is no separator within the limit: nothing is taken, what came is still to be read
 * @throws EOFException if the stream ends before the separator: nothing is taken, what came is still to be read
 * @throws dev.webtransport.error.StreamResetException if the peer abandoned the stream; what came before can still be read
 * @throws dev.webtransport.error.SessionException if the session has ended
 * @throws IllegalArgumentException if the separator is empty, or longer than [limit]
 */
public suspend fun ReceiveStream.readUntil(separator: ByteArray, limit: Int): ByteArray? = peekUntil(separator, limit)?.let(::take)

/**
 * Reads a line of text in UTF-8, without the `\n` or `\r\n` that ends it. What comes before the clean end of the stream is a line,
 * too. Bytes that are no UTF-8 become U+FFFD; [readUntil] gives them as they are.
 *
 * Cancellation: no byte is lost; the next read gets it.
 *
 * @param limit the most bytes to take, the end of the line included; with 16 KiB more it bounds what is held
 * @return the line, or null at the clean end of the stream, again and again
 * @throws IllegalStateException if the line is longer than [limit]: nothing is taken, what came is still to be read
 * @throws dev.webtransport.error.StreamResetException if the peer abandoned the stream; what came before can still be read
 * @throws dev.webtransport.error.SessionException if the session has ended
 * @throws IllegalArgumentException if [limit] is not positive
 */
public suspend fun ReceiveStream.readLine(limit: Int): String? {
    val line = take(peekLine(limit) ?: return null)
    var end = line.size
    if (line[end - 1] == '\n'.code.toByte()) {
        end--
        if (end > 0 && line[end - 1] == '\r'.code.toByte()) end--
    }
    return line.decodeToString(0, end)
}

/**
 * The bytes that are left, in the pieces in which they come, up to the clean end of the stream. Each collection goes on where
 * reading stopped; the next piece is taken when the collector has done with the one before. Fails as [read] does.
 *
 * Cancellation: a piece is either emitted or left to be read.
 *
 * @param chunkSize the most bytes of a piece. Default 16 KiB, as much as is read ahead at once
 * @throws IllegalArgumentException if [chunkSize] is not positive
 */
public fun ReceiveStream.asFlow(chunkSize: Int = READ_CHUNK): Flow<ByteArray> {
    require(chunkSize > 0) { "chunks of $chunkSize bytes; they need at least 1" }
    return flow { while (true) emit(read(chunkSize) ?: break) }
}

private fun ReceiveStream.take(view: ByteBuffer, count: Int = view.remaining()): ByteArray {
    val bytes = ByteArray(count)
    view.get(bytes)
    skip(count)
    return bytes
}

private const val READ_CHUNK = 16 shl 10
