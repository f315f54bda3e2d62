package dev.webtransport.testkit.contract

import dev.webtransport.config.AddressValidation
import dev.webtransport.config.DatagramConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.testkit.certificate.TestCertificates
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicException
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportCapability
import dev.webtransport.value.DatagramStatus
import dev.webtransport.value.Perspective
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.comparables.shouldBeGreaterThanOrEqualTo
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldStartWith
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import java.io.IOException
import java.net.DatagramPacket
import java.net.DatagramSocket
import java.net.InetAddress
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.time.Duration

/**
 * What every QUIC engine must do with connections, listeners and datagrams.
 *
 * ```
 * class MyTransportSpec : QuicTransportContract(SocketWorld("my engine") { MyTransport() })
 * ```
 */
public abstract class QuicTransportContract(world: ContractWorld<QuicTransport>) : QuicContract(world) {
    init {
        contract("a handshake gives both ends a connection that knows who it is") {
            connected { ends ->
                ends.client.perspective shouldBe Perspective.CLIENT
                ends.server.perspective shouldBe Perspective.SERVER
                ends.client.remoteAddress shouldBe ends.listener.localAddress
                ends.server.remoteAddress.port shouldBe ends.client.localAddress.port
                ends.client.capabilities shouldBe transport.capabilities
            }
        }

        contract("IPv6 works like IPv4") {
            val listener = transport.listen(InetSocketAddress("::1", 0), tls.server(), QuicConfig.defaults())
            val client = transport.connect(listener.localAddress, "::1", tls.client(), QuicConfig.defaults())
            val server = checkNotNull(listener.accept())
            client.openUnidirectionalStream().sendAll(bytes(100))
            server.acceptUnidirectionalStream().readAll() shouldBe bytes(100).array()
            client.close(0x100, "")
            listener.close()
        }

        contract("datagrams arrive, up to the size that was named", capable(TransportCapability.DATAGRAMS)) {
            connected { ends ->
                for ((from, to) in listOf(ends.client to ends.server, ends.server to ends.client)) {
                    val max = from.maxDatagramSize
                    max shouldBeGreaterThan 1000
                    for (size in listOf(1, 1000, max)) {
                        val data = bytes(size)
                        from.sendDatagram(data) shouldBe DatagramStatus.SENT
                        data.hasRemaining() shouldBe false
                        // The buffer is the caller's again.
                        data.array().fill(-1)
                        val got = to.receiveDatagram()
                        ByteArray(got.remaining()).also { got.get(it) } shouldBe bytes(size).array()
                    }
                    from.sendDatagram(bytes(max + 1)) shouldBe DatagramStatus.TOO_LARGE
                }
            }
        }

        contract("the newest datagrams are kept when nobody takes them", capable(TransportCapability.DATAGRAMS)) {
            val short = QuicConfig.builder().datagrams(DatagramConfig.builder().incomingQueueLength(4).build()).build()
            connected(serverConfig = short) { ends ->
                for (i in 0 until 50) {
                    ends.client.sendDatagram(ByteBuffer.wrap(byteArrayOf(i.toByte()))) shouldBe DatagramStatus.SENT
                    // What the stream brought was sent after the datagram.
                    stream(ends).first.send.finish()
                }
                List(4) {
                    ends.server
                        .receiveDatagram()
                        .get()
                        .toInt()
                } shouldBe listOf(46, 47, 48, 49)
            }
        }

        contract("receiving a datagram that is cancelled loses none", capable(TransportCapability.DATAGRAMS)) {
            val long = QuicConfig.builder().datagrams(DatagramConfig.builder().outgoingQueueLength(256).build()).build()
            connected(clientConfig = long) { ends ->
                val got = mutableListOf<Int>()
                repeat(100) { i ->
                    // Cancelled before, while or after the datagram arrives.
                    val receiver = launch(start = CoroutineStart.UNDISPATCHED) {
                        got += ends.server
                            .receiveDatagram()
                            .get()
                            .toInt()
                    }
                    ends.client.sendDatagram(ByteBuffer.wrap(byteArrayOf(i.toByte()))) shouldBe DatagramStatus.SENT
                    if (i % 2 == 0) yield()
                    receiver.cancelAndJoin()
                }
                while (got.size < 100) {
                    got += ends.server
                        .receiveDatagram()
                        .get()
                        .toInt()
                }
                got shouldBe List(100) { it }
            }
        }

        contract(
            "both ends derive the same keying material, another for each label, context and connection",
            capable(TransportCapability.KEYING_MATERIAL_EXPORTER),
        ) {
            val derived = mutableListOf<List<Byte>>()
            repeat(2) {
                connected { ends ->
                    for ((label, context) in listOf("EXPORTER-a" to 0, "EXPORTER-b" to 0, "EXPORTER-a" to 1)) {
                        val mine = ends.client.exportKeyingMaterial(label, ByteArray(context), 8160)
                        mine.size shouldBe 8160
                        ends.server.exportKeyingMaterial(label, ByteArray(context), 8160) shouldBe mine
                        derived += mine.toList()
                    }
                    shouldThrow<IllegalArgumentException> { ends.client.exportKeyingMaterial("EXPORTER-a", ByteArray(0), 0) }
                    shouldThrow<IllegalArgumentException> { ends.client.exportKeyingMaterial("EXPORTER-a", ByteArray(0), 20_000) }
                }
            }
            derived.toSet().size shouldBe 6
        }

        contract("a close tells the other end its code and reason, and ends everything here and there") {
            for (fromClient in listOf(true, false)) {
                // So little credit that the close is not lost in a flood: nothing repeats it.
                val tight = smallBuffers()
                    .toBuilder()
                    .maxStreamData(32_768)
                    .maxData(65_536)
                    .build()
                connected(clientConfig = tight, serverConfig = tight) { ends ->
                    val (mine, theirs) = stream(ends)
                    val waiting = listOf<suspend () -> Unit>(
                        { mine.receive.read(ByteBuffer.allocate(1)) },
                        { theirs.receive.read(ByteBuffer.allocate(1)) },
                        { mine.send.write(bytes(FLOOD)) },
                        { theirs.send.awaitStopped() },
                        { ends.client.acceptBidirectionalStream() },
                        { ends.server.acceptUnidirectionalStream() },
                        { ends.client.receiveDatagram() },
                        { ends.server.receiveDatagram() },
                    ).drop(if (fromClient) 0 else 2).map {
                        // At once, so that they wait by the time of the close.
                        async(start = CoroutineStart.UNDISPATCHED) { shouldThrow<QuicConnectionException> { while (true) it() } }
                    }
                    val (closer, other) = if (fromClient) ends.client to ends.server else ends.server to ends.client
                    closer.close(0x170d7b68, "so long ✓")
                    closer.close(0x1, "too late")
                    closer.awaitClosed().shouldBeInstanceOf<QuicCloseReason.Local>().errorCode shouldBe 0x170d7b68
                    val seen = other.awaitClosed().shouldBeInstanceOf<QuicCloseReason.Application>()
                    seen.errorCode shouldBe 0x170d7b68
                    seen.reason shouldBe "so long ✓"
                    waiting.awaitAll()
                    shouldThrow<QuicConnectionException> { other.openBidirectionalStream() }.reason shouldBe seen
                    closer.tryOpenBidirectionalStream().shouldBeNull()
                    closer.sendDatagram(bytes(1)) shouldBe DatagramStatus.BLOCKED
                    // Counters are told after the end, too.
                    closer.statistics().packetsSent?.shouldBeGreaterThan(0)
                }
            }
        }

        contract("a reason that is too long for a packet is cut between two characters") {
            // Wherever the cut is, one of these has a character across it.
            for (offset in 0 until 4) {
                val reason = "x".repeat(offset) + "\uD83D\uDE80".repeat(5_000)
                connected { ends ->
                    ends.client.close(0x1, reason)
                    val seen = ends.server.awaitClosed().shouldBeInstanceOf<QuicCloseReason.Application>()
                    seen.errorCode shouldBe 0x1
                    seen.reason.length shouldBeGreaterThan offset
                    reason shouldStartWith seen.reason
                    seen.reason.last().isHighSurrogate() shouldBe false
                }
            }
        }

        contract("what was written before a close arrives before it") {
            connected { ends ->
                val (mine, theirs) = stream(ends)
                val reader = async { theirs.receive.readAll() }
                mine.send.write(bytes(1000))
                launch(start = CoroutineStart.UNDISPATCHED) { mine.send.finish() }
                ends.client.close(0x100, "")
                reader.await() shouldBe bytes(1000).array()
            }
        }

        contract("a connection on which nothing is heard times out at both ends") {
            val impatient = QuicConfig
                .builder()
                .idleTimeout(Duration.ofMillis(300))
                .keepAliveInterval(null)
                .build()
            connected(impatient, impatient) { ends ->
                val reading = async { shouldThrow<QuicConnectionException> { stream(ends).first.receive.readAll() } }
                ends.client.awaitClosed().shouldBeInstanceOf<QuicCloseReason.TimedOut>()
                ends.server.awaitClosed().shouldBeInstanceOf<QuicCloseReason.TimedOut>()
                reading.await().reason.shouldBeInstanceOf<QuicCloseReason.TimedOut>()
            }
        }

        contract("a server that never answers is given up after the handshake timeout", sockets(SILENT_PORT)) {
            DatagramSocket(0, InetAddress.getByName("127.0.0.1")).use { silent ->
                val hasty = QuicConfig.builder().handshakeTimeout(Duration.ofMillis(300)).build()
                val failure = shouldThrow<QuicConnectionException> {
                    transport.connect(InetSocketAddress("127.0.0.1", silent.localPort), "localhost", tls.client(), hasty)
                }
                failure.reason.shouldBeInstanceOf<QuicCloseReason.TimedOut>()
            }
        }

        contract("a connect that is cancelled ends at once", sockets(SILENT_PORT)) {
            DatagramSocket(0, InetAddress.getByName("127.0.0.1")).use { silent ->
                val attempt = launch(Dispatchers.Default) {
                    val where = InetSocketAddress("127.0.0.1", silent.localPort)
                    transport.connect(where, "localhost", tls.client(), QuicConfig.defaults())
                }
                // The first packet is out.
                withContext(Dispatchers.IO) { silent.receive(DatagramPacket(ByteArray(2000), 2000)) }
                attempt.cancelAndJoin()
            }
        }

        contract("a certificate that is not trusted fails with TLS, at both ends", sockets("nothing checks a certificate there")) {
            val listener = listen()
            val failure = shouldThrow<QuicConnectionException> { connect(listener, trust = TestCertificates.forLoopback().client()) }
            failure.reason
                .shouldBeInstanceOf<QuicCloseReason.Tls>()
                .cause
                .shouldNotBeNull()
            // The server has nothing to accept: the next one it accepts is the one that trusts it.
            val good = connect(listener)
            val accepted = checkNotNull(listener.accept())
            accepted.remoteAddress.port shouldBe good.localAddress.port
            good.close(0x100, "")
            listener.close()
        }

        contract("a server that validates addresses is reached all the same") {
            val careful = QuicConfig.builder().addressValidation(AddressValidation.RETRY).build()
            connected(serverConfig = careful) { ends ->
                val (mine, theirs) = stream(ends)
                mine.send.finish()
                theirs.receive.readAll().size shouldBe 0
            }
        }

        contract("a connection that the engine keeps alive outlives the idle timeout", capable(TransportCapability.KEEP_ALIVE)) {
            val silent = QuicConfig
                .builder()
                .idleTimeout(Duration.ofMillis(800))
                .keepAliveInterval(null)
                .build()
            val alive = silent.toBuilder().keepAliveInterval(Duration.ofMillis(100)).build()
            connected(serverConfig = silent, clientConfig = alive) { ends ->
                // Three times the timeout: silence is what is tested here.
                withTimeoutOrNull(2_400) { ends.client.awaitClosed() }.shouldBeNull()
                stream(ends)
            }
        }

        contract("statistics count, where they are told") {
            connected { ends ->
                val (mine, theirs) = stream(ends)
                launch { mine.send.sendAll(bytes(100_000)) }
                theirs.receive.readAll().size shouldBe 100_000
                val statistics = ends.server.statistics()
                statistics.bytesReceived?.shouldBeGreaterThan(100_000)
                statistics.packetsReceived?.shouldBeGreaterThan(70)
                // None at all where the network takes no time.
                statistics.smoothedRttNanos?.shouldBeGreaterThanOrEqualTo(0)
                statistics.congestionWindowBytes?.shouldBeGreaterThan(1000)
            }
        }

        contract("a listener that is closed accepts no more, and its connections live on") {
            connected { ends ->
                val acceptor = async(start = CoroutineStart.UNDISPATCHED) { ends.listener.accept() }
                ends.listener.close()
                ends.listener.close()
                acceptor.await().shouldBeNull()
                ends.listener.accept().shouldBeNull()
                val (mine, theirs) = stream(ends)
                mine.send.sendAll(bytes(10))
                theirs.receive.readAll().size shouldBe 10
                val hasty = QuicConfig.builder().handshakeTimeout(Duration.ofMillis(500)).build()
                shouldThrow<QuicConnectionException> { connect(ends.listener, hasty) }
            }
        }

        contract("connections beyond the backlog are closed with H3_EXCESSIVE_LOAD") {
            val listener = listen(QuicConfig.builder().acceptBacklog(2).build())
            val clients = List(3) { connect(listener) }
            // A server may see the end of two handshakes in another order than their clients.
            val (refused, reason) = select {
                clients.forEach { client -> async { client.awaitClosed() }.onAwait { client to it } }
            }
            reason.shouldBeInstanceOf<QuicCloseReason.Application>().errorCode shouldBe 0x107
            val accepted = List(2) { checkNotNull(listener.accept()) }
            accepted.map { it.remoteAddress.port } shouldContainExactlyInAnyOrder (clients - refused).map { it.localAddress.port }
            clients.forEach { it.close(0x100, "") }
            listener.close()
        }

        contract("accepting a connection that is cancelled loses none") {
            val listener = listen()
            val accepted = mutableListOf<Int>()
            val clients = List(10) { i ->
                val acceptor = launch(start = CoroutineStart.UNDISPATCHED) {
                    accepted += checkNotNull(listener.accept()).remoteAddress.port
                }
                val client = connect(listener)
                // Cancelled before, while or after the connection is there.
                if (i % 2 == 0) yield()
                acceptor.cancelAndJoin()
                client
            }
            while (accepted.size < 10) accepted += checkNotNull(listener.accept()).remoteAddress.port
            // A server may see the end of two handshakes in another order than their clients.
            accepted shouldContainExactlyInAnyOrder clients.map { it.localAddress.port }
            clients.forEach { it.close(0x100, "") }
            listener.close()
        }

        contract("no thread is spent on an idle connection", capable(TransportCapability.SHARED_THREADS)) {
            val listener = listen()
            connect(listener)
            checkNotNull(listener.accept())
            val before = threads()
            val clients = List(200) { connect(listener).also { listener.accept() } }
            clients.size shouldBe 200
            // Coroutines themselves start some, never one for each of what waits here.
            threads() shouldBeLessThan before + 100
        }

        contract("no thread is spent on an idle stream") {
            connected { ends ->
                ends.client.openUnidirectionalStream().sendAll(bytes(1))
                ends.server.acceptUnidirectionalStream().readAll()
                val before = threads()
                val streams = List(1000) { ends.client.openBidirectionalStream().also { it.send.write(bytes(1)) } }
                val readers = streams.map { launch { shouldThrow<QuicException> { it.receive.read(ByteBuffer.allocate(1)) } } }
                repeat(1000) { ends.server.acceptBidirectionalStream() }
                threads() shouldBeLessThan before + 64
                transport.close()
                readers.forEach { it.join() }
            }
        }

        contract("an engine that is closed ends its connections, and opens no more") {
            val own = newTransport()
            val listener = listen(on = own)
            val client = connect(listener, on = own)
            val server = checkNotNull(listener.accept())
            own.close()
            own.close()
            val reasons = listOf(client.awaitClosed(), server.awaitClosed())
            // One of them may hear of the other's end before its own.
            reasons.count { it is QuicCloseReason.Internal } shouldBeGreaterThan 0
            reasons.count { it is QuicCloseReason.Internal || it is QuicCloseReason.Application } shouldBe 2
            listener.accept().shouldBeNull()
            shouldThrow<QuicConnectionException> { client.openBidirectionalStream() }
            shouldThrow<QuicConnectionException> { connect(listener, on = own) }
            shouldThrow<IOException> { listen(on = own) }
        }

        contract("the other engine hears of an engine that is closed", sockets("one network is one transport there")) {
            val own = newTransport()
            val listener = listen()
            val client = connect(listener, on = own)
            val server = checkNotNull(listener.accept())
            own.close()
            client.awaitClosed().shouldBeInstanceOf<QuicCloseReason.Internal>()
            server.awaitClosed().shouldBeInstanceOf<QuicCloseReason.Application>()
            listener.close()
        }
    }

    private companion object {
        const val SILENT_PORT = "no port is bound and never answers"

        fun threads(): Int = Thread.getAllStackTraces().size
    }
}
