package dev.webtransport.netty

import dev.webtransport.config.ClientAuthentication
import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerCertificateHash
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.SessionResumption
import dev.webtransport.config.Trust
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.TransportCapability
import dev.webtransport.transport.TransportSpi
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.yield
import java.net.BindException
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.nio.file.Files
import java.security.cert.CertificateExpiredException
import java.time.Clock
import java.time.Duration
import java.time.Instant
import java.time.ZoneId
import java.time.ZoneOffset
import java.util.concurrent.ConcurrentLinkedQueue

/** Session tickets: what they are good for, and above all what they are not. */
@OptIn(TransportSpi::class)
internal class NettyResumptionSpec : NettyTests() {
    private val hashTrust = Trust.serverCertificateHashes(listOf(ServerCertificateHash.of(tls.identity.chain()[0])))

    init {
        test("the private parts of Netty's session cache are where this engine looks for them") {
            SessionTickets.find().shouldNotBeNull()
            transport.capabilities shouldContain TransportCapability.SESSION_RESUMPTION
        }

        test("the second connection to a server is resumed, at both ends, and carries data") {
            listening { listener -> connections(listener, tls.client, 3) shouldBe listOf(false, true, true) }
        }

        test("a certificate that was trusted by its hash is resumed under the same settings") {
            val byHash = ClientTlsConfig.builder().trust(hashTrust).build()
            listening { listener -> connections(listener, byHash, 2) shouldBe listOf(false, true) }
        }

        test("nothing is resumed when either end says never") {
            val never = tls.client
                .toBuilder()
                .sessionResumption(SessionResumption.NEVER)
                .build()
            listening { listener -> connections(listener, never, 2) shouldBe listOf(false, false) }
            val server = tls.server
                .toBuilder()
                .sessionResumption(SessionResumption.NEVER)
                .build()
            listening(server) { listener -> connections(listener, tls.client.toBuilder().build(), 3) shouldBe List(3) { false } }
        }

        test("a server that asks for certificates resumes nothing, so that it checks them each time") {
            val server = tls.server
                .toBuilder()
                .clientAuthentication(ClientAuthentication.REQUIRED)
                .clientTrust(Trust.authorities(tls.identity.chain()))
                .build()
            val client = tls.client
                .toBuilder()
                .identity(tls.identity)
                .build()
            listening(server) { listener -> connections(listener, client, 3) shouldBe List(3) { false } }
        }

        test("a ticket is good for its server name and its settings object only") {
            listening { listener ->
                val first = tls.client.toBuilder().build()
                connections(listener, first, 1) shouldBe listOf(false)
                // Equal settings, another object.
                connections(listener, first.toBuilder().build(), 1) shouldBe listOf(false)
                connections(listener, first, 1, "127.0.0.1") shouldBe listOf(false)
                connections(listener, first, 1, "LOCALHOST") shouldBe listOf(true)
            }
        }

        test("a ticket of one port is not shown to another, whose server does without") {
            listening { one ->
                listening { other ->
                    val client = tls.client.toBuilder().build()
                    connections(one, client, 1) shouldBe listOf(false)
                    connections(other, client, 1) shouldBe listOf(false)
                    connections(one, client, 1) shouldBe listOf(true)
                }
            }
        }

        test("a server that has forgotten its tickets is reached by a full handshake, with the limits it has now") {
            bounded {
                val generous = QuicConfig.builder().maxIncomingBidirectionalStreams(500).build()
                val meagre = QuicConfig.builder().maxIncomingBidirectionalStreams(3).build()
                val client = tls.client.toBuilder().build()
                val before = transport.listen(InetSocketAddress("127.0.0.1", 0), tls.server, generous)
                val address = before.localAddress
                connection(before, client).use { }
                before.close()
                val after = listenAgain(address, meagre)
                connection(after, client).use { ends ->
                    ends.client.isResumed shouldBe false
                    repeat(3) { ends.client.tryOpenBidirectionalStream().shouldNotBeNull() }
                    ends.client.tryOpenBidirectionalStream().shouldBeNull()
                }
                after.close()
            }
        }

        test("the certificate behind a ticket is checked again: one that is not trusted any more costs a full handshake") {
            val clock = ShiftedClock()
            bounded {
                val later = NettyQuicTransport(NettyQuicOptions(1), clock)
                try {
                    val listener = later.listen(InetSocketAddress("127.0.0.1", 0), tls.server, QuicConfig.defaults())
                    connection(listener, tls.client, on = later).use { it.client.isResumed shouldBe false }
                    // For one look at it the certificate has expired: the ticket is of no use, the next handshake is whole.
                    clock.shifts += Duration.ofDays(3)
                    val accepting = async { listOf(listener.accept(), listener.accept()) }
                    val second = later.connect(listener.localAddress, "localhost", tls.client, QuicConfig.defaults())
                    second.isResumed shouldBe false
                    accepting.await().map { it?.isResumed } shouldBe listOf(true, false)
                    second.close(0x100, "")
                    listener.close()
                } finally {
                    later.close()
                }
            }
        }

        test("a certificate that has expired since is refused, ticket or not") {
            val clock = ShiftedClock()
            bounded {
                val later = NettyQuicTransport(NettyQuicOptions(1), clock)
                try {
                    val listener = later.listen(InetSocketAddress("127.0.0.1", 0), tls.server, QuicConfig.defaults())
                    connection(listener, tls.client, on = later).use { }
                    clock.shifts += List(2) { Duration.ofDays(3) }
                    shouldThrow<QuicConnectionException> {
                        later.connect(listener.localAddress, "localhost", tls.client, QuicConfig.defaults())
                    }.reason
                        .shouldBeInstanceOf<QuicCloseReason.Tls>()
                        .cause
                        .shouldBeInstanceOf<CertificateExpiredException>()
                    clock.shifts.size shouldBe 0
                    listener.close()
                } finally {
                    later.close()
                }
            }
        }

        //= draft-ietf-webtrans-http3-16#3.2
        //# no session begins in 0-RTT data: there is none, at either end
        test("a resumed handshake has no early data, and its exporter secrets are its own") {
            val directory = Files.createTempDirectory("netty-resumed")
            val keys = directory.resolve("keys.log")
            val config = QuicConfig.builder().keyLogFile(keys).build()
            bounded {
                val listener = transport.listen(InetSocketAddress("127.0.0.1", 0), tls.server, QuicConfig.defaults())
                val client = tls.client.toBuilder().build()
                val exported = List(2) { number ->
                    connection(listener, client, config = config).use { ends ->
                        ends.client.isResumed shouldBe (number == 1)
                        val mine = ends.client.exportKeyingMaterial("EXPORTER-test", ByteArray(0), 32)
                        ends.server.exportKeyingMaterial("EXPORTER-test", ByteArray(0), 32) shouldBe mine
                        mine.toList()
                    }
                }
                exported.toSet().size shouldBe 2
                listener.close()
            }
            Files.readString(keys).also { lines ->
                lines shouldContain "EXPORTER_SECRET"
                // BoringSSL logs this key wherever early data is offered or taken.
                lines shouldNotContain "EARLY"
            }
            Files.delete(keys)
            Files.delete(directory)
        }
    }

