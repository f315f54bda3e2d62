package dev.webtransport.session

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.runInterruptible
import java.io.IOException
import java.nio.Buffer
import java.nio.ByteBuffer
import java.nio.channels.ClosedByInterruptException
import java.nio.channels.FileChannel
import java.nio.channels.ReadableByteChannel
import java.nio.channels.SelectableChannel
import java.nio.file.Path
import java.nio.file.StandardOpenOption

/**
 * How many bytes one write takes unless a call says otherwise: enough that the change of threads for a blocking source does not
 * count, and what such a call costs of memory.
 */
private const val WRITE_CHUNK = 64 shl 10

/**
 * Sends bytes in chunks, and tells after each how far it is. Does not finish the stream: only [SendStream.finish] does.
 *
 * Cancellation: the bytes up to the buffer's position were taken, the rest was not; the stream lives.
 *
 * @param data sent to its limit; may be reused on return
 * @param chunkSize the most bytes between two calls of [progress]. Default 64 KiB; costs no memory
 * @param progress told how many bytes were taken so far, after each chunk, by the coroutine that writes. What it throws ends
 *   the call
 * @return how many bytes were taken
 * @throws dev.webtransport.error.StreamStoppedException if the peer wants no more; its code is in it
 * @throws dev.webtransport.error.SessionException if the session has ended
 * @throws IllegalStateException after [SendStream.finish] or [SendStream.reset]
 * @throws IllegalArgumentException if [chunkSize] is not positive
 */
public suspend fun SendStream.writeAll(data: ByteBuffer, chunkSize: Int = WRITE_CHUNK, progress: (Long) -> Unit = {}): Long {
    requireChunkSize(chunkSize)
    val end = data.limit()
    var written = 0L
    try {
        while (data.position() < end) {
            val count = minOf(chunkSize, end - data.position())
            limit(data, data.position() + count)
            write(data)
            written += count
            progress(written)
        }
    } finally {
        limit(data, end)
    }
    return written
}

/** The same for an array. */
public suspend fun SendStream.writeAll(data: ByteArray, chunkSize: Int = WRITE_CHUNK, progress: (Long) -> Unit = {}): Long =
    writeAll(ByteBuffer.wrap(data), chunkSize, progress)

/**
 * Sends the pieces of a flow one after the other, in chunks where they are large; the flow waits while the peer takes no more.
 * Does not finish the stream: only [SendStream.finish] does. A failure of the flow ends the call; the stream lives.
 *
 * Cancellation: the flow is cancelled; a part of its last piece may not have been sent. What was taken, [progress] was told, but
 * for the chunk under way: who cannot go on from there resets the stream.
 *
 * @param pieces each may be reused when the next one is asked for
 * @param chunkSize the most bytes between two calls of [progress]. Default 64 KiB; costs no memory
 * @param progress told how many bytes were taken so far, after each chunk, by the coroutine that writes. What it throws ends
 *   the call
 * @return how many bytes were taken
 * @throws dev.webtransport.error.StreamStoppedException if the peer wants no more; its code is in it
 * @throws dev.webtransport.error.SessionException if the session has ended
 * @throws IllegalStateException after [SendStream.finish] or [SendStream.reset]
 * @throws IllegalArgumentException if [chunkSize] is not positive
 */
public suspend fun SendStream.writeAll(pieces: Flow<ByteArray>, chunkSize: Int = WRITE_CHUNK, progress: (Long) -> Unit = {}): Long {
    requireChunkSize(chunkSize)
    var before = 0L
    pieces.collect { piece -> before += writeAll(piece, chunkSize) { progress(before + it) } }
    return before
}

