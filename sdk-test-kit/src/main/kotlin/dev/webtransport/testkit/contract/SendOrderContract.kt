package dev.webtransport.testkit.contract

import dev.webtransport.config.QuicConfig
import dev.webtransport.config.StreamOptions
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.SendStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.transport.QuicTransport
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import java.nio.ByteBuffer
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicLong

/**
 * Whose bytes go first on a connection that cannot carry everything, whatever the transport.
 *
 * The peer's credit for the connection is small and nobody reads at first, so that everything waits in the send buffers; then all
 * streams are read at once. In memory, where credit does not grow and readers are equally fast, what has come of the others when one is
 * complete shows in which order they were sent. Over sockets readers on several threads cannot tell it: there the contract asks that
 * every stream gets through, whatever its order, and that those of one order share.
 *
 * ```
 * class MySendOrderSpec : SendOrderContract(SocketWorld("my engine") { MyTransport() })
 * ```
 */
public abstract class SendOrderContract(world: ContractWorld<QuicTransport>) : SessionSuite(world) {
    private val isExact = world is MemoryWorld

    init {

        contract("a higher order is sent first, although it was written last") {
            saturated { client, reader ->
                val streams = listOf(0L, 5L, 10L).associateWith { reader.open(client, StreamOptions.defaults().sendOrder(it)) }
                reader.start()
                val (low, middle, high) = listOf(0L, 5L, 10L).map { streams.getValue(it) }
                reader.whenComplete(high.id)
                if (isExact) reader.read(middle.id) shouldBeLessThan SLACK
                if (isExact) reader.read(low.id) shouldBeLessThan SLACK
                reader.whenComplete(middle.id)
                if (isExact) reader.read(low.id) shouldBeLessThan SLACK
                reader.whenComplete(low.id)
            }
        }

        contract("a new order counts for what waits already") {
            saturated { client, reader ->
                val first = reader.open(client, StreamOptions.defaults().sendOrder(10))
                val second = reader.open(client, StreamOptions.defaults().sendOrder(5))
                second.sendOrder = 20
                second.sendOrder shouldBe 20
                reader.start()
                reader.whenComplete(second.id)
                if (isExact) reader.read(first.id) shouldBeLessThan SLACK
                reader.whenComplete(first.id)
            }
        }

        contract("streams of the same order share") {
            saturated { client, reader ->
                val streams = List(4) { reader.open(client, StreamOptions.defaults()) }
                reader.start()
                reader.whenComplete(streams.first().id)
                streams.forEach {
                    withClue("stream ${it.id}") {
                        reader.read(it.id) shouldBeGreaterThan
                            if (isExact) SIZE - SLACK else SIZE / 8
                    }
                }
                streams.forEach { reader.whenComplete(it.id) }
            }
        }

        contract("groups share, whatever the orders in them") {
            saturated { client, reader ->
                val a = client.createSendGroup()
                val first = reader.open(client, StreamOptions.defaults().sendGroup(a).sendOrder(10))
                val second = reader.open(client, StreamOptions.defaults().sendGroup(a).sendOrder(5))
                val other = reader.open(client, StreamOptions.defaults())
                other.sendGroup = client.createSendGroup()
                reader.start()
                reader.whenComplete(first.id)
                if (isExact) reader.read(second.id) shouldBeLessThan SLACK
                reader.read(other.id) shouldBeGreaterThan if (isExact) SIZE - SLACK else SIZE / 8
                listOf(other, second).forEach { reader.whenComplete(it.id) }
            }
        }

        contract("a higher order that its own reader holds up does not hold up the lower") {
            peers(
                server = {
                    quic(
                        QuicConfig
                            .builder()
                            .maxData(SIZE)
                            .maxStreamData(4096)
                            .receiveBufferSize(4096)
                            .build(),
                    )
                },
                client = { quic(QuicConfig.builder().sendBufferSize(2 * SIZE.toInt()).build()) },
            ) {
                val (client, server) = sessions()
                coroutineScope {
                    val reader = Reader(this, server)
                    val held = List(20) { reader.open(client, StreamOptions.defaults().sendOrder(10), SIZE / 16) }
                    val free = reader.open(client, StreamOptions.defaults())
                    reader.start { it == free.id }
                    reader.whenComplete(free.id)
                    reader.startOthers()
                    held.forEach { reader.whenComplete(it.id) }
                    reader.stop()
                }
            }
        }

        contract("many more streams at once than the peer allows all get through, whatever their order") {
            peers(server = { quic(QuicConfig.builder().maxIncomingUnidirectionalStreams(16).build()) }) {
                val (client, server) = sessions()
                coroutineScope {
                    val reader = Reader(this, server)
                    reader.start()
                    val streams =
                        List(200) {
                            async {
                                val stream = client.createUnidirectionalStream(StreamOptions.defaults().sendOrder(it.toLong()))
                                stream.write(ByteArray(1000))
                                stream.finish()
                                stream.id
                            }
                        }
                    streams.awaitAll().forEach { reader.whenComplete(it) }
                    reader.stop()
                }
            }
        }

        contract("a group serves the streams of its own session only") {
            peers {
                val (client, server) = sessions()
                val foreign = server.createSendGroup()
                shouldThrow<IllegalArgumentException> { client.createUnidirectionalStream(StreamOptions.defaults().sendGroup(foreign)) }
                val stream = client.createUnidirectionalStream()
                shouldThrow<IllegalArgumentException> { stream.sendGroup = foreign }
                stream.sendGroup shouldBe null
                val own = client.createSendGroup()
                stream.sendGroup = own
                stream.sendGroup shouldBe own
                stream.finish()
                stream.sendOrder = 7
                server.acceptUnidirectionalStream().shouldNotBeNull().read(ByteBuffer.allocate(1)) shouldBe -1
            }
        }
    }

