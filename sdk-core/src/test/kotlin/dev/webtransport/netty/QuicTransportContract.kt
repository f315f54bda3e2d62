package dev.webtransport.netty

import dev.webtransport.config.AddressValidation
import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.DatagramConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicException
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.transport.QuicStreamStoppedException
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportCapability
import dev.webtransport.transport.TransportSpi
import dev.webtransport.value.DatagramStatus
import dev.webtransport.value.Perspective
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.booleans.shouldBeTrue
import io.kotest.matchers.collections.shouldBeIn
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import java.net.InetAddress
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.time.Duration
import java.util.concurrent.atomic.AtomicLong
import java.util.zip.CRC32
import kotlin.random.Random
import kotlin.time.Duration.Companion.seconds

/**
 * What every QUIC engine must do, over UDP on the loopback interface. An engine is given as a function that makes one; each
 * test makes what it needs and closes it.
 */
@OptIn(TransportSpi::class)
internal abstract class QuicTransportContract(newTransport: () -> QuicTransport) : FunSpec() {
    private val tls = TestIdentity()
    private val transport: QuicTransport by lazy(newTransport)

    /** The two ends of a connection. */
    protected class Ends(val client: QuicConnection, val server: QuicConnection, val listener: QuicListener)

    protected suspend fun listen(config: QuicConfig = QuicConfig.defaults(), on: QuicTransport = transport): QuicListener =
        on.listen(InetSocketAddress("127.0.0.1", 0), tls.server, config)

    protected suspend fun connect(
        listener: QuicListener,
        config: QuicConfig = QuicConfig.defaults(),
        trust: ClientTlsConfig = tls.client,
        on: QuicTransport = transport,
    ): QuicConnection = on.connect(listener.localAddress, "localhost", trust, config)

    /** Runs [test] with both ends of a connection and ends them. */
    protected suspend fun connected(
        serverConfig: QuicConfig = QuicConfig.defaults(),
        clientConfig: QuicConfig = QuicConfig.defaults(),
        on: QuicTransport = transport,
        test: suspend CoroutineScope.(Ends) -> Unit,
    ) = bounded {
        val listener = listen(serverConfig, on)
        val accepting = async { listener.accept() }
        val client = connect(listener, clientConfig, on = on)
        val ends = Ends(client, checkNotNull(accepting.await()), listener)
        try {
            test(ends)
        } finally {
            ends.client.close(0x100, "")
            ends.server.close(0x100, "")
            listener.close()
        }
    }

    /** A stream of which both ends hold a half each way; one byte has gone to the server. */
    protected suspend fun stream(ends: Ends): Pair<QuicBidirectionalStream, QuicBidirectionalStream> {
        val mine = ends.client.openBidirectionalStream()
        mine.send.write(bytes(1))
        val theirs = ends.server.acceptBidirectionalStream()
        theirs.id shouldBe mine.id
        theirs.receive.read(ByteBuffer.allocate(1)) shouldBe 1
        return mine to theirs
    }

