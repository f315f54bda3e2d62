package dev.webtransport.session

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.ServerConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.server.WebTransportServer
import dev.webtransport.testkit.LoopbackTransport
import dev.webtransport.transport.TransportSpi
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.runTest
import java.net.InetAddress
import java.net.InetSocketAddress

/** The contract of sessions in memory, under virtual time. */
class LoopbackSessionSpec : SessionContract(LoopbackWorld)

/** Client and server on one loopback transport. */
@OptIn(TransportSpi::class)
object LoopbackWorld : SessionWorld {
    override val name: String get() = "loopback"
    override val tellsStopCodes: Boolean get() = true

    override fun run(
        client: ClientConfig.Builder.() -> Unit,
        server: ServerConfig.Builder.() -> Unit,
        block: suspend Peers.() -> Unit,
    ) = runTest {
        val transport = LoopbackTransport(backgroundScope)
        val dispatcher = StandardTestDispatcher(testScheduler)
        val tls = ServerTlsConfig.builder(TestIdentity.value).build()
        val address = InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
        val serverEnd =
            WebTransportServer.listen(
                ServerConfig
                    .builder(tls)
                    .bindAddresses(listOf(address))
                    .apply(server)
                    .build(),
                transport,
                dispatcher,
                testScheduler.timeSource,
            )
        val clientEnd = WebTransportClient(ClientConfig.builder().apply(client).build(), transport, dispatcher, testScheduler.timeSource)
        try {
            Peers(clientEnd, serverEnd, this).block()
        } finally {
            clientEnd.close()
            serverEnd.close()
        }
    }
}