/**
 * Sends what a blocking channel gives, up to its end. The channel is read on [Dispatchers.IO], a chunk after the one before was
 * taken; it stays open. Does not finish the stream: only [SendStream.finish] does.
 *
 * Cancellation: wakes a read of the channel that blocks, which closes the channel if it is an
 * [java.nio.channels.InterruptibleChannel] (nothing else wakes those). Up to one chunk was read and not sent; what was taken,
 * [progress] was told, but for the chunk under way: who cannot go on from there resets the stream.
 *
 * @param source in blocking mode
 * @param chunkSize how many bytes to read at once. Default 64 KiB; the memory this call costs
 * @param progress told how many bytes were taken so far, after each chunk, by the coroutine that writes. What it throws ends
 *   the call
 * @return how many bytes were taken
 * @throws IOException if the source cannot be read; the stream lives
 * @throws dev.webtransport.error.StreamStoppedException if the peer wants no more; its code is in it
 * @throws dev.webtransport.error.SessionException if the session has ended
 * @throws IllegalStateException after [SendStream.finish] or [SendStream.reset], and if a read of the channel gives no byte,
 *   although there was room
 * @throws IllegalArgumentException if [chunkSize] is not positive, or the channel is not in blocking mode
 */
public suspend fun SendStream.writeAll(
    source: ReadableByteChannel,
    chunkSize: Int = WRITE_CHUNK,
    progress: (Long) -> Unit = {},
): Long {
    requireChunkSize(chunkSize)
    require(source !is SelectableChannel || source.isBlocking) { "$source is not in blocking mode, in which it could be waited for" }
    val chunk = ByteBuffer.allocate(chunkSize)
    var written = 0L
    while (true) {
        empty(chunk)
        val count = whereBlockingIsAllowed { source.read(chunk) }
        if (count < 0) return written
        check(count > 0) { "$source gave no byte where there was room for $chunkSize; a blocking channel waits for one" }
        fill(chunk)
        write(chunk)
        written += count
        progress(written)
    }
}

/**
 * Sends a file, as it is while it is read, on [Dispatchers.IO]. Does not finish the stream: only [SendStream.finish] does.
 *
 * Cancellation: the file is closed. What was taken, [progress] was told, but for the chunk under way: who cannot go on from
 * there resets the stream.
 *
 * @param file a file that can be read
 * @param chunkSize how many bytes to read at once. Default 64 KiB; the memory this call costs
 * @param progress told how many bytes were taken so far, after each chunk, by the coroutine that writes. What it throws ends
 *   the call
 * @return how many bytes were taken
 * @throws IOException if the file cannot be read; the stream lives
 * @throws dev.webtransport.error.StreamStoppedException if the peer wants no more; its code is in it
 * @throws dev.webtransport.error.SessionException if the session has ended
 * @throws IllegalStateException after [SendStream.finish] or [SendStream.reset]
 * @throws IllegalArgumentException if [chunkSize] is not positive
 */
public suspend fun SendStream.writeAll(file: Path, chunkSize: Int = WRITE_CHUNK, progress: (Long) -> Unit = {}): Long {
    requireChunkSize(chunkSize)
    var opened: FileChannel? = null
    try {
        // Kept by the block itself, because a value that meets a cancellation on its way back is dropped.
        whereBlockingIsAllowed { opened = FileChannel.open(file, StandardOpenOption.READ) }
        return writeAll(checkNotNull(opened), chunkSize, progress)
    } finally {
        opened?.close()
    }
}

private suspend fun <T> whereBlockingIsAllowed(block: () -> T): T {
    try {
        return runInterruptible(Dispatchers.IO, block)
    } catch (closed: ClosedByInterruptException) {
        // How an interruptible channel tells that this call was cancelled.
        currentCoroutineContext().ensureActive()
        throw closed
    }
}

private fun requireChunkSize(chunkSize: Int) = require(chunkSize > 0) { "chunks of $chunkSize bytes; they need at least 1" }

// Android 26 has these on Buffer only.

private fun limit(buffer: Buffer, limit: Int) {
    buffer.limit(limit)
}

private fun empty(buffer: Buffer) {
    buffer.clear()
}

private fun fill(buffer: Buffer) {
    buffer.flip()
}
