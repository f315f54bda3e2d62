package dev.webtransport.netty

import io.netty.handler.codec.quic.QuicChannel

/**
 * Streams of a connection that have ended for this end, but that quiche may still hold. On the event loop only.
 *
 * quiche 0.29 needs help with three kinds. One whose peer sent STOP_SENDING after our FIN or RESET_STREAM is kept, with the peer's credit for it,
 * until somebody asked for its capacity; so each is asked until quiche has forgotten it. One that this end stopped while
 * the peer was still sending is often kept for good: a unidirectional stream of the peer always, a bidirectional one if our
 * half was acknowledged before. Nothing helps there (cloudflare/quiche issue 1968), so their number is bounded, and beyond the
 * bound a stream is read to its end and thrown away instead of being stopped. One whose FIN quiche did not
 * [tell][NettyReceiveStream.checkFinished] is kept in the same way, and counts as stopped.
 */
internal class LingeringStreams(private val channel: () -> QuicChannel, private val maxStopped: (id: Long) -> Int) : AskedStreams {
    private val waiting = LinkedHashSet<Long>()

    /** Those this end stopped, and those like them, by the lowest two bits of their id. */
    private val stopped = Array(TYPES) { HashSet<Long>() }

    /** Which streams are waited for to be forgotten, and what happens then. */
    private val waiters = ArrayList<Pair<MutableSet<Long>, () -> Unit>>()

    override val size: Int get() = waiting.size

    /**
     * Calls [action] once quiche has forgotten every stream that waits now and is over for this end, which says that the peer has
     * acknowledged it. Those that this end stopped are left out, for quiche may keep them.
     */
    fun whenForgotten(isOver: (id: Long) -> Boolean, action: () -> Unit) {
        val ids = waiting.filterTo(HashSet()) { isOver(it) && it !in stopped[type(it)] }
        if (ids.isEmpty() || QuicheAccess.find() == null) action() else waiters.add(ids to action)
    }

    /** Whether STOP_SENDING may be sent for stream [id]. */
    fun mayStop(id: Long): Boolean = stopped[type(id)].size < maxStopped(id)

    /** STOP_SENDING was sent for stream [id]. */
    fun addStopped(id: Long) {
        stopped[type(id)].add(id)
        waiting.add(id)
    }

    /** FIN arrived on stream [id] that quiche did not tell. */
    fun addUntold(id: Long) = addStopped(id)

    /** FIN or RESET_STREAM was sent on stream [id]. */
    fun addEnded(id: Long) {
        waiting.add(id)
    }

    override fun ask(count: Int) {
        val access = QuicheAccess.find() ?: return
        val channel = channel()
        var reported = false
        for (id in waiting.take(count)) {
            val capacity = access.streamCapacity(channel, id)
            waiting.remove(id)
            if (access.saysForgotten(capacity)) {
                stopped[type(id)].remove(id)
                handleForgotten(id)
            } else {
                // To the end of the line.
                waiting.add(id)
                reported = reported || access.saysStopped(capacity)
            }
        }
        // Being asked makes quiche forget a stopped stream: then there is credit to give back.
        if (reported) access.flush(channel)
    }

    override fun close() = waiting.clear()

    private fun handleForgotten(id: Long) {
        if (waiters.isEmpty()) return
        waiters.forEach { it.first.remove(id) }
        val done = waiters.filter { it.first.isEmpty() }
        waiters.removeAll(done.toSet())
        done.forEach { it.second() }
    }

    private fun type(id: Long) = (id and (TYPES - 1L)).toInt()

    private companion object {
        /** RFC 9000, section 2.1: the lowest two bits of a stream id. */
        const val TYPES = 4
    }
}
