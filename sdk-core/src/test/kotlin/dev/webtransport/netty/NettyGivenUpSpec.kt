package dev.webtransport.netty

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.TransportSpi
import io.kotest.assertions.throwables.shouldThrow
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import java.net.BindException
import java.net.DatagramPacket
import java.net.DatagramSocket
import java.net.InetSocketAddress
import java.time.Duration

/** What clients leave behind at a server whose handshake they did not complete: nothing, or the port could not be given back. */
@OptIn(TransportSpi::class)
internal class NettyGivenUpSpec : NettyTests() {
    init {
        test("a client that does not trust the server leaves nothing behind") {
            bounded {
                val listener = transport.listen(ANY_PORT, tls.server, QuicConfig.defaults())
                repeat(3) {
                    shouldThrow<QuicConnectionException> {
                        transport.connect(listener.localAddress, "localhost", TestIdentity().client, QuicConfig.defaults())
                    }
                }
                listener.close()
                awaitFree(listener.localAddress)
            }
        }

        test("a client that says one thing and then nothing leaves nothing behind when the time for the handshake is over") {
            val impatient = QuicConfig.builder().handshakeTimeout(Duration.ofMillis(300)).build()
            bounded {
                val listener = transport.listen(ANY_PORT, tls.server, impatient)
                sendFirstPacket(listener.localAddress, impatient)
                listener.close()
                awaitFree(listener.localAddress)
            }
        }
    }

    /** Sends what a client begins with, and waits for the answer. */
    private suspend fun sendFirstPacket(server: InetSocketAddress, config: QuicConfig) = bounded {
        DatagramSocket(ANY_PORT).use { nobody ->
            val attempt =
                async {
                    shouldThrow<QuicConnectionException> {
                        transport.connect(nobody.localSocketAddress as InetSocketAddress, "localhost", tls.client, config)
                    }
                }
            val packet = DatagramPacket(ByteArray(2000), 2000)
            withContext(Dispatchers.IO) { nobody.receive(packet) }
            attempt.await()
            DatagramSocket(ANY_PORT).use { client ->
                client.send(DatagramPacket(packet.data, packet.length, server))
                withContext(Dispatchers.IO) { client.receive(packet) }
            }
        }
    }

    private suspend fun awaitFree(address: InetSocketAddress) {
        while (true) {
            try {
                return DatagramSocket(address).close()
            } catch (_: BindException) {
                yield()
            }
        }
    }

    private companion object {
        val ANY_PORT = InetSocketAddress("127.0.0.1", 0)
    }
}
