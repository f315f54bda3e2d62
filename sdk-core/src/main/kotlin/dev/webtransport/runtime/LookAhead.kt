package dev.webtransport.runtime

import dev.webtransport.wire.BufferCursor
import java.nio.ByteBuffer

/**
 * Received bytes of one stream that were looked at but not taken. Grows with what arrives, not with what is asked for, so that
 * who announces much and sends little costs little; what was taken to its last byte holds no memory.
 *
 * Bound: who waits for n bytes never holds more than n and one [CHUNK] of them, in at most twice as much memory.
 *
 * Bytes that were shown stay where they are: more memory is new memory. One coroutine at a time.
 */
internal class LookAhead(early: ByteBuffer?) {
    private var bytes: ByteBuffer = early?.slice() ?: NOTHING
    private var from = 0
    private var to = bytes.capacity()

    /** How many bytes wait to be taken. */
    val size: Int get() = to - from

    /** All that waits, from position 0 on; nobody can write into it. */
    fun view(): ByteBuffer {
        val all = bytes.duplicate()
        BufferCursor.advance(all, from)
        return BufferCursor.peek(all, size).slice().asReadOnlyBuffer()
    }

    /** Where the next bytes go, behind those that wait; [handleFilled] says how many came. */
    fun room(missing: Int): ByteBuffer {
        if (to == bytes.capacity()) move(maxOf(CHUNK, enlarged(size)))
        val room = bytes.duplicate()
        BufferCursor.advance(room, to)
        return BufferCursor.peek(room, minOf(bytes.capacity() - to, maxOf(missing, CHUNK)))
    }

    /** So many bytes were written into the [room]; none or -1 is no harm. */
    fun handleFilled(count: Int) {
        if (count > 0) to += count
        releaseIfEmpty()
    }

    /** Moves as many bytes into [dst] as wait and fit. */
    fun moveTo(dst: ByteBuffer): Int {
        val count = minOf(size, dst.remaining())
        val all = bytes.duplicate()
        BufferCursor.advance(all, from)
        dst.put(BufferCursor.peek(all, count))
        skip(count)
        return count
    }

    /** Drops bytes that wait. */
    fun skip(count: Int) {
        from += count
        releaseIfEmpty()
    }

    private fun move(capacity: Int) {
        val larger = ByteBuffer.allocate(capacity)
        val count = moveTo(larger)
        bytes = BufferCursor.toFill(larger)
        from = 0
        to = count
    }

    private fun releaseIfEmpty() {
        if (from < to) return
        bytes = NOTHING
        from = 0
        to = 0
    }

    internal companion object {
        /** The most that is read ahead of what somebody waits for: a few packets. */
        const val CHUNK = 16 shl 10

        /** No array is larger everywhere. */
        private const val MAX_CAPACITY = Int.MAX_VALUE - 8

        private val NOTHING: ByteBuffer = ByteBuffer.allocate(0)

        private fun enlarged(size: Int): Int {
            check(size < MAX_CAPACITY) { "$size bytes wait to be taken, and no array is larger; read in smaller pieces" }
            return minOf(2L * size, MAX_CAPACITY.toLong()).toInt()
        }
    }
}
