package dev.webtransport.session

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.ServerConfig
import dev.webtransport.server.WebTransportServer
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope

/** Where a session test runs: in memory under virtual time, or over real UDP. */
interface SessionWorld {
    /** The engine's name, for the names of tests. */
    val name: String

    /** Whether the engine tells the code of the peer's STOP_SENDING. */
    val tellsStopCodes: Boolean

    /** Runs [block] with a client and a server that can reach each other, and ends both after it. */
    fun run(
        client: ClientConfig.Builder.() -> Unit = {},
        server: ServerConfig.Builder.() -> Unit = {},
        block: suspend Peers.() -> Unit,
    )
}

/** A client, a server, and the scope of the test. */
class Peers(
    val client: WebTransportClient,
    val server: WebTransportServer,
    scope: CoroutineScope,
) : CoroutineScope by scope {
    fun url(path: String = "/"): String = "https://127.0.0.1:${server.port}$path"

    /** A session as both ends see it. */
    suspend fun sessions(path: String = "/"): Pair<WebTransportSession, WebTransportSession> =
        coroutineScope {
            val accepted = async { checkNotNull(server.acceptRequest()).accept() }
            val opened = client.connect(url(path))
            opened to accepted.await()
        }
}
