package dev.webtransport.samples.quickstart

import dev.webtransport.config.OriginPolicy
import dev.webtransport.config.ServerConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.TlsIdentity
import dev.webtransport.server.WebTransportServer
import dev.webtransport.session.readAll
import dev.webtransport.session.use
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.nio.file.Path

/** Sends back what it gets. `wt cert` makes cert.pem and key.pem, and prints the hash that clients need. */
public fun main() {
    runBlocking {
        val identity = TlsIdentity.fromPem(Path.of("cert.pem"), Path.of("key.pem"))
        val config = ServerConfig.builder(ServerTlsConfig.builder(identity).build()).originPolicy(OriginPolicy.any()).build()
        val server = WebTransportServer.listen(config)
        println("listening on port ${server.port}")

        server.serve { request ->
            val session = request.accept()
            coroutineScope {
                launch {
                    session.datagrams.incoming.collect { session.datagrams.send(it) }
                }
                session.incomingBidirectionalStreams.collect { stream ->
                    launch {
                        stream.use {
                            it.send.write(it.receive.readAll(limit = 1_000_000))
                            it.send.finish()
                        }
                    }
                }
            }
        }
    }
}