    /**
     * Whatever is written waits in the send buffers: the connection's credit is used up by a stream that nobody reads yet. Over sockets
     * no stream is held up by credit of its own, which would let lower orders pass.
     */
    private suspend fun ContractRun<QuicTransport>.saturated(block: suspend (WebTransportSession, Reader) -> Unit) {
        peers(
            server = {
                quic(
                    QuicConfig
                        .builder()
                        .maxData(CREDIT)
                        .maxStreamData(if (isExact) CREDIT else 4 * SIZE)
                        .receiveBufferSize(4096)
                        .build(),
                )
            },
            client = { quic(QuicConfig.builder().sendBufferSize(2 * SIZE.toInt()).build()) },
        ) {
            val (client, server) = sessions()
            val filling = client.createUnidirectionalStream(StreamOptions.defaults().sendOrder(Long.MAX_VALUE))
            filling.write(ByteArray(2 * CREDIT.toInt()))
            coroutineScope {
                val reader = Reader(this, server)
                block(client, reader)
                reader.stop()
            }
        }
    }

    /** A stream that writes all it has, from now on. */
    private suspend fun Reader.open(session: WebTransportSession, options: StreamOptions, size: Long = SIZE): SendStream {
        val stream = session.createUnidirectionalStream(options)
        scope.launch(start = CoroutineStart.UNDISPATCHED) {
            stream.write(ByteArray(size.toInt()))
            stream.finish()
        }
        return stream
    }

    /** Reads all streams of the peer at once, and counts. */
    private class Reader(
        val scope: CoroutineScope,
        private val session: WebTransportSession,
    ) {
        private val counts = ConcurrentHashMap<Long, AtomicLong>()
        private val ends = ConcurrentHashMap<Long, CompletableDeferred<Unit>>()
        private val others = ConcurrentLinkedQueue<ReceiveStream>()
        private val jobs = ConcurrentLinkedQueue<Job>()

        /** Begins to read the streams that [which] names. */
        fun start(which: (Long) -> Boolean = { true }) {
            jobs +=
                scope.launch {
                    session.incomingUnidirectionalStreams.collect { if (which(it.id)) consume(it) else others += it }
                }
        }

        /** Begins to read the other streams. */
        fun startOthers() = others.forEach(::consume)

        /** Waits for the end of a stream. */
        suspend fun whenComplete(id: Long) = end(id).await()

        /** How many bytes of a stream were read so far. */
        fun read(id: Long): Long = count(id).get()

        suspend fun stop() = jobs.forEach { it.cancelAndJoin() }

        private fun consume(stream: ReceiveStream) {
            jobs +=
                scope.launch {
                    val buffer = ByteBuffer.allocate(4096)
                    while (true) {
                        val read = stream.read(buffer.duplicate())
                        if (read < 0) break
                        count(stream.id).addAndGet(read.toLong())
                    }
                    end(stream.id).complete(Unit)
                }
        }

        private fun count(id: Long) = counts.computeIfAbsent(id) { AtomicLong() }

        private fun end(id: Long) = ends.computeIfAbsent(id) { CompletableDeferred() }
    }

    private companion object {
        /** How much each stream sends. */
        const val SIZE = 1L shl 20

        /** How much the peer allows before it reads. */
        const val CREDIT = 64L shl 10

        /** What may be on its way before an order counts: credit, and a piece. */
        const val SLACK = 256L shl 10
    }
}
