package dev.webtransport.kwik

import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.TransportSpi
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.withContext
import java.io.IOException
import java.net.DatagramPacket
import java.net.DatagramSocket
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.SocketAddress
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread

/** A network between one client and [server], which loses or changes what it is told to. */
internal class DroppingRelay(private val server: SocketAddress) : AutoCloseable {
    /** How datagrams of one direction fare: the next [passing] arrive, those after them are lost. */
    class Way {
        private val passing = AtomicInteger(Int.MAX_VALUE)
        private val lost = MutableStateFlow(0)

        /** What becomes of a datagram that arrives. */
        @Volatile
        var change: (ByteArray) -> ByteArray = { it }

        fun passAll() = passing.set(Int.MAX_VALUE)

        fun passOnly(count: Int) = passing.set(count)

        /** Waits until [count] datagrams have been lost in all. */
        suspend fun awaitLost(count: Int) {
            lost.first { it >= count }
        }

        fun passes(): Boolean {
            if (passing.getAndUpdate { if (it == Int.MAX_VALUE) it else maxOf(0, it - 1) } > 0) return true
            lost.update { it + 1 }
            return false
        }
    }

    val toServer = Way()
    val toClient = Way()

    private val front = DatagramSocket(InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
    private val back = DatagramSocket(InetSocketAddress(InetAddress.getLoopbackAddress(), 0))

    @Volatile
    private var client: SocketAddress? = null

    val address: InetSocketAddress get() = front.localSocketAddress as InetSocketAddress

    init {
        carry(front, back, toServer) {
            client = it
            server
        }
        carry(back, front, toClient) { client }
    }

    private fun carry(from: DatagramSocket, to: DatagramSocket, way: Way, target: (SocketAddress) -> SocketAddress?) =
        thread(isDaemon = true, name = "dropping relay") {
            val packet = DatagramPacket(ByteArray(SIZE), SIZE)
            while (!from.isClosed) {
                try {
                    packet.length = SIZE
                    from.receive(packet)
                    packet.socketAddress = target(packet.socketAddress) ?: continue
                    if (!way.passes()) continue
                    val changed = way.change(packet.data.copyOf(packet.length))
                    to.send(DatagramPacket(changed, changed.size, packet.socketAddress))
                } catch (failed: IOException) {
                    if (!from.isClosed && !to.isClosed) throw failed
                }
            }
        }

    override fun close() {
        front.close()
        back.close()
    }

    private companion object {
        const val SIZE = 65_535
    }
}

/** Runs [test] with a server of this engine and a relay before it, and ends both. */
@OptIn(TransportSpi::class)
internal suspend fun KwikQuicTransport.relayed(
    tls: ServerTlsConfig,
    test: suspend CoroutineScope.(QuicListener, DroppingRelay) -> Unit,
) = withContext(Dispatchers.Default) {
    val listener = listen(InetSocketAddress("127.0.0.1", 0), tls, QuicConfig.defaults())
    try {
        DroppingRelay(listener.localAddress).use { test(listener, it) }
    } finally {
        listener.close()
    }
}
