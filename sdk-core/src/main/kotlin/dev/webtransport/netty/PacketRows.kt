package dev.webtransport.netty

import io.netty.buffer.ByteBufUtil
import io.netty.channel.socket.DatagramPacket

/**
 * Packets of one reading, in rows: those of one connection. On the event loop only.
 *
 * After each packet Netty's codec asks quiche for all streams that can be written or read, and tries them all; with many streams that is
 * more than half of what receiving costs. So only the last packet of a row [passes][pass] through the codec, and one of
 * [several][LOOK_EVERY], and the codec then finds what all of them brought. The others are [taken][take] by quiche directly: only those before a
 * packet for the same connection id, which the codec cannot but hand to the same connection.
 */
internal class PacketRows<C : Any>(
    private val take: (connection: C, packet: DatagramPacket) -> Boolean,
    private val pass: (connection: C, packet: DatagramPacket) -> Unit,
) {
    private class Row<C : Any> {
        var connection: C? = null
        var last: DatagramPacket? = null
        var length = 0
    }

    /** Few in a reading, mostly one; those before [first] have passed, those behind the [used] ones wait to be used again. */
    private val rows = ArrayList<Row<C>>()
    private var first = 0
    private var used = 0

    /** A packet of [connection] arrived; takes [packet] over. */
    fun add(connection: C, packet: DatagramPacket) {
        val row = rowFor(connection)
        val before = row.last
        val isLook = row.length % LOOK_EVERY == 0
        row.last = packet
        row.length++
        if (before == null) return
        if (isLook || !haveSameId(before, packet) || !takeOne(connection, before)) pass(connection, before)
    }

    /** The reading is over. */
    fun end() = takeRows(pass)

    /** Lets go of what has not passed. */
    fun clear() = takeRows { _, packet -> packet.release() }

    private fun rowFor(connection: C): Row<C> {
        for (i in first until used) if (rows[i].connection === connection) return rows[i]
        if (used == rows.size) rows.add(Row())
        return rows[used++].also { it.connection = connection }
    }

    private inline fun takeRows(action: (connection: C, packet: DatagramPacket) -> Unit) {
        while (first < used) {
            val row = rows[first++]
            val connection = row.connection
            val packet = row.last
            row.connection = null
            row.last = null
            row.length = 0
            if (connection != null && packet != null) action(connection, packet)
        }
        first = 0
        used = 0
    }

    private fun takeOne(connection: C, packet: DatagramPacket): Boolean {
        // If it fails, nothing more can be done with it.
        var isOver = true
        try {
            isOver = take(connection, packet)
        } finally {
            if (isOver) packet.release()
        }
        return isOver
    }

    private companion object {
        /** So often the codec looks in a long row, so that datagrams and credit do not pile up. */
        const val LOOK_EVERY = 8

        /** RFC 9000, section 17.3: a short header begins with a bit of 0, and the id follows the first byte. */
        const val LONG_HEADER = 0x80
        const val ID_LENGTH = StopSendingObserver.DEFAULT_ID_LENGTH

        fun haveSameId(one: DatagramPacket, other: DatagramPacket): Boolean {
            val bytes = one.content()
            val others = other.content()
            return hasShortHeader(one) &&
                hasShortHeader(other) &&
                ByteBufUtil.equals(bytes, bytes.readerIndex() + 1, others, others.readerIndex() + 1, ID_LENGTH)
        }

        fun hasShortHeader(packet: DatagramPacket): Boolean {
            val bytes = packet.content()
            return bytes.readableBytes() > ID_LENGTH && bytes.getByte(bytes.readerIndex()).toInt() and LONG_HEADER == 0
        }
    }
}
