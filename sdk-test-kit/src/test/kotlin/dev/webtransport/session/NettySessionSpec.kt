package dev.webtransport.session

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.ServerConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.Trust
import dev.webtransport.netty.NettyQuicTransport
import dev.webtransport.server.WebTransportServer
import dev.webtransport.transport.TransportCapability
import dev.webtransport.transport.TransportSpi
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import java.net.InetAddress
import java.net.InetSocketAddress
import kotlin.time.Duration.Companion.seconds

/** The contract of sessions over real UDP, with Netty's QUIC. */
class NettySessionSpec : SessionContract(NettyWorld)

/** Client and server over UDP on 127.0.0.1, each with a transport of its own. */
@OptIn(TransportSpi::class)
object NettyWorld : SessionWorld {
    override val name: String get() = "netty"
    override val tellsStopCodes: Boolean
        get() = NettyQuicTransport().use { TransportCapability.PEER_STOP_CODE in it.capabilities }

    override fun run(
        client: ClientConfig.Builder.() -> Unit,
        server: ServerConfig.Builder.() -> Unit,
        block: suspend Peers.() -> Unit,
    ) = runBlocking {
        withTimeout(60.seconds) {
            val identity = TestIdentity.value
            val address = InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
            val tls = ServerTlsConfig.builder(identity).build()
            val serverEnd = WebTransportServer.listen(
                ServerConfig
                    .builder(tls)
                    .bindAddresses(listOf(address))
                    .apply(server)
                    .build(),
            )
            val trust = ClientTlsConfig.builder().trust(Trust.serverCertificateHashes(listOf(identity.hash()))).build()
            val clientEnd = WebTransportClient(
                ClientConfig
                    .builder()
                    .tls(trust)
                    .apply(client)
                    .build(),
            )
            try {
                Peers(clientEnd, serverEnd, this).block()
            } finally {
                clientEnd.close()
                serverEnd.close()
            }
        }
    }
}
