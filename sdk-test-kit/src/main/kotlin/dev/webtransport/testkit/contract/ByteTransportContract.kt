package dev.webtransport.testkit.contract

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.TcpConfig
import dev.webtransport.testkit.certificate.KeyType
import dev.webtransport.testkit.certificate.SelfSignedCertificate
import dev.webtransport.testkit.certificate.TestCertificates
import dev.webtransport.transport.ByteCloseReason
import dev.webtransport.transport.ByteConnection
import dev.webtransport.transport.ByteConnectionException
import dev.webtransport.transport.ByteListener
import dev.webtransport.transport.ByteTransport
import dev.webtransport.value.Perspective
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.booleans.shouldBeTrue
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.nio.ByteBuffer
import java.time.Duration
import java.util.concurrent.atomic.AtomicLong
import java.util.zip.CRC32
import kotlin.random.Random

/**
 * What every transport of bytes must do: TCP with TLS, or what stands in for it.
 *
 * ```
 * class MyBytesSpec : ByteTransportContract(SocketWorld("my TCP") { MyByteTransport() })
 * ```
 */
public abstract class ByteTransportContract(world: ContractWorld<ByteTransport>) : ContractSuite<ByteTransport>(world) {
    private val tls by lazy { TestCertificates.forLoopback() }

