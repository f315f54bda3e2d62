package dev.webtransport.netty

/** Halves of streams that have not ended, each of which knows what to [ask] about itself. On the event loop only. */
internal class LiveHalves<H : Any>(private val ask: (half: H) -> Unit) : AskedStreams {
    private val halves = LinkedHashSet<H>()

    override val size: Int get() = halves.size

    fun add(half: H) {
        halves.add(half)
    }

    fun remove(half: H) {
        halves.remove(half)
    }

    override fun ask(count: Int) {
        for (half in halves.take(count)) {
            // To the end of the line; one that has ended leaves it.
            halves.remove(half)
            halves.add(half)
            ask(half)
        }
    }

    override fun close() = halves.clear()
}
