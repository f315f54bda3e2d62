package dev.webtransport.netty

import io.netty.channel.socket.DatagramPacket

/**
 * Packets of one reading, in rows: those of one connection. On the event loop only.
 *
 * After each packet Netty's codec asks quiche for all streams that can be written or read, and tries them all; with many streams that is
 * more than half of what receiving costs. So only the last packet of a row [passes][pass] through the codec, which then finds what all of them
 * brought. The others are [taken][take] by quiche directly.
 */
internal class PacketRows<C : Any>(
    private val take: (connection: C, packet: DatagramPacket) -> Boolean,
    private val pass: (connection: C, packet: DatagramPacket) -> Unit,
) {
    private class Row(var last: DatagramPacket) {
        var length = 1
    }

    private val rows = LinkedHashMap<C, Row>()

    /** A packet of [connection] arrived; takes [packet] over. */
    fun add(connection: C, packet: DatagramPacket) {
        val row = rows[connection]
        if (row == null) {
            rows[connection] = Row(packet)
            return
        }
        val before = row.last
        row.last = packet
        if (row.length % LONGEST == 0 || !takeOne(connection, before)) pass(connection, before)
        row.length++
    }

    /** The reading is over. */
    fun end() {
        while (rows.isNotEmpty()) {
            val (connection, row) = rows.entries.first()
            rows.remove(connection)
            pass(connection, row.last)
        }
    }

    /** Lets go of what has not passed. */
    fun clear() {
        rows.values.forEach { it.last.release() }
        rows.clear()
    }

    private fun takeOne(connection: C, packet: DatagramPacket): Boolean {
        val isTaken = take(connection, packet)
        if (isTaken) packet.release()
        return isTaken
    }

    private companion object {
        /** After so many packets the codec looks, so that datagrams and credit do not pile up. */
        const val LONGEST = 32
    }
}
