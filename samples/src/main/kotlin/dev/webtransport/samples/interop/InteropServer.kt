package dev.webtransport.samples.interop

import dev.webtransport.config.Engine
import dev.webtransport.config.OriginPolicy
import dev.webtransport.config.ServerConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.TlsIdentity
import dev.webtransport.server.SessionRequest
import dev.webtransport.server.WebTransportServer
import java.net.InetAddress
import java.net.InetSocketAddress
import java.time.Duration

/**
 * The server that other implementations are tested against: each path makes it do one thing, see [InteropPaths]. It listens
 * on 127.0.0.1 and ::1, takes sessions from any web page, and knows the subprotocols `echo.v1` and `echo.v2`.
 */
internal class InteropServer private constructor(
    private val server: WebTransportServer,
    private val identity: TlsIdentity,
) {
    private val paths = InteropPaths()

    /** The UDP port, the same on both addresses. */
    val port: Int get() = server.port

    /** What a test harness waits for: where this server is and how it is trusted. */
    val announcement: String get() = "listening https://127.0.0.1:$port sha256=${identity.hash().toHex()}"

    /** Answers requests until the server is closed. */
    suspend fun serve() {
        server.serve(::answer)
    }

    /** Lets sessions come to their end for at most [grace], then closes what is left. */
    suspend fun shutdown(grace: Duration) {
        server.shutdown(grace)
    }

    private suspend fun answer(request: SessionRequest) {
        when (val answer = paths.answer(request)) {
            is InteropAnswer.Refuse -> request.reject(answer.status)
            is InteropAnswer.Run -> answer.behaviour(request.accept(protocol = chooseProtocol(request.offeredProtocols)))
        }
    }

    companion object {
        /** Listens on [port] of the loopback addresses, over [engine]; 0 picks a free one. */
        suspend fun listen(port: Int, identity: TlsIdentity, engine: Engine): InteropServer {
            val config =
                ServerConfig
                    .builder(ServerTlsConfig.builder(identity).build())
                    .bindAddresses(loopbackAddresses(port))
                    .originPolicy(OriginPolicy.any())
                    .engine(engine)
                    .build()
            return InteropServer(WebTransportServer.listen(config), identity)
        }

        /** The client's first choice among those known here. */
        internal fun chooseProtocol(offered: List<String>): String? = offered.firstOrNull { it in PROTOCOLS }

        private val PROTOCOLS = setOf("echo.v1", "echo.v2")
    }
}

/** 127.0.0.1 and ::1: browsers differ in which of them `localhost` is. */
internal fun loopbackAddresses(port: Int): List<InetSocketAddress> =
    listOf("127.0.0.1", "::1").map { InetSocketAddress(InetAddress.getByName(it), port) }
