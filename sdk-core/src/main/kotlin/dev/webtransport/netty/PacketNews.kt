package dev.webtransport.netty

import org.slf4j.LoggerFactory

/**
 * Whom to tell that quiche has had packets: each of the connections of a socket of its own ones, so that a thousand others cost it
 * nothing. Those whose packets cannot be told from others hear of all, and everybody of packets that may be anybody's. On the event
 * loop only.
 *
 * @param tell what to do with a connection that may have had packets; what it throws is logged, for it is not the others' fault
 */
internal class PacketNews<C : Any>(private val tell: (C) -> Unit) {
    private val all = LinkedHashSet<C>()
    private val unobserved = ArrayList<C>()

    /** Whose packets have come since the last telling. */
    private val heard = LinkedHashSet<C>()

    /** Whose packet was the latest: packets come in rows. */
    private var latest: C? = null
    private var isUnknown = false

    /** Those that have been added and not removed. */
    val connections: Collection<C> get() = all

    /** Adds a connection whose packets cannot be told from others. */
    fun add(connection: C) {
        all.add(connection)
        unobserved.add(connection)
    }

    /** Answers whether it was there. */
    fun remove(connection: C): Boolean {
        unobserved.remove(connection)
        return all.remove(connection)
    }

    /** From now on [handlePacket] tells of the packets of [connection]; the one in hand may be its own. */
    fun handleObserved(connection: C) {
        unobserved.remove(connection)
        handlePacket(connection)
    }

    /** A packet of [connection] is being handled. */
    fun handlePacket(connection: C) {
        if (latest === connection) return
        latest = connection
        heard.add(connection)
    }

    /** A packet is being handled that may be anybody's. */
    fun handleUnknownPacket() {
        isUnknown = true
    }

    /** The packets have been handled. */
    fun handleReadComplete() {
        // Copies, for who is told may end others, or itself.
        val whom = when {
            isUnknown -> all.toList()

            // Nearly always, and with every packet.
            heard.size == 1 && unobserved.isEmpty() -> listOf(heard.first())

            else -> unobserved.union(heard)
        }
        isUnknown = false
        latest = null
        heard.clear()
        whom.forEach(::tellOne)
    }

    private fun tellOne(connection: C) {
        if (connection !in all) return
        try {
            tell(connection)
        } catch (failed: RuntimeException) {
            LOG.warn("{} could not be told of its packets", connection, failed)
        }
    }

    private companion object {
        val LOG = LoggerFactory.getLogger(PacketNews::class.java)!!
    }
}
