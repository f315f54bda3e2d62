package dev.webtransport.testkit.contract

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.ServerConfig
import dev.webtransport.server.WebTransportServer
import dev.webtransport.session.WebTransportSession
import dev.webtransport.transport.QuicTransport
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import java.net.InetAddress
import java.net.InetSocketAddress

/** A client, a server, and the scope of the test. */
internal class Peers(
    val client: WebTransportClient,
    val server: WebTransportServer,
    scope: CoroutineScope,
) : CoroutineScope by scope {
    fun url(path: String = "/"): String = "https://127.0.0.1:${server.port}$path"

    /** A session as both ends see it, the client's end first. */
    suspend fun sessions(path: String = "/"): Pair<WebTransportSession, WebTransportSession> =
        coroutineScope {
            val accepted = async { checkNotNull(server.acceptRequest()).accept() }
            val opened = client.connect(url(path))
            opened to accepted.await()
        }
}

/** What the contracts of sessions share. Not for extension. */
public sealed class SessionSuite(world: ContractWorld<QuicTransport>) : QuicContract(world) {
    /** A test over a client and a server with other settings than the defaults. */
    internal suspend fun ContractRun<QuicTransport>.peers(
        client: ClientConfig.Builder.() -> Unit = {},
        server: ServerConfig.Builder.() -> Unit = {},
        test: suspend Peers.() -> Unit,
    ) {
        val (clientTransport, serverTransport) = newPair()
        val serverConfig = ServerConfig
            .builder(tls.server())
            .bindAddresses(listOf(InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0)))
            .apply(server)
            .build()
        val clientConfig = ClientConfig
            .builder()
            .tls(tls.clientByHash())
            .apply(client)
            .build()
        val serverEnd = WebTransportServer.listen(serverConfig, serverTransport, context, timeSource)
        val clientEnd = WebTransportClient(clientConfig, clientTransport, context, timeSource)
        try {
            Peers(clientEnd, serverEnd, this).test()
        } finally {
            clientEnd.close()
            serverEnd.close()
        }
    }

    /** A test over a client and a server with the defaults. */
    internal fun peersContract(name: String, vararg needs: Need<QuicTransport>, test: suspend Peers.() -> Unit) {
        contract(name, *needs) { peers(test = test) }
    }
}
