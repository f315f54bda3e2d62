package dev.webtransport.netty

/**
 * Halves of streams that have not ended, each of which knows what to [ask] about itself. A ring, of which each half is a link itself:
 * short streams come and go, and cost nothing more here. On the event loop only.
 */
internal class LiveHalves<H : LiveHalves.Half>(private val ask: (half: H) -> Unit) : AskedStreams {
    /** A half of a stream; in one ring at most. */
    abstract class Half {
        internal var before: Half? = null
        internal var after: Half? = null
    }

    /** Before the first one and after the last one. */
    private val end = object : Half() {}.apply {
        before = this
        after = this
    }

    override var size = 0
        private set

    fun add(half: H) {
        if (half.after != null) return
        size++
        link(half)
    }

    fun remove(half: H) {
        if (half.after == null) return
        size--
        unlink(half)
    }

    override fun ask(count: Int) {
        // Who is asked may leave the ring, and others may come, but only behind those that are to be asked now.
        repeat(count) {
            val first = end.after
            if (first == null || first === end) return
            unlink(first)
            link(first)
            @Suppress("UNCHECKED_CAST") // Nothing else was added.
            ask(first as H)
        }
    }

    override fun close() {
        while (end.after !== end) unlink(checkNotNull(end.after))
        size = 0
    }

    /** Puts [half] to the end of the line. */
    private fun link(half: Half) {
        val last = checkNotNull(end.before)
        half.before = last
        half.after = end
        last.after = half
        end.before = half
    }

    private fun unlink(half: Half) {
        half.before?.after = half.after
        half.after?.before = half.before
        half.before = null
        half.after = null
    }
}