    init {
        afterSpec { transport.close() }

        test("a handshake gives both ends a connection that knows who it is") {
            connected { ends ->
                ends.client.perspective shouldBe Perspective.CLIENT
                ends.server.perspective shouldBe Perspective.SERVER
                ends.client.remoteAddress shouldBe ends.listener.localAddress
                ends.server.remoteAddress.port shouldBe ends.client.localAddress.port
                ends.client.capabilities shouldBe transport.capabilities
            }
        }

        test("IPv6 works like IPv4") {
            bounded {
                val listener = transport.listen(InetSocketAddress("::1", 0), tls.server, QuicConfig.defaults())
                val client = transport.connect(listener.localAddress, "::1", tls.client, QuicConfig.defaults())
                val server = checkNotNull(listener.accept())
                client.openUnidirectionalStream().sendAll(bytes(100))
                server.acceptUnidirectionalStream().readAll() shouldBe bytes(100).array()
                client.close(0x100, "")
                listener.close()
            }
        }

        test("what is written comes back from an echo, and FIN follows the data") {
            connected { ends ->
                launch { ends.server.acceptBidirectionalStream().let { it.send.sendAll(ByteBuffer.wrap(it.receive.readAll())) } }
                val stream = ends.client.openBidirectionalStream()
                stream.send.sendAll(bytes(300_000))
                stream.receive.readAll() shouldBe bytes(300_000).array()
                stream.receive.read(ByteBuffer.allocate(1)) shouldBe -1
            }
        }

        test("both ends open streams of both types, in the order of their ids") {
            connected { ends ->
                for ((from, to) in listOf(ends.client to ends.server, ends.server to ends.client)) {
                    val ids = List(3) { from.openUnidirectionalStream().also { it.sendAll(bytes(10)) }.id }
                    List(3) { to.acceptUnidirectionalStream().also { it.readAll().size shouldBe 10 }.id } shouldBe ids
                    from.openBidirectionalStream().also { it.send.write(bytes(1)) }.id shouldBe to.acceptBidirectionalStream().id
                }
            }
        }

        test("each half of a stream ends by itself") {
            connected { ends ->
                val (mine, theirs) = stream(ends)
                mine.send.finish()
                theirs.receive.read(ByteBuffer.allocate(10)) shouldBe -1
                theirs.send.sendAll(bytes(1000))
                mine.receive.readAll() shouldBe bytes(1000).array()

                val (mine2, theirs2) = stream(ends)
                theirs2.send.finish()
                mine2.receive.read(ByteBuffer.allocate(10)) shouldBe -1
                mine2.send.sendAll(bytes(1000))
                theirs2.receive.readAll() shouldBe bytes(1000).array()
            }
        }

        test("a stream that was finished takes no more, and says so by IllegalStateException") {
            connected { ends ->
                val (mine, _) = stream(ends)
                mine.send.finish()
                mine.send.finish()
                shouldThrow<IllegalStateException> { mine.send.write(bytes(1)) }
                mine.send.awaitStopped().shouldBeNull()
                mine.send.reset(1)
            }
        }

        test("the code of a reset arrives, all 62 bits of it") {
            connected { ends ->
                for (code in listOf(0x0L, 0x170d7b68L, WIDE_CODE, MAX_CODE)) {
                    val (mine, theirs) = stream(ends)
                    mine.send.reset(code)
                    shouldThrow<QuicStreamResetException> { theirs.receive.readAll() }.errorCode shouldBe arriving(code)
                    theirs.send.reset(code)
                    shouldThrow<QuicStreamResetException> { mine.receive.readAll() }.errorCode shouldBe arriving(code)
                    mine.send.awaitStopped().shouldBeNull()
                    shouldThrow<IllegalStateException> { mine.send.write(bytes(1)) }
                    shouldThrow<IllegalStateException> { mine.send.finish() }
                }
            }
        }

        test("STOP_SENDING ends a write that waits, and every later one") {
            connected(clientConfig = smallBuffers()) { ends ->
                for (code in listOf(0x5L, WIDE_CODE)) {
                    val (mine, theirs) = stream(ends)
                    val writer = async { shouldThrow<QuicStreamStoppedException> { mine.send.write(bytes(64 shl 20)) } }
                    val watcher = async { mine.send.awaitStopped() }
                    theirs.receive.read(ByteBuffer.allocate(1))
                    theirs.receive.stopSending(code)
                    writer.await().shouldTell(code)
                    watcher.await().shouldNotBeNull().shouldTell(code)
                    shouldThrow<QuicStreamStoppedException> { mine.send.write(bytes(1)) }
                    shouldThrow<QuicStreamStoppedException> { mine.send.finish() }
                    shouldThrow<IllegalStateException> { theirs.receive.read(ByteBuffer.allocate(1)) }
                }
            }
        }

        test("STOP_SENDING reaches a stream that writes nothing, also a unidirectional one") {
            connected { ends ->
                val (mine, theirs) = stream(ends)
                theirs.receive.stopSending(7)
                mine.send.awaitStopped().shouldNotBeNull()
                shouldThrow<QuicStreamStoppedException> { mine.send.write(bytes(1)) }

                val alone = ends.client.openUnidirectionalStream()
                alone.write(bytes(1))
                ends.server.acceptUnidirectionalStream().stopSending(7)
                alone.awaitStopped().shouldNotBeNull()
                shouldThrow<QuicStreamStoppedException> { alone.write(bytes(1)) }
            }
        }

        test("STOP_SENDING ends a write that waits for the credit of the whole connection") {
            val tight = QuicConfig
                .builder()
                .maxData(100_000)
                .maxStreamData(100_000)
                .receiveBufferSize(1024)
                .build()
            connected(serverConfig = tight, clientConfig = smallBuffers()) { ends ->
                val (mine, theirs) = stream(ends)
                val writer = async { shouldThrow<QuicStreamStoppedException> { mine.send.write(bytes(4 shl 20)) } }
                val other = ends.client.openUnidirectionalStream()
                val otherWriter = launch { shouldThrow<QuicStreamStoppedException> { other.write(bytes(4 shl 20)) } }
                ends.server.acceptUnidirectionalStream().stopSending(1)
                theirs.receive.stopSending(2)
                writer.await()
                otherWriter.join()
            }
        }

        test("a reader that waits is woken by its own stopSending, a writer by its own reset") {
            connected(clientConfig = smallBuffers()) { ends ->
                val (mine, _) = stream(ends)
                val reader = async(start = CoroutineStart.UNDISPATCHED) {
                    shouldThrow<IllegalStateException> { mine.receive.read(ByteBuffer.allocate(1)) }
                }
                mine.receive.stopSending(1)
                reader.await()
                val writer = async(start = CoroutineStart.UNDISPATCHED) {
                    shouldThrow<IllegalStateException> { mine.send.write(bytes(64 shl 20)) }
                }
                mine.send.reset(1)
                writer.await()
            }
        }

        test("a writer waits while nobody reads, and everything arrives once somebody does") {
            val size = 64 shl 20
            connected { ends ->
                val (mine, theirs) = stream(ends)
                val written = AtomicLong()
                val sum = CRC32()
                val writer = launch {
                    val random = Random(SEED)
                    val chunk = ByteArray(64 shl 10)
                    repeat(size / chunk.size) {
                        random.nextBytes(chunk)
                        sum.update(chunk)
                        mine.send.write(ByteBuffer.wrap(chunk))
                        written.addAndGet(chunk.size.toLong())
                    }
                    mine.send.finish()
                }
                // Until it makes no progress through many round trips of another stream.
                var before = -1L
                while (written.get() != before) {
                    before = written.get()
                    repeat(20) { stream(ends).first.send.finish() }
                }
                written.get() shouldBeLessThan (32L shl 20)
                writer.isActive.shouldBeTrue()

                val received = CRC32()
                val dst = ByteBuffer.allocate(100_000)
                var length = 0L
                while (true) {
                    val n = theirs.receive.read(dst.also { it.clear() })
                    if (n < 0) break
                    length += n
                    received.update(dst.flip())
                }
                writer.join()
                length shouldBe size
                received.value shouldBe sum.value
            }
        }

        test("a read that is cancelled loses no byte") {
            connected { ends ->
                val (mine, theirs) = stream(ends)
                val got = ByteBuffer.allocate(200)
                repeat(200) { i ->
                    // Cancelled before, while or after the byte arrives.
                    val reader = launch(start = CoroutineStart.UNDISPATCHED) { theirs.receive.read(got) }
                    mine.send.write(ByteBuffer.wrap(byteArrayOf(i.toByte())))
                    if (i % 2 == 0) yield()
                    reader.cancelAndJoin()
                }
                while (got.hasRemaining()) theirs.receive.read(got)
                got.array() shouldBe ByteArray(200) { it.toByte() }
            }
        }

        test("opening waits for the peer's credit, in order, and a cancelled one takes none") {
            val few = QuicConfig.builder().maxIncomingBidirectionalStreams(2).build()
            connected(serverConfig = few) { ends ->
                val first = List(2) { ends.client.openBidirectionalStream() }
                ends.client.tryOpenBidirectionalStream().shouldBeNull()
                val waiting = List(4) { async(start = CoroutineStart.UNDISPATCHED) { ends.client.openBidirectionalStream() } }
                waiting[1].cancelAndJoin()
                waiting.filter { it.isCompleted && !it.isCancelled }.size shouldBe 0
                for (stream in first) {
                    stream.send.sendAll(bytes(1))
                    ends.server
                        .acceptBidirectionalStream()
                        .also { it.receive.readAll() }
                        .send
                        .finish()
                    stream.receive.readAll()
                }
                val opened = listOf(waiting[0].await(), waiting[2].await())
                opened.map { it.id } shouldBe listOf(8L, 12L)
                waiting[3].isActive.shouldBeTrue()
                waiting[3].cancelAndJoin()
                for (stream in opened) {
                    stream.send.sendAll(bytes(1))
                    ends.server
                        .acceptBidirectionalStream()
                        .also { it.receive.readAll() }
                        .send
                        .finish()
                    stream.receive.readAll()
                }
                ends.client.openBidirectionalStream().id shouldBe 16L
                ends.client.tryOpenUnidirectionalStream().shouldNotBeNull()
            }
        }

        test("accepting that is cancelled loses no stream") {
            connected { ends ->
                val ids = mutableListOf<Long>()
                repeat(100) { i ->
                    val acceptor = async(start = CoroutineStart.UNDISPATCHED) {
                        ends.server
                            .acceptUnidirectionalStream()
                            .id
                            .also(ids::add)
                    }
                    ends.client.openUnidirectionalStream().sendAll(bytes(1))
                    if (i % 3 == 0) yield()
                    acceptor.cancelAndJoin()
                }
                while (ids.size < 100) ids += ends.server.acceptUnidirectionalStream().id
                ids.sorted() shouldBe List(100) { 2L + 4 * it }
            }
        }

        test("streams end by FIN, reset and stop in every combination, and each gives its credit back") {
            val few = QuicConfig
                .builder()
                .maxIncomingBidirectionalStreams(8)
                .maxIncomingUnidirectionalStreams(8)
                .build()
            connected(few, few) { ends ->
                val all = Endings.all()
                val server = launch {
                    repeat(STREAMS) { i ->
                        val stream = ends.server.acceptBidirectionalStream()
                        launch { stream.end(all[(stream.id / 4 % all.size).toInt()].server, i) }
                    }
                }
                repeat(STREAMS) { i ->
                    val stream = ends.client.openBidirectionalStream()
                    launch {
                        stream.send.write(bytes(100))
                        stream.end(all[(stream.id / 4 % all.size).toInt()].client, i)
                    }
                }
                server.join()
                for ((from, to) in listOf(ends.client to ends.server, ends.server to ends.client)) {
                    val accepting = launch {
                        repeat(STREAMS) { i ->
                            val stream = to.acceptUnidirectionalStream()
                            launch { if (i % 2 == 0) stream.stopSending(3) else stream.readToEnd() }
                        }
                    }
                    repeat(STREAMS) { i ->
                        val stream = from.openUnidirectionalStream()
                        stream.writeLoosely(bytes(100))
                        if (i % 3 == 0) stream.reset(4) else stream.finishLoosely()
                    }
                    accepting.join()
                }
                // Nothing is left over: all credit is there again, for who uses it.
                List(8) { ends.client.openBidirectionalStream().also { it.send.write(bytes(1)) } }.size shouldBe 8
            }
        }

        test("many streams are stopped by their receiver while they are open, and new ones can be opened still") {
            val some = QuicConfig.builder().maxIncomingUnidirectionalStreams(64).maxIncomingBidirectionalStreams(64).build()
            connected(some, some) { ends ->
                for ((from, to) in listOf(ends.client to ends.server, ends.server to ends.client)) {
                    val stopping = launch {
                        repeat(200) { to.acceptUnidirectionalStream().stopSending(WIDE_CODE) }
                    }
                    repeat(200) {
                        val stream = from.openUnidirectionalStream()
                        stream.writeLoosely(bytes(100))
                        // Who is never told must be able to end it.
                        withTimeoutOrNull(50) { stream.awaitStopped() }
                        stream.finishLoosely()
                    }
                    stopping.join()
                }
            }
        }

        test("datagrams arrive, up to the size that was named") {
            connected { ends ->
                TransportCapability.DATAGRAMS in ends.client.capabilities
                for ((from, to) in listOf(ends.client to ends.server, ends.server to ends.client)) {
                    val max = from.maxDatagramSize
                    max shouldBeGreaterThan 1000
                    for (size in listOf(1, 1000, max)) {
                        val data = bytes(size)
                        from.sendDatagram(data) shouldBe DatagramStatus.SENT
                        data.hasRemaining() shouldBe false
                        val got = to.receiveDatagram()
                        ByteArray(got.remaining()).also { got.get(it) } shouldBe bytes(size).array()
                    }
                    from.sendDatagram(bytes(max + 1)) shouldBe DatagramStatus.TOO_LARGE
                }
            }
        }

        test("the newest datagrams are kept when nobody takes them") {
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

        test("a close tells the other end its code and reason, and ends everything here and there") {
            for (fromClient in listOf(true, false)) {
                connected(clientConfig = smallBuffers(), serverConfig = smallBuffers()) { ends ->
                    val (mine, theirs) = stream(ends)
                    val waiting = listOf<suspend () -> Unit>(
                        { mine.receive.read(ByteBuffer.allocate(1)) },
                        { theirs.receive.read(ByteBuffer.allocate(1)) },
                        { mine.send.write(bytes(64 shl 20)) },
                        { theirs.send.awaitStopped() },
                        { ends.client.acceptBidirectionalStream() },
                        { ends.server.acceptUnidirectionalStream() },
                        { ends.client.receiveDatagram() },
                        { ends.server.receiveDatagram() },
                    ).drop(if (fromClient) 0 else 2).map { async { shouldThrow<QuicConnectionException> { while (true) it() } } }
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
                    closer.statistics().packetsSent.shouldNotBeNull() shouldBeGreaterThan 0
                }
            }
        }

        test("what was written before a close arrives before it") {
            connected { ends ->
                val (mine, theirs) = stream(ends)
                val reader = async { theirs.receive.readAll() }
                mine.send.write(bytes(1000))
                launch(start = CoroutineStart.UNDISPATCHED) { mine.send.finish() }
                ends.client.close(0x100, "")
                reader.await() shouldBe bytes(1000).array()
            }
        }

        test("a connection on which nothing is heard times out at both ends") {
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

        test("a server that never answers is given up after the handshake timeout") {
            bounded {
                java.net.DatagramSocket(0, InetAddress.getByName("127.0.0.1")).use { silent ->
                    val hasty = QuicConfig.builder().handshakeTimeout(Duration.ofMillis(300)).build()
                    val failure = shouldThrow<QuicConnectionException> {
                        transport.connect(InetSocketAddress("127.0.0.1", silent.localPort), "localhost", tls.client, hasty)
                    }
                    failure.reason.shouldBeInstanceOf<QuicCloseReason.TimedOut>()
                }
            }
        }

        test("a connect that is cancelled ends at once") {
            bounded {
                java.net.DatagramSocket(0, InetAddress.getByName("127.0.0.1")).use { silent ->
                    val attempt = launch(Dispatchers.Default) {
                        val where = InetSocketAddress("127.0.0.1", silent.localPort)
                        transport.connect(where, "localhost", tls.client, QuicConfig.defaults())
                    }
                    // The first packet is out.
                    withContext(Dispatchers.IO) { silent.receive(java.net.DatagramPacket(ByteArray(2000), 2000)) }
                    attempt.cancelAndJoin()
                }
            }
        }

        test("a certificate that is not trusted fails with TLS, at both ends") {
            bounded {
                val listener = listen()
                val failure = shouldThrow<QuicConnectionException> { connect(listener, trust = TestIdentity().client) }
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
        }

        test("a server that validates addresses is reached all the same") {
            val careful = QuicConfig.builder().addressValidation(AddressValidation.RETRY).build()
            connected(serverConfig = careful) { ends ->
                val (mine, theirs) = stream(ends)
                mine.send.finish()
                theirs.receive.readAll().size shouldBe 0
            }
        }

        test("statistics count") {
            connected { ends ->
                val (mine, theirs) = stream(ends)
                launch { mine.send.sendAll(bytes(100_000)) }
                theirs.receive.readAll().size shouldBe 100_000
                val statistics = ends.server.statistics()
                statistics.bytesReceived.shouldNotBeNull() shouldBeGreaterThan 100_000
                statistics.packetsReceived.shouldNotBeNull() shouldBeGreaterThan 70
                statistics.smoothedRttNanos.shouldNotBeNull() shouldBeGreaterThan 0
                statistics.congestionWindowBytes.shouldNotBeNull() shouldBeGreaterThan 1000
            }
        }

        test("a listener that is closed accepts no more, and its connections live on") {
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

        test("connections beyond the backlog are closed with H3_EXCESSIVE_LOAD") {
            bounded {
                val listener = listen(QuicConfig.builder().acceptBacklog(2).build())
                val clients = List(3) { connect(listener) }
                val refused = clients[2].awaitClosed().shouldBeInstanceOf<QuicCloseReason.Application>()
                refused.errorCode shouldBe 0x107
                val accepted = List(2) { checkNotNull(listener.accept()) }
                accepted.map { it.remoteAddress.port } shouldBe clients.take(2).map { it.localAddress.port }
                clients.forEach { it.close(0x100, "") }
                listener.close()
            }
        }

        test("accepting a connection that is cancelled loses none") {
            bounded {
                val listener = listen()
                val accepted = mutableListOf<Int>()
                val clients = List(10) {
                    val acceptor = launch(start = CoroutineStart.UNDISPATCHED) {
                        accepted += checkNotNull(listener.accept()).remoteAddress.port
                    }
                    val client = connect(listener)
                    acceptor.cancelAndJoin()
                    client
                }
                while (accepted.size < 10) accepted += checkNotNull(listener.accept()).remoteAddress.port
                accepted shouldBe clients.map { it.localAddress.port }
                clients.forEach { it.close(0x100, "") }
                listener.close()
            }
        }

        test("no thread is spent on an idle connection or stream") {
            bounded {
                val own = newTransport()
                try {
                    val listener = listen(on = own)
                    val one = connect(listener, on = own)
                    val other = checkNotNull(listener.accept())
                    one.openUnidirectionalStream().sendAll(bytes(1))
                    other.acceptUnidirectionalStream().readAll()
                    val before = threads()
                    coroutineScope {
                        val clients = List(200) { connect(listener, on = own).also { listener.accept() } }
                        clients.size shouldBe 200
                        val streams = List(1000) { one.openBidirectionalStream().also { it.send.write(bytes(1)) } }
                        val readers = streams.map { launch { shouldThrow<QuicException> { it.receive.read(ByteBuffer.allocate(1)) } } }
                        repeat(1000) { other.acceptBidirectionalStream() }
                        threads() shouldBeLessThan before + 3
                        own.close()
                        readers.forEach { it.join() }
                    }
                } finally {
                    own.close()
                }
            }
        }

        test("an engine that is closed ends its connections and gives its threads back") {
            bounded {
                val own = newTransport()
                val listener = listen()
                val client = connect(listener, on = own)
                val server = checkNotNull(listener.accept())
                own.close()
                own.close()
                client.awaitClosed().shouldBeInstanceOf<QuicCloseReason.Internal>()
                server.awaitClosed().shouldBeInstanceOf<QuicCloseReason.Application>()
                shouldThrow<QuicConnectionException> { client.openBidirectionalStream() }
                shouldThrow<QuicConnectionException> { connect(listener, on = own) }
                listener.close()
            }
        }
    }

    /** How one end ends its halves of a stream. */
    protected class Ending(val finishes: Boolean, val reads: Boolean)

    protected class Endings(val client: Ending, val server: Ending) {
        companion object {
            fun all(): List<Endings> {
                val both = listOf(true, false)
                val one = both.flatMap { finishes -> both.map { reads -> Ending(finishes, reads) } }
                return one.flatMap { client -> one.map { server -> Endings(client, server) } }
            }
        }
    }

    private suspend fun QuicBidirectionalStream.end(how: Ending, round: Int) = coroutineScope {
        val sending = launch { if (how.finishes) send.finishLoosely() else send.reset(WIDE_CODE) }
        if (round % 2 == 0) sending.join()
        if (how.reads) receive.readToEnd() else receive.stopSending(WIDE_CODE)
    }

    private fun arriving(code: Long) =
        if (TransportCapability.WIDE_STREAM_CODES in transport.capabilities || code <= Int.MAX_VALUE) code else 0x10c

    private fun QuicStreamStoppedException.shouldTell(code: Long) {
        if (TransportCapability.PEER_STOP_CODE in transport.capabilities) errorCode shouldBe arriving(code) else errorCode.shouldBeNull()
    }

    protected companion object {
        const val WIDE_CODE = 0x52e4a40fb9faL
        const val MAX_CODE = (1L shl 62) - 1
        const val STREAMS = 2000
        const val SEED = 20_261_120L

        suspend fun bounded(test: suspend CoroutineScope.() -> Unit) = withTimeout(60.seconds) { withContext(Dispatchers.Default, test) }

        fun smallBuffers(): QuicConfig = QuicConfig
            .builder()
            .sendBufferSize(4096)
            .receiveBufferSize(4096)
            .build()

        fun bytes(size: Int): ByteBuffer = ByteBuffer.wrap(ByteArray(size) { it.toByte() })

        fun threads(): Int = Thread.getAllStackTraces().keys.count { it.name.startsWith("webtransport") }

        suspend fun QuicSendStream.sendAll(data: ByteBuffer) {
            write(data)
            finish()
        }

        suspend fun QuicReceiveStream.readAll(): ByteArray {
            val all = java.io.ByteArrayOutputStream()
            val part = ByteBuffer.allocate(20_000)
            while (read(part.also { it.clear() }) >= 0) all.write(part.array(), 0, part.position())
            return all.toByteArray()
        }

        /** To FIN or RESET_STREAM. */
        suspend fun QuicReceiveStream.readToEnd() {
            runCatching { readAll() }.exceptionOrNull()?.shouldBeInstanceOf<QuicStreamResetException>()
        }

        /** FIN, unless the peer stopped the stream. */
        suspend fun QuicSendStream.finishLoosely() {
            runCatching { finish() }.exceptionOrNull()?.shouldBeInstanceOf<QuicStreamStoppedException>()
        }

        suspend fun QuicSendStream.writeLoosely(data: ByteBuffer) {
            runCatching { write(data) }.exceptionOrNull()?.shouldBeInstanceOf<QuicStreamStoppedException>()
        }
    }
}
