package dev.webtransport.netty

import dev.webtransport.config.AddressReuse
import dev.webtransport.config.SocketConfig
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.netty.channel.ChannelHandlerContext
import io.netty.channel.ChannelInboundHandlerAdapter
import io.netty.channel.MultiThreadIoEventLoopGroup
import io.netty.channel.socket.SocketProtocolFamily
import java.net.DatagramPacket
import java.net.DatagramSocket
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.SocketAddress
import java.util.concurrent.CountDownLatch
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import io.netty.channel.socket.DatagramPacket as NettyPacket

/** How the sockets of this platform hand on what they receive. */
internal class UdpSocketsSpec :
    FunSpec({
        for (sockets in listOf(UdpSockets.best(), UdpSockets.nio()).distinctBy { it.name() }) {
            test("packets that wait at a socket of ${sockets.name()} are all handled before quiche may send") {
                val group = MultiThreadIoEventLoopGroup(1, sockets.ioHandlers())
                try {
                    val told = LinkedBlockingQueue<String>()
                    val socket =
                        sockets
                            .bootstrap(SocketProtocolFamily.INET, 2048, SocketConfig.defaults(), AddressReuse.NONE)
                            .group(group)
                            .handler(Teller(told))
                            .bind(HERE)
                            .sync()
                            .channel()
                    val arrived = CountDownLatch(1)
                    socket.eventLoop().execute { arrived.await() }
                    sendTo(socket.localAddress(), count = 3)
                    arrived.countDown()
                    List(4) { told.poll(10, TimeUnit.SECONDS) } shouldBe listOf("packet 0", "packet 1", "packet 2", "complete")
                } finally {
                    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync()
                }
            }
        }
    })

private val HERE = InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0)

/** Sends packets with numbers; returns when they are there, as another one is that was sent behind them. */
private fun sendTo(address: SocketAddress, count: Int) {
    DatagramSocket(HERE).use { witness ->
        DatagramSocket(HERE).use { peer ->
            for (number in 0 until count) peer.send(DatagramPacket(byteArrayOf(number.toByte()), 1, address))
            peer.send(DatagramPacket(ByteArray(1), 1, witness.localSocketAddress))
            witness.receive(DatagramPacket(ByteArray(1), 1))
        }
    }
}

/** Tells in which order a socket says what. */
private class Teller(private val told: LinkedBlockingQueue<String>) : ChannelInboundHandlerAdapter() {
    override fun channelRead(ctx: ChannelHandlerContext, msg: Any) {
        msg as NettyPacket
        told.add("packet ${msg.content().readByte()}")
        msg.release()
    }

    override fun channelReadComplete(ctx: ChannelHandlerContext) {
        told.add("complete")
    }
}
