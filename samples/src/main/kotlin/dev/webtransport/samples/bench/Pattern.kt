package dev.webtransport.samples.bench

import dev.webtransport.session.SendStream
import java.nio.ByteBuffer
import java.util.Random

/** Bytes that are the same on both ends and nowhere repeat within a megabyte, so that a lost or moved piece shows in the checksum. */
internal object Pattern {
    private const val SIZE = 1 shl 20
    private val bytes: ByteBuffer = ByteBuffer.allocateDirect(SIZE).apply {
        put(ByteArray(SIZE).also { Random(1).nextBytes(it) }).flip()
    }

    /** Writes [count] bytes of the pattern. */
    suspend fun send(stream: SendStream, count: Long, progress: (Long) -> Unit = {}) {
        var sent = 0L
        while (sent < count) {
            val piece = piece(sent, count)
            val size = piece.remaining()
            stream.write(piece)
            sent += size
            progress(sent)
        }
    }

    /** The checksum of the first [count] bytes. */
    fun checksum(count: Long): String {
        val sum = Checksum()
        var done = 0L
        while (done < count) {
            val piece = piece(done, count)
            done += piece.remaining()
            sum.add(piece)
        }
        return sum.toString()
    }

    private fun piece(position: Long, count: Long): ByteBuffer {
        val offset = (position % SIZE).toInt()
        val size = minOf(CHUNK.toLong(), (SIZE - offset).toLong(), count - position).toInt()
        return bytes.slice(offset, size)
    }
}
