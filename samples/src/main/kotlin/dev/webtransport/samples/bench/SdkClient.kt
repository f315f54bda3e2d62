package dev.webtransport.samples.bench

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.Engine
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerCertificateHash
import dev.webtransport.config.Trust
import dev.webtransport.samples.bench.BenchSettings.Coroutines
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.session.use
import dev.webtransport.value.DatagramStatus
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import java.nio.ByteBuffer
import java.time.Duration
import java.util.concurrent.atomic.AtomicInteger
import java.util.function.IntConsumer
import kotlin.time.Duration.Companion.seconds

/** The SDK's client under measurement. */
internal class SdkClient private constructor(
    private val client: WebTransportClient,
    private val url: String,
    private val server: ServerKind,
    private val dispatcher: CoroutineDispatcher,
) : BenchClient {
    private enum class ServerKind { OWN, FOREIGN }

    override fun countsDatagrams(): Boolean = server == ServerKind.OWN

    override fun upload(streams: Int, bytes: Long): Long {
        val expected = if (server == ServerKind.OWN) Pattern.checksum(bytes) else bytes.toString()
        return session(if (server == ServerKind.OWN) "/sink${SdkServer.CHECKSUM}" else "/sink") { session ->
            nanos { atOnce(streams) { upload(session, bytes, expected) } }
        }
    }

    private suspend fun upload(session: WebTransportSession, bytes: Long, expected: String) {
        session.createBidirectionalStream().use { stream ->
            send(stream.send, bytes)
            val answer = stream.receive.readAll(MAX_ANSWER).decodeToString()
            check(answer == expected) { "the server received $answer, not $expected" }
        }
    }

    override fun download(bytes: Long): Long {
        val expected = Pattern.checksum(bytes)
        return session("/source?bytes=$bytes") { session ->
            nanos {
                val stream = checkNotNull(session.acceptUnidirectionalStream()) { "the server closed the session" }
                val received = checksum(stream)
                when (server) {
                    ServerKind.OWN -> check(received.toString() == expected) { "received $received, not $expected" }
                    ServerKind.FOREIGN -> check(received.count() == bytes) { "received ${received.count()} bytes, not $bytes" }
                }
            }
        }
    }

    override fun request(count: Int, bytes: Int, streams: BenchClient.StreamUse): LongArray =
        session("/echo") { session ->
            val message = Pattern.piece(0, bytes.toLong())
            val answer = ByteBuffer.allocate(bytes + 1)
            when (streams) {
                BenchClient.StreamUse.FRESH -> LongArray(count) { nanos { echo(session, message, answer) } }
                BenchClient.StreamUse.SAME -> requestOnOneStream(session, count, message, answer)
            }
        }

    private suspend fun requestOnOneStream(
        session: WebTransportSession,
        count: Int,
        message: ByteBuffer,
        answer: ByteBuffer,
    ): LongArray =
        session.createBidirectionalStream().use { stream ->
            LongArray(count) {
                nanos {
                    stream.send.write(message.rewind())
                    answer.clear().limit(message.capacity())
                    while (answer.hasRemaining()) check(stream.receive.read(answer) >= 0) { "the echo ended" }
                    check(answer.flip() == message.rewind()) { "the echo is not what was sent" }
                }
            }
        }

    /** One stream there and back; [answer] has room for one byte more than [message], to see that no more comes. */
    private suspend fun echo(session: WebTransportSession, message: ByteBuffer, answer: ByteBuffer) {
        session.createBidirectionalStream().use { stream ->
            stream.send.write(message.rewind())
            stream.send.finish()
            answer.clear()
            while (answer.hasRemaining() && stream.receive.read(answer) >= 0) continue
            check(answer.flip() == message.rewind()) { "the echo is not what was sent" }
        }
    }

    override fun datagramRoundTrips(count: Int, bytes: Int): LongArray =
        session("/echo") { session ->
            val data = ByteArray(bytes)
            val taken = LongArray(count)
            var back = 0
            for (number in 0 until count) {
                ByteBuffer.wrap(data).putInt(number)
                val begin = System.nanoTime()
                session.datagrams.send(data)
                val came = withTimeoutOrNull(LOST) {
                    while (session.datagrams.receive()?.contentEquals(data) == false) continue
                }
                if (came != null) taken[back++] = System.nanoTime() - begin
            }
            taken.copyOf(back)
        }

    override fun datagrams(count: Int, bytes: Int): BenchClient.Arrivals =
        session("/count") { session ->
            val data = ByteBuffer.allocate(bytes)
            repeat(count) { number ->
                data.putInt(0, number)
                val status = session.datagrams.sendWhenRoom(data.clear())
                check(status == DatagramStatus.SENT) { "datagram $number was not sent: $status" }
            }
            session.createBidirectionalStream().use { stream ->
                stream.send.finish()
                BenchClient.Arrivals.parse(stream.receive.readAll(MAX_ANSWER).decodeToString())
            }
        }

    override fun connect(count: Int, atOnce: Int): BenchClient.Connects =
        blocking {
            val untilReady = LongArray(count)
            val next = AtomicInteger()
            val total = nanos {
                atOnce(atOnce) {
                    next.each(count) {
                        val begin = System.nanoTime()
                        val session = client.connect("$url/echo")
                        untilReady[it] = System.nanoTime() - begin
                        session.close()
                    }
                }
            }
            BenchClient.Connects(total, untilReady)
        }

    override fun echoAtOnce(streams: Int, bytes: Int): Long {
        val expected = Pattern.checksum(bytes.toLong())
        return session("/echo") { session ->
            nanos {
                atOnce(streams) {
                    session.createBidirectionalStream().use { stream ->
                        coroutineScope {
                            launch { send(stream.send, bytes.toLong()) }
                            val received = checksum(stream.receive).toString()
                            check(received == expected) { "of a stream $received came back, not $expected" }
                        }
                    }
                }
            }
        }
    }

    override fun openIdle(count: Int, opened: IntConsumer) {
        blocking {
            val next = AtomicInteger()
            val done = AtomicInteger()
            atOnce(Sizes.CONNECTS_AT_ONCE) {
                next.each(count) {
                    client.connect("$url/echo")
                    opened.accept(done.incrementAndGet())
                }
            }
        }
    }

    override fun shortStreams(parts: IntArray, atOnce: Int, bytes: Int, steps: BenchClient.Steps): Long =
        session("/echo") { session ->
            val done = AtomicInteger()
            var taken = 0L
            for ((part, count) in parts.withIndex()) {
                val next = AtomicInteger()
                taken += nanos {
                    atOnce(atOnce) {
                        val message = Pattern.piece(0, bytes.toLong())
                        val answer = ByteBuffer.allocate(bytes + 1)
                        next.each(count) {
                            echo(session, message, answer)
                            steps.done(done.incrementAndGet())
                        }
                    }
                }
                steps.partDone(part)
            }
            taken
        }

    override fun close() {
        blocking { client.close() }
    }

    private suspend fun checksum(stream: ReceiveStream): Checksum {
        val sum = Checksum()
        val buffer = ByteBuffer.allocate(READ_BUFFER)
        while (stream.read(buffer.clear()) >= 0) sum.add(buffer.flip())
        return sum
    }

    private fun <T> session(path: String, block: suspend (WebTransportSession) -> T): T =
        blocking {
            val session = client.connect("$url$path")
            try {
                block(session)
            } finally {
                session.close()
            }
        }

    private fun <T> blocking(block: suspend () -> T): T = runBlocking(dispatcher) { block() }

    private suspend inline fun nanos(block: suspend () -> Unit): Long {
        val begin = System.nanoTime()
        block()
        return System.nanoTime() - begin
    }

    private suspend fun atOnce(count: Int, block: suspend () -> Unit) {
        coroutineScope { repeat(count) { launch { block() } } }
    }

    /** Takes numbers below [end] that nobody else has taken, until there are none. */
    private suspend inline fun AtomicInteger.each(end: Int, block: suspend (Int) -> Unit) {
        while (true) {
            val number = getAndIncrement()
            if (number >= end) return
            block(number)
        }
    }

    companion object {
        private const val MAX_ANSWER = 100
        private const val READ_BUFFER = 64 shl 10
        private val LOST = 1.seconds
        private val PATIENCE = Duration.ofSeconds(60)

        /** A client of [SdkServer]. */
        @JvmStatic
        fun toOwnServer(server: BenchServer.Address, engine: Engine, coroutines: Coroutines): BenchClient =
            of(server, engine, coroutines, ServerKind.OWN)

        /** A client of a server that speaks the peer protocol. */
        @JvmStatic
        fun toForeignServer(server: BenchServer.Address, engine: Engine, coroutines: Coroutines): BenchClient =
            of(server, engine, coroutines, ServerKind.FOREIGN)

        private fun of(
            server: BenchServer.Address,
            engine: Engine,
            coroutines: Coroutines,
            kind: ServerKind,
        ): BenchClient {
            val hash = ServerCertificateHash.sha256(server.certificateHash)
            val tls = ClientTlsConfig.builder().trust(Trust.serverCertificateHashes(listOf(hash))).build()
            // Fifty at once on a busy machine are slow, and not unreachable.
            val config = ClientConfig
                .builder()
                .tls(tls)
                .quic(QuicConfig.builder().handshakeTimeout(PATIENCE).build())
                .connectTimeout(PATIENCE)
                .engine(engine)
                .build()
            return SdkClient(WebTransportClient(config), server.url, kind, coroutines.dispatcher)
        }
    }
}
