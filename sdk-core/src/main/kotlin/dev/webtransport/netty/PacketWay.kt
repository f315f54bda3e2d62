package dev.webtransport.netty

import io.netty.channel.socket.DatagramPacket
import java.net.InetSocketAddress

/** Which way the packet came that the codec had last of a connection; quiche knows that way. On the event loop only. */
internal class PacketWay {
    private var from: InetSocketAddress? = null
    private var to: InetSocketAddress? = null
    private var behind = -1L

    /** The codec gets [packet], behind so many of which it was [unknown] whose they are. */
    fun note(packet: DatagramPacket, unknown: Long) {
        from = packet.sender()
        to = packet.recipient()
        behind = unknown
    }

    /** Whether [packet] came the same way, and none since of which it was unknown whose it is. */
    fun isThatOf(packet: DatagramPacket, unknown: Long): Boolean = behind == unknown && packet.sender() == from && packet.recipient() == to
}