    init {
        contract("a handshake gives both ends a connection that knows who it is") {
            connected { ends ->
                ends.client.perspective shouldBe Perspective.CLIENT
                ends.server.perspective shouldBe Perspective.SERVER
                ends.client.remoteAddress shouldBe ends.listener.localAddress
                ends.server.remoteAddress.port shouldBe ends.client.localAddress.port
            }
        }

        contract("both ends know the application protocol: the server's favourite of those that the client offers") {
            for ((offered, spoken, agreed) in listOf(
                Triple(listOf("h2"), listOf("h2"), "h2"),
                Triple(listOf("http/1.1", "h2", "x"), listOf("h2", "http/1.1"), "h2"),
                Triple(listOf(), listOf("h2"), null),
                Triple(listOf("h2"), listOf(), null),
            )) {
                val listener = listen(spoken = spoken)
                val client = connect(listener, offered = offered)
                val server = checkNotNull(listener.accept())
                client.applicationProtocol shouldBe agreed
                server.applicationProtocol shouldBe agreed
                client.close()
                listener.close()
            }
        }

        contract("without a common application protocol the handshake fails, and nobody is accepted") {
            val listener = listen(spoken = listOf("h2"))
            shouldThrow<ByteConnectionException> { connect(listener, offered = listOf("http/1.1")) }
                .reason
                .shouldBeInstanceOf<ByteCloseReason.Tls>()
            acceptsNext(listener)
        }

        contract("certificates of every kind of key are accepted from who is trusted", sockets(NO_CERTIFICATES)) {
            for (type in KeyType.entries) {
                val certificates = TestCertificates.forLoopback(type)
                val listener = transport.listen(ANY_PORT, ALPN, certificates.server(), TcpConfig.defaults())
                connect(listener, trust = certificates.client()).close()
                listener.close()
            }
        }

        contract("a certificate that is not trusted fails with TLS, and nobody is accepted", sockets(NO_CERTIFICATES)) {
            val listener = listen()
            shouldThrow<ByteConnectionException> { connect(listener, trust = TestCertificates.forLoopback().client()) }
                .reason
                .shouldBeInstanceOf<ByteCloseReason.Tls>()
                .cause
                .shouldNotBeNull()
            acceptsNext(listener)
        }

        contract("a certificate for another host fails with TLS", sockets(NO_CERTIFICATES)) {
            val elsewhere = TestCertificates.of(SelfSignedCertificate.builder().hosts(listOf("elsewhere.example")).build())
            val listener = transport.listen(ANY_PORT, ALPN, elsewhere.server(), TcpConfig.defaults())
            shouldThrow<ByteConnectionException> { connect(listener, trust = elsewhere.client()) }
                .reason
                .shouldBeInstanceOf<ByteCloseReason.Tls>()
            listener.close()
        }

        contract("what is written comes back from an echo, and the end follows the data") {
            connected { ends ->
                launch {
                    // What goes wrong on the way there may be put right on the way back.
                    val received = ends.server.readAll()
                    received shouldBe bytes(300_000).array()
                    ends.server.sendAll(ByteBuffer.wrap(received))
                }
                launch { ends.client.sendAll(bytes(300_000)) }
                ends.client.readAll() shouldBe bytes(300_000).array()
                repeat(3) { ends.client.read(ByteBuffer.allocate(1)) shouldBe -1 }
            }
        }

        contract("a write of nothing is nothing, and small writes do not wait for more") {
            connected { ends ->
                for (i in 0 until 100) {
                    ends.client.write(ByteBuffer.allocate(0))
                    ends.client.write(ByteBuffer.wrap(byteArrayOf(i.toByte())))
                    val got = ByteBuffer.allocate(10)
                    ends.server.read(got) shouldBe 1
                    got.get(0) shouldBe i.toByte()
                    ends.server.write(ByteBuffer.wrap(byteArrayOf(1)))
                    ends.client.read(ByteBuffer.allocate(1)) shouldBe 1
                }
            }
        }

        contract("each direction ends by itself") {
            for (clientFirst in listOf(true, false)) {
                connected { ends ->
                    val (one, other) = if (clientFirst) ends.client to ends.server else ends.server to ends.client
                    one.finish()
                    other.read(ByteBuffer.allocate(10)) shouldBe -1
                    other.sendAll(bytes(100_000))
                    one.readAll() shouldBe bytes(100_000).array()
                }
            }
        }

        contract("who has finished writes no more, which is said by IllegalStateException") {
            connected { ends ->
                ends.client.finish()
                ends.client.finish()
                shouldThrow<IllegalStateException> { ends.client.write(bytes(1)) }
            }
        }

        contract("a read needs room for a byte") {
            connected { ends ->
                shouldThrow<IllegalArgumentException> { ends.client.read(ByteBuffer.allocate(0)) }
            }
        }

        contract("when both ends have finished and read, both know that the connection ended well") {
            connected { ends ->
                val waiting = List(2) { async { ends.client.awaitClosed() } }
                ends.client.sendAll(bytes(10))
                ends.server.readAll()
                ends.server.sendAll(bytes(10))
                ends.client.readAll()
                waiting.forEach { it.await() shouldBeSameInstanceAs ByteCloseReason.Finished }
                ends.server.awaitClosed() shouldBeSameInstanceAs ByteCloseReason.Finished
                ends.client.close()
                ends.client.awaitClosed() shouldBeSameInstanceAs ByteCloseReason.Finished
            }
        }

        contract("who closes without finishing cuts the connection: the peer never takes that for the end") {
            for (fromClient in listOf(true, false)) {
                connected { ends ->
                    val (closer, other) = if (fromClient) ends.client to ends.server else ends.server to ends.client
                    closer.write(bytes(1000))
                    other.read(ByteBuffer.allocate(1)) shouldBe 1
                    closer.close()
                    closer.close()
                    shouldThrow<ByteConnectionException> { other.readAll() }.reason.shouldBeInstanceOf<ByteCloseReason.Reset>()
                    shouldThrow<ByteConnectionException> { other.write(bytes(1)) }.reason.shouldBeInstanceOf<ByteCloseReason.Reset>()
                    other.awaitClosed().shouldBeInstanceOf<ByteCloseReason.Reset>()
                    closer.awaitClosed() shouldBeSameInstanceAs ByteCloseReason.Local
                }
            }
        }

        contract("a close ends what waits here with Local, and what waits there with Reset") {
            connected(small(), small()) { ends ->
                // What the other end writes may come before the close.
                val reading: suspend () -> Unit = { while (ends.client.read(ByteBuffer.allocate(1)) >= 0) continue }
                val here = listOf(reading, { ends.client.write(bytes(FLOOD)) })
                    .map { async(start = CoroutineStart.UNDISPATCHED) { shouldThrow<ByteConnectionException> { it() } } }
                val there =
                    async(start = CoroutineStart.UNDISPATCHED) { shouldThrow<ByteConnectionException> { ends.server.write(bytes(FLOOD)) } }
                ends.client.close()
                here.forEach { it.await().reason shouldBeSameInstanceAs ByteCloseReason.Local }
                there.await().reason.shouldBeInstanceOf<ByteCloseReason.Reset>()
                shouldThrow<ByteConnectionException> { ends.client.read(ByteBuffer.allocate(1)) }
                shouldThrow<ByteConnectionException> { ends.client.finish() }
            }
        }

        contract("what was finished before a close arrives, and so does its end") {
            for (fromClient in listOf(true, false)) {
                connected { ends ->
                    val (closer, other) = if (fromClient) ends.client to ends.server else ends.server to ends.client
                    closer.sendAll(bytes(100_000))
                    closer.close()
                    other.readAll() shouldBe bytes(100_000).array()
                    closer.awaitClosed() shouldBeSameInstanceAs ByteCloseReason.Local
                }
            }
        }

        contract("a writer to who has closed fails sooner or later, though its reader saw a good end") {
            connected { ends ->
                ends.client.finish()
                ends.client.close()
                ends.server.readAll().size shouldBe 0
                shouldThrow<ByteConnectionException> {
                    while (true) {
                        ends.server.write(bytes(10_000))
                        yield()
                    }
                }.reason.shouldBeInstanceOf<ByteCloseReason.Reset>()
            }
        }

        contract("a writer waits while nobody reads, and everything arrives once somebody does") {
            connected(small(), small()) { ends ->
                val written = AtomicLong()
                val sum = CRC32()
                // At once: where nothing takes time, the round trips below would be over before it has begun.
                val writer = launch(start = CoroutineStart.UNDISPATCHED) {
                    val random = Random(SEED)
                    val chunk = ByteArray(64 shl 10)
                    repeat(FLOOD / chunk.size) {
                        random.nextBytes(chunk)
                        sum.update(chunk)
                        ends.client.write(ByteBuffer.wrap(chunk))
                        written.addAndGet(chunk.size.toLong())
                    }
                    ends.client.finish()
                }
                // The other way everything goes on; until many round trips later the writer has not moved.
                var before = -1L
                while (written.get() != before) {
                    before = written.get()
                    repeat(100) {
                        ends.server.write(bytes(1))
                        ends.client.read(ByteBuffer.allocate(1)) shouldBe 1
                    }
                    yield()
                }
                written.get() shouldBeLessThan FLOOD / 2L
                writer.isActive.shouldBeTrue()

                val received = CRC32()
                val dst = ByteBuffer.allocate(100_000)
                var length = 0L
                while (true) {
                    val n = ends.server.read(dst.cleared())
                    if (n < 0) break
                    length += n
                    received.update(dst.array(), 0, n)
                }
                writer.join()
                length shouldBe FLOOD
                received.value shouldBe sum.value
            }
        }

        contract("a read that is cancelled loses no byte") {
            connected { ends ->
                val got = ByteBuffer.allocate(200)
                repeat(200) { i ->
                    // Cancelled before, while or after the byte arrives.
                    val reader = launch(start = CoroutineStart.UNDISPATCHED) { ends.server.read(got) }
                    ends.client.write(ByteBuffer.wrap(byteArrayOf(i.toByte())))
                    if (i % 2 == 0) yield()
                    reader.cancelAndJoin()
                }
                while (got.hasRemaining()) ends.server.read(got)
                got.array() shouldBe ByteArray(200) { it.toByte() }
            }
        }

        contract("a write that is cancelled has taken what the position of the buffer says") {
            connected(small(), small()) { ends ->
                val data = bytes(FLOOD / 4)
                val writer = launch(start = CoroutineStart.UNDISPATCHED) { ends.client.write(data) }
                ends.server.read(ByteBuffer.allocate(1)) shouldBe 1
                writer.cancelAndJoin()
                data.position() shouldBeLessThan data.limit()
                val rest = launch { ends.client.sendAll(data) }
                ends.server.readAll() shouldBe bytes(FLOOD / 4).array().copyOfRange(1, FLOOD / 4)
                rest.join()
            }
        }

        contract("a port where nothing listens refuses") {
            val listener = listen()
            listener.close()
            shouldThrow<ByteConnectionException> { connect(listener) }.reason.shouldBeInstanceOf<ByteCloseReason.Refused>()
        }

        contract("a port that is taken cannot be bound again") {
            val listener = listen()
            shouldThrow<IOException> { transport.listen(listener.localAddress, ALPN, tls.server(), TcpConfig.defaults()) }
            listener.close()
        }

        contract("a server that never answers is given up after the handshake timeout", sockets(SILENT_PORT)) {
            silently { silent ->
                val hasty = TcpConfig.builder().handshakeTimeout(Duration.ofMillis(300)).build()
                shouldThrow<ByteConnectionException> { connect(silent, hasty) }.reason.shouldBeInstanceOf<ByteCloseReason.TimedOut>()
            }
        }

        contract("a connect that is cancelled ends at once", sockets(SILENT_PORT)) {
            silently { silent ->
                val attempt = launch(Dispatchers.Default) { connect(silent, TcpConfig.defaults()) }
                // The first bytes of the handshake are there.
                val accepted = withContext(Dispatchers.IO) { silent.accept().also { it.getInputStream().read() } }
                attempt.cancelAndJoin()
                accepted.close()
            }
        }

        contract("a listener that is closed accepts no more, and its connections live on") {
            connected { ends ->
                val acceptor = async(start = CoroutineStart.UNDISPATCHED) { ends.listener.accept() }
                ends.listener.close()
                ends.listener.close()
                acceptor.await().shouldBeNull()
                ends.listener.accept().shouldBeNull()
                ends.client.sendAll(bytes(10))
                ends.server.readAll().size shouldBe 10
            }
        }

        contract("connections that wait when the listener is closed are closed") {
            val listener = listen()
            val client = connect(listener)
            listener.close()
            shouldThrow<ByteConnectionException> { client.readAll() }.reason.shouldBeInstanceOf<ByteCloseReason.Reset>()
        }

        contract("connections beyond the backlog are closed") {
            val listener = listen(TcpConfig.builder().acceptBacklog(2).build())
            val clients = List(3) { connect(listener) }
            // Which of them was the third is for the server to say: clients are done with the handshake before it is.
            val ended = Channel<ByteConnection>(clients.size)
            val readers = clients.map { client ->
                launch {
                    shouldThrow<ByteConnectionException> { client.readAll() }.reason.shouldBeInstanceOf<ByteCloseReason.Reset>()
                    ended.send(client)
                }
            }
            val refused = ended.receive()
            val accepted = List(2) { checkNotNull(listener.accept()) }
            accepted.map { it.remoteAddress.port }.toSet() shouldBe (clients - refused).map { it.localAddress.port }.toSet()
            accepted.forEach { it.close() }
            readers.joinAll()
            listener.close()
        }

        contract("accepting that is cancelled loses no connection") {
            val listener = listen()
            val accepted = mutableListOf<Int>()
            val clients = List(10) { i ->
                val acceptor =
                    launch(start = CoroutineStart.UNDISPATCHED) { accepted += checkNotNull(listener.accept()).remoteAddress.port }
                val client = connect(listener)
                // Cancelled before, while or after the connection is there.
                if (i % 2 == 0) yield()
                acceptor.cancelAndJoin()
                client
            }
            while (accepted.size < 10) accepted += checkNotNull(listener.accept()).remoteAddress.port
            accepted.sorted() shouldBe clients.map { it.localAddress.port }.sorted()
            listener.close()
        }

        contract("a transport that is closed ends its connections, and opens no more") {
            val own = newTransport()
            val listener = own.listen(ANY_PORT, ALPN, tls.server(), TcpConfig.defaults())
            val client = connect(listener, on = own)
            val server = checkNotNull(listener.accept())
            val reader = async(start = CoroutineStart.UNDISPATCHED) {
                shouldThrow<ByteConnectionException> { client.read(ByteBuffer.allocate(1)) }
            }
            own.close()
            own.close()
            // Both ends are this transport's. The one that is ended first may be heard of by the other, before that one's turn comes.
            reader.await()
            val reasons = listOf(client.awaitClosed(), server.awaitClosed())
            reasons.forEach { (it is ByteCloseReason.Internal || it is ByteCloseReason.Reset) shouldBe true }
            reasons.any { it is ByteCloseReason.Internal } shouldBe true
            listener.accept().shouldBeNull()
            shouldThrow<ByteConnectionException> { connect(listener, on = own) }.reason.shouldBeInstanceOf<ByteCloseReason.Internal>()
            shouldThrow<IOException> { own.listen(ANY_PORT, ALPN, tls.server(), TcpConfig.defaults()) }
        }

        contract("many connections go on at once, each with its own bytes") {
            val listener = listen()
            val echo = launch {
                repeat(CONNECTIONS) {
                    val server = checkNotNull(listener.accept())
                    launch { server.sendAll(ByteBuffer.wrap(server.readAll())) }
                }
            }
            List(CONNECTIONS) { i ->
                launch {
                    val data = Random(SEED + i).nextBytes(20_000)
                    val client = connect(listener)
                    client.sendAll(ByteBuffer.wrap(data))
                    client.readAll() shouldBe data
                    client.awaitClosed() shouldBeSameInstanceAs ByteCloseReason.Finished
                }
            }.joinAll()
            echo.join()
            listener.close()
        }
    }

