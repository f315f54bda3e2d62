package dev.webtransport.netty

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.TransportSpi
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.inspectors.forAll
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.launch
import java.net.BindException
import java.net.DatagramSocket
import java.net.InetAddress
import java.net.InetSocketAddress
import java.nio.file.Files
import java.util.ServiceLoader

/** What is Netty's own; what every engine must do is in the contracts of the test kit, which are run there. */
@OptIn(TransportSpi::class)
internal class NettyQuicTransportSpec : NettyTests() {
    init {
        test("the private parts of Netty's codec are where this engine looks for them") {
            QuicheAccess.find().shouldNotBeNull()
        }

        test("the provider is found and available") {
            val found = ServiceLoader.load(dev.webtransport.transport.QuicTransportProvider::class.java).single { it.name == "netty" }
            found.unavailabilityCause().shouldBeNull()
            found.create().close()
        }

        test("a port where nothing listens refuses at once") {
            bounded {
                val port = java.net.DatagramSocket(0, InetAddress.getByName("127.0.0.1")).use { it.localPort }
                val nobody = InetSocketAddress("127.0.0.1", port)
                val failure = shouldThrow<QuicConnectionException> {
                    transport.connect(nobody, "localhost", tls.client, QuicConfig.defaults())
                }
                failure.reason.shouldBeInstanceOf<QuicCloseReason.Refused>()
            }
        }

        test("no channel stays behind of streams that have ended") {
            connected { ends ->
                val server = launch {
                    repeat(300) { i ->
                        val stream = ends.server.acceptBidirectionalStream()
                        if (i % 2 == 0) stream.receive.stopSending(1) else stream.receive.readToEnd()
                        if (i % 3 == 0) stream.send.reset(2) else stream.send.finishLoosely()
                    }
                }
                repeat(300) { i ->
                    val stream = ends.client.openBidirectionalStream()
                    stream.send.writeLoosely(bytes(10))
                    if (i % 5 == 0) stream.send.reset(3) else stream.send.finishLoosely()
                    if (i % 7 == 0) stream.receive.stopSending(4) else stream.receive.readToEnd()
                }
                server.join()
                // A round trip later nothing is under way.
                stream(ends).also { (mine, theirs) ->
                    mine.send.finish()
                    theirs.receive.readToEnd()
                    theirs.send.finish()
                    mine.receive.readToEnd()
                }
                for (end in listOf(ends.client, ends.server)) (end as NettyConnection).heldStreams() shouldBe 0
            }
        }

        test("every counter is told") {
            connected { ends ->
                stream(ends)
                val statistics = ends.client.statistics()
                listOf(
                    statistics.packetsSent,
                    statistics.packetsReceived,
                    statistics.packetsLost,
                    statistics.bytesSent,
                    statistics.bytesReceived,
                    statistics.smoothedRttNanos,
                    statistics.congestionWindowBytes,
                ).forAll { it.shouldNotBeNull() }
            }
        }

        test("a close reaches the peer though the congestion window is full") {
            repeat(20) {
                connected { ends ->
                    val stream = ends.client.openUnidirectionalStream()
                    // Ten packets fill the window, and the close comes before any of them can be acknowledged.
                    val flood = launch(start = CoroutineStart.UNDISPATCHED) {
                        shouldThrow<QuicConnectionException> { stream.write(bytes(8 shl 20)) }
                    }
                    ends.client.close(0x170d7b68, "in the midst of it")
                    val seen = ends.server.awaitClosed().shouldBeInstanceOf<QuicCloseReason.Application>()
                    seen.errorCode shouldBe 0x170d7b68
                    seen.reason shouldBe "in the midst of it"
                    flood.join()
                }
            }
        }

        test("a port that is taken is told with its address, over native and over NIO sockets") {
            for (sockets in UdpSocketKind.values()) {
                DatagramSocket(InetSocketAddress("127.0.0.1", 0)).use { taken ->
                    val transport = NettyQuicTransport(NettyQuicOptions(1, sockets))
                    val address = InetSocketAddress("127.0.0.1", taken.localPort)
                    try {
                        shouldThrow<BindException> { transport.listen(address, tls.server, QuicConfig.defaults()) }
                            .message
                            .shouldContain("127.0.0.1:${taken.localPort}")
                    } finally {
                        transport.close()
                    }
                }
            }
        }

        test("secrets and qlog are written where asked") {
            val directory = Files.createTempDirectory("netty-quic")
            val secrets = directory.resolve("keys.log")
            val config = QuicConfig
                .builder()
                .keyLogFile(secrets)
                .qlogDirectory(directory.resolve("qlog"))
                .build()
            connected(config) { ends -> stream(ends) }
            Files.readAllLines(secrets).also { it.size shouldBeGreaterThan 7 }.forAll { it.split(' ') shouldHaveSize 3 }
            Files.readString(secrets) shouldContain "SERVER_TRAFFIC_SECRET_0"
            Files.list(directory.resolve("qlog")).use { it.toList() } shouldHaveSize 2
            Files.walk(directory).use { all -> all.sorted(Comparator.reverseOrder()).forEach(Files::delete) }
        }
    }
}
