package dev.webtransport.netty

/**
 * Streams of this end of which neither quiche nor the peer knows yet, in the order of their ids. A stream stays here until
 * its first bytes have their turn: Netty asks quiche for the capacity of each stream it knows with each packet that arrives,
 * so a thousand streams that wait for their turn would cost more than the packet. Bounded by the peer's limit. On the
 * event loop only.
 */
internal class UnattachedStreams {
    private val waiting = Array(2) { ArrayDeque<NettyStream>() }

    fun add(stream: NettyStream) {
        waiting[typeOf(stream.id)].addLast(stream)
    }

    /** Takes the first stream of the type of [id] that has this id or a lower one; null if there is none. */
    fun poll(id: Long): NettyStream? {
        val streams = waiting[typeOf(id)]
        return if (streams.isNotEmpty() && streams.first().id <= id) streams.removeFirst() else null
    }

    fun clear() = waiting.forEach { it.clear() }

    /** RFC 9000, section 2.1: the second lowest bit of a stream id. */
    private fun typeOf(id: Long): Int = (id shr 1 and 1).toInt()
}