    /** The two ends of a connection. */
    private class Ends(val client: ByteConnection, val server: ByteConnection, val listener: ByteListener)

    private suspend fun ContractRun<ByteTransport>.listen(
        config: TcpConfig = TcpConfig.defaults(),
        spoken: List<String> = ALPN,
    ): ByteListener = transport.listen(ANY_PORT, spoken, tls.server(), config)

    private suspend fun ContractRun<ByteTransport>.connect(
        listener: ByteListener,
        config: TcpConfig = TcpConfig.defaults(),
        offered: List<String> = ALPN,
        trust: ClientTlsConfig = tls.client(),
        on: ByteTransport = transport,
    ): ByteConnection = on.connect(listener.localAddress, "localhost", offered, trust, config)

    private suspend fun ContractRun<ByteTransport>.connect(silent: ServerSocket, config: TcpConfig): ByteConnection {
        val address = InetSocketAddress("127.0.0.1", silent.localPort)
        return transport.connect(address, "localhost", ALPN, tls.client(), config)
    }

    /** Runs [test] with both ends of a connection and ends them. */
    private suspend fun ContractRun<ByteTransport>.connected(
        serverConfig: TcpConfig = TcpConfig.defaults(),
        clientConfig: TcpConfig = TcpConfig.defaults(),
        test: suspend (Ends) -> Unit,
    ) {
        val listener = listen(serverConfig)
        val client = connect(listener, clientConfig)
        val ends = Ends(client, checkNotNull(listener.accept()), listener)
        try {
            test(ends)
        } finally {
            ends.client.close()
            ends.server.close()
            listener.close()
        }
    }