    /** The time of the system, now and then from another day. */
    private class ShiftedClock : Clock() {
        val shifts = ConcurrentLinkedQueue<Duration>()

        override fun instant(): Instant = Instant.now().plus(shifts.poll() ?: Duration.ZERO)

        override fun getZone(): ZoneId = ZoneOffset.UTC

        override fun withZone(zone: ZoneId): Clock = this
    }

    private class Pair(val client: QuicConnection, val server: QuicConnection) {
        inline fun <R> use(block: (Pair) -> R): R = try {
            block(this)
        } finally {
            client.close(0x100, "")
            server.close(0x100, "")
        }
    }

    private suspend fun listening(server: ServerTlsConfig = tls.server, test: suspend CoroutineScope.(QuicListener) -> Unit) = bounded {
        val listener = transport.listen(InetSocketAddress("127.0.0.1", 0), server, QuicConfig.defaults())
        try {
            test(listener)
        } finally {
            listener.close()
        }
    }

    /** Connects one time after the other and tells which connections were resumed; both ends must agree. */
    private suspend fun CoroutineScope.connections(
        listener: QuicListener,
        client: ClientTlsConfig,
        count: Int,
        serverName: String = "localhost",
    ): List<Boolean?> = List(count) {
        connection(listener, client, serverName).use { ends ->
            ends.server.isResumed shouldBe ends.client.isResumed
            ends.client.isResumed
        }
    }

    /** A connection over which a round trip was made, so that the server's tickets have come. */
    private suspend fun CoroutineScope.connection(
        listener: QuicListener,
        client: ClientTlsConfig,
        serverName: String = "localhost",
        config: QuicConfig = QuicConfig.defaults(),
        on: NettyQuicTransport = transport,
    ): Pair {
        val accepting = async { listener.accept() }
        val mine = on.connect(listener.localAddress, serverName, client, config)
        val theirs = checkNotNull(accepting.await())
        val stream = theirs.openUnidirectionalStream()
        stream.write(bytes(1))
        mine.acceptUnidirectionalStream().read(ByteBuffer.allocate(1)) shouldBe 1
        return Pair(mine, theirs)
    }

    /** The port is free again once the last connection there has ended. */
    private suspend fun listenAgain(address: InetSocketAddress, config: QuicConfig): QuicListener {
        while (true) {
            try {
                return transport.listen(address, tls.server, config)
            } catch (stillTaken: BindException) {
                yield()
            }
        }
    }
}
