package dev.webtransport.session

import java.io.EOFException
import java.nio.Buffer
import java.nio.ByteBuffer

/**
 * Waits for [count] bytes and shows them without taking them, as [ReceiveStream.peek] does, but never more and never fewer.
 *
 * Cancellation: no byte is lost; the next read gets it.
 *
 * @return [count] bytes, read-only
 * @throws EOFException if the stream ends before; what came is still to be read
 * @throws IllegalArgumentException if [count] is negative
 */
public suspend fun ReceiveStream.peekExactly(count: Int): ByteBuffer {
    val view = peek(count)
    val here = view.remaining()
    if (here < count) throw EOFException("stream $id ended after $here of $count bytes; they are still to be read")
    return view.shortenedTo(count)
}

/**
 * Waits for [separator] and shows what comes up to its end without taking it. Each byte is looked at once, wherever the
 * network cuts the separator.
 *
 * Cancellation: no byte is lost; the next read gets it.
 *
 * @param separator at least one byte
 * @param limit the most bytes to look at, those of the separator included; with 16 KiB more it bounds what is held
 * @return the bytes up to the end of the separator, read-only; null at the clean end of the stream with nothing before it
 * @throws IllegalStateException if there is no separator within the limit; what came is still to be read
 * @throws EOFException if the stream ends before the separator; what came is still to be read
 * @throws IllegalArgumentException if the separator is empty, or longer than [limit]
 */
public suspend fun ReceiveStream.peekUntil(separator: ByteArray, limit: Int): ByteBuffer? {
    val search = SeparatorSearch(separator)
    val view = search(search, limit)
    val here = view.remaining()
    if (search.hasFound || here == 0) return view.takeIf { search.hasFound }
    throw EOFException("stream $id ended after $here bytes, and no separator among them; they are still to be read")
}

/**
 * Waits for the end of a line and shows the line without taking it.
 *
 * Cancellation: no byte is lost; the next read gets it.
 *
 * @param limit the most bytes to look at, the end of the line included; with 16 KiB more it bounds what is held
 * @return the line and the `\n` that ends it, or what comes before the clean end of the stream, read-only; null at that end
 * @throws IllegalStateException if the line is longer than [limit]; what came is still to be read
 * @throws IllegalArgumentException if [limit] is not positive
 */
public suspend fun ReceiveStream.peekLine(limit: Int): ByteBuffer? =
    search(SeparatorSearch(LINE_END), limit).takeIf { it.hasRemaining() }

/**
 * Waits for the clean end of the stream and shows all that is left without taking it.
 *
 * Cancellation: no byte is lost; the next read gets it.
 *
 * @param limit the most bytes to look at; with 16 KiB more it bounds what is held
 * @return the rest of the stream, read-only
 * @throws IllegalStateException if more than [limit] bytes are left; what came is still to be read
 * @throws IllegalArgumentException if [limit] is negative
 */
public suspend fun ReceiveStream.peekAll(limit: Int): ByteBuffer {
    require(limit >= 0) { "limit $limit is negative" }
    // One byte more than the limit shows that there is more.
    val view = peek(if (limit == Int.MAX_VALUE) limit else limit + 1)
    check(view.remaining() <= limit) {
        "stream $id is longer than the limit of $limit bytes; the first ${view.remaining()} are still to be read"
    }
    return view
}

/** What comes up to the end of the separator, or up to the end of the stream. */
private suspend fun ReceiveStream.search(search: SeparatorSearch, limit: Int): ByteBuffer {
    require(limit >= search.length) { "limit $limit is less than the separator, which has ${search.length} bytes" }
    var view = peek(0)
    while (true) {
        val here = view.remaining()
        if (search.goOn(view, limit)) return view.shortenedTo(search.searched)
        check(here < limit) {
            "stream $id has no separator within the limit of $limit bytes; the $here that came are still to be read"
        }
        view = peek(here + 1)
        if (view.remaining() == here) return view
    }
}

private fun ByteBuffer.shortenedTo(count: Int): ByteBuffer {
    shorten(this, count)
    return this
}

/** Android 26 has it on [Buffer] only. */
private fun shorten(buffer: Buffer, count: Int) {
    buffer.limit(count)
}

private val LINE_END = byteArrayOf('\n'.code.toByte())

/**
 * Finds the first place of a separator in bytes that become more (Knuth, Morris and Pratt): no byte is looked at twice, even
 * where the separator almost fits again and again, as a hostile peer would send it.
 */
private class SeparatorSearch(private val separator: ByteArray) {
    /** For each number of bytes that fit, how many still fit when the next one does not. */
    private val fallback = IntArray(separator.size + 1)
    private var fitting = 0

    /** How many bytes were looked at; the last of them ends the separator if it [hasFound]. */
    var searched = 0
        private set

    val length: Int get() = separator.size

    val hasFound: Boolean get() = fitting == length

    init {
        require(separator.isNotEmpty()) { "an empty separator is everywhere; it needs at least one byte" }
        for (end in 1 until length) fallback[end + 1] = fit(fallback[end], separator[end])
    }

    /** Searches the bytes of [view] that are new, but none beyond [limit]. */
    fun goOn(view: ByteBuffer, limit: Int): Boolean {
        val end = minOf(view.remaining(), limit)
        while (searched < end && !hasFound) fitting = fit(fitting, view.get(searched++))
        return hasFound
    }

    private fun fit(before: Int, next: Byte): Int {
        var count = before
        while (count > 0 && separator[count] != next) count = fallback[count]
        return if (separator[count] == next) count + 1 else 0
    }
}
