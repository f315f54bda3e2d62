package dev.webtransport.samples.quickstart

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.ServerCertificateHash
import dev.webtransport.config.Trust
import dev.webtransport.session.readAll
import dev.webtransport.session.use
import kotlinx.coroutines.runBlocking

/** Says hello on a stream and as a datagram. Takes the URL of an echo server and the hash of its certificate. */
public fun main(arguments: Array<String>) {
    val (url, hash) = arguments
    runBlocking {
        val trust = Trust.serverCertificateHashes(listOf(ServerCertificateHash.sha256(hash)))
        val client = WebTransportClient(ClientConfig.builder().tls(ClientTlsConfig.builder().trust(trust).build()).build())
        val session = client.connect(url)

        val answer =
            session.createBidirectionalStream().use { stream ->
                stream.send.write("hello on a stream".toByteArray())
                stream.send.finish()
                stream.receive.readAll(limit = 1_000_000)
            }
        println(answer.decodeToString())

        session.datagrams.send("hello as a datagram".toByteArray())
        println(session.datagrams.receive()?.decodeToString())

        session.close()
        client.close()
    }
}
