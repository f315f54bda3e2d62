package dev.webtransport.testkit

import java.nio.ByteBuffer

/** Bytes in order, in an array that grows by doubling. The owner keeps the bound; nothing here is for several threads. */
internal class ByteRing {
    private var bytes = EMPTY
    private var head = 0

    /** How many bytes wait. */
    var size: Int = 0
        private set

    /** Appends the first [count] bytes that remain in [src]. */
    fun put(src: ByteBuffer, count: Int) {
        reserve(count)
        val tail = (head + size) and (bytes.size - 1)
        val first = minOf(count, bytes.size - tail)
        src.get(bytes, tail, first)
        src.get(bytes, 0, count - first)
        size += count
    }

    /** Moves the oldest bytes into [dst], as many as there are and fit, and answers how many. */
    fun take(dst: ByteBuffer): Int {
        val count = minOf(size, dst.remaining())
        val first = minOf(count, bytes.size - head)
        dst.put(bytes, head, first)
        dst.put(bytes, 0, count - first)
        drop(count)
        return count
    }

    /** Moves the oldest [count] bytes to the end of [other]. */
    fun moveTo(other: ByteRing, count: Int) {
        val first = minOf(count, bytes.size - head)
        other.put(ByteBuffer.wrap(bytes, head, first), first)
        other.put(ByteBuffer.wrap(bytes, 0, count - first), count - first)
        drop(count)
    }

    /** Forgets all bytes, and the memory too. */
    fun clear() {
        bytes = EMPTY
        head = 0
        size = 0
    }

    private fun drop(count: Int) {
        size -= count
        head = if (size == 0) 0 else (head + count) and (bytes.size - 1)
    }

    private fun reserve(count: Int) {
        if (count == 0) return
        val needed = size + count
        check(needed in 0..MAX_SIZE) { "$size bytes and $count more exceed the $MAX_SIZE of a ring" }
        if (needed <= bytes.size) return
        var capacity = maxOf(bytes.size, MIN_CAPACITY)
        while (capacity < needed) capacity *= 2
        val grown = ByteArray(capacity)
        val first = minOf(size, bytes.size - head)
        bytes.copyInto(grown, 0, head, head + first)
        bytes.copyInto(grown, first, 0, size - first)
        bytes = grown
        head = 0
    }

    companion object {
        /** What one ring can hold: 1 GiB. */
        const val MAX_SIZE = 1 shl 30

        private const val MIN_CAPACITY = 64
        private val EMPTY = ByteArray(0)
    }
}
