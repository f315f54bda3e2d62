package dev.webtransport.kwik

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.Trust
import dev.webtransport.tls.TestIdentities
import dev.webtransport.transport.TransportSpi
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldNotContain
import io.netty.pkitesting.CertificateBuilder.Algorithm
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runInterruptible
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.net.DatagramPacket
import java.net.DatagramSocket
import java.net.InetSocketAddress
import kotlin.time.Duration.Companion.seconds

/** What a client over Kwik leaves behind at a server when it gives up in the middle of a handshake. */
@OptIn(TransportSpi::class)
internal class KwikGivenUpSpec : FunSpec() {
    private val transport by lazy { KwikQuicTransport() }

    /** With so long a chain that a server tells it in several datagrams. */
    private val leaf by lazy { TestIdentities.issuedThrough(5, Algorithm.rsa2048, TestIdentities.leaf().addSanIpAddress(HERE)) }
    private val server by lazy { ServerTlsConfig.builder(TestIdentities.identity(leaf)).build() }
    private val client by lazy { ClientTlsConfig.builder().trust(Trust.authorities(listOf(leaf.rootCertificate))).build() }

    init {
        afterSpec { transport.close() }

        for (answers in 0..1) {
            test("a client that gives up after $answers datagrams of the server tells it, so that the connection does not stay there") {
                withTimeout(20.seconds) {
                    transport.relayed(server) { _, relay ->
                        val before = connectionsOfServers()
                        relay.toClient.passOnly(answers)
                        val attempt = launch { transport.connect(relay.address, HERE, client, QuicConfig.defaults()) }
                        relay.toClient.awaitLost(1)
                        (connectionsOfServers() - before).size shouldBe 1
                        attempt.cancelAndJoin()
                        relay.toClient.passAll()
                        // The idle timeout, which ends it in any case, is longer than this test may take.
                        while ((connectionsOfServers() - before).isNotEmpty()) delay(10)
                    }
                }
            }
        }

        test("what the network says of a port after a client has given it up is told to nobody") {
            val log = ByteArrayOutputStream()
            val before = System.err
            val silent = DatagramSocket(InetSocketAddress(HERE, 0))
            val address = silent.localSocketAddress as InetSocketAddress
            System.setErr(PrintStream(log, true))
            try {
                withTimeout(20.seconds) {
                    withContext(Dispatchers.Default) {
                        val threads = threadsOfClients()
                        val attempt = launch { transport.connect(address, HERE, client, QuicConfig.defaults()) }
                        runInterruptible(Dispatchers.IO) { silent.receive(DatagramPacket(ByteArray(2048), 2048)) }
                        silent.close()
                        attempt.cancelAndJoin()
                        while ((threadsOfClients() - threads).isNotEmpty()) delay(10)
                    }
                }
            } finally {
                System.setErr(before)
                silent.close()
            }
            log.toString() shouldNotContain ":${address.port}"
        }
    }

    private companion object {
        const val HERE = "127.0.0.1"

        /** Kwik's threads that read the sockets of clients. */
        fun threadsOfClients(): Set<Thread> = Thread
            .getAllStackTraces()
            .keys
            .filter { it.name.startsWith("receiver") }
            .toSet()

        /** Kwik's threads that process packets, one for each connection of a server. */
        fun connectionsOfServers(): Set<String> = Thread
            .getAllStackTraces()
            .keys
            .map { it.name }
            .filter { it.startsWith("receiver-") && it != "receiver-loop" }
            .toSet()
    }
}