    /** Whoever failed before is not accepted: the next one that is accepted is the next one that connects. */
    private suspend fun ContractRun<ByteTransport>.acceptsNext(listener: ByteListener) {
        val good = connect(listener)
        checkNotNull(listener.accept()).remoteAddress.port shouldBe good.localAddress.port
        withTimeoutOrNull(50) { listener.accept() }.shouldBeNull()
        good.close()
        listener.close()
    }

    private companion object {
        const val CONNECTIONS = 20
        const val SEED = 20_261_120
        const val NO_CERTIFICATES = "nothing checks a certificate there"
        const val SILENT_PORT = "no port is bound and never answers"
        val ALPN = listOf("h2")
        val ANY_PORT get() = InetSocketAddress("127.0.0.1", 0)

        fun small(): TcpConfig = TcpConfig
            .builder()
            .sendBufferSize(4096)
            .receiveBufferSize(4096)
            .build()

        /** A port where TCP answers, and nothing above it. */
        suspend fun silently(test: suspend (ServerSocket) -> Unit) {
            withContext(Dispatchers.IO) { ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")) }.use { test(it) }
        }

        suspend fun ByteConnection.sendAll(data: ByteBuffer) {
            write(data)
            finish()
        }

        suspend fun ByteConnection.readAll(): ByteArray {
            val all = ByteArrayOutputStream()
            val part = ByteBuffer.allocate(20_000)
            while (read(part.cleared()) >= 0) all.write(part.array(), 0, part.position())
            return all.toByteArray()
        }
    }
}
