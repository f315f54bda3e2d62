package dev.webtransport.testkit.engines

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.Engine
import dev.webtransport.config.ServerConfig
import dev.webtransport.config.StreamOptions
import dev.webtransport.server.WebTransportServer
import dev.webtransport.session.SendStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.testkit.NarrowPath
import dev.webtransport.testkit.certificate.TestCertificates
import dev.webtransport.transport.QuicTransports
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.comparables.shouldBeLessThan
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.Duration.Companion.seconds

/**
 * Send order on each engine, over UDP on a path that carries less than is sent: 4 MB/s with a queue of 32 packets. What has arrived of the
 * others when one stream is complete shows what was sent first. In memory the contracts show it to the byte.
 */
class EngineSendOrderSpec :
    FunSpec({
        for (engine in QuicTransports.engines()) {
            val name = engine.label()

            fun narrow(what: String, block: suspend NarrowRun.() -> Unit) =
                test("$name: $what") { withTimeout(60.seconds) { withContext(Dispatchers.Default) { run(engine, block) } } }

            narrow("a higher order leaves first, although it was written last") {
                val low = open(StreamOptions.defaults())
                whenBegun(low)
                val high = open(StreamOptions.defaults().sendOrder(1))
                val before = arrived(low)
                whenComplete(high)
                arrived(low) - before shouldBeLessThan SIZE / 2
                whenComplete(low)
            }

            narrow("a new order counts for what waits already") {
                val first = open(StreamOptions.defaults().sendOrder(2))
                val second = open(StreamOptions.defaults().sendOrder(1))
                whenBegun(first)
                second.sendOrder = 3
                val before = arrived(first)
                whenComplete(second)
                arrived(first) - before shouldBeLessThan SIZE / 2
                whenComplete(first)
            }

            narrow("groups share, whatever the orders in them") {
                val group = client.createSendGroup()
                val first = open(StreamOptions.defaults().sendGroup(group).sendOrder(10))
                val second = open(StreamOptions.defaults().sendGroup(group).sendOrder(5))
                val other = open(StreamOptions.defaults().sendGroup(client.createSendGroup()))
                whenComplete(first)
                arrived(other) shouldBeGreaterThan SIZE / 4
                arrived(second) shouldBeLessThan SIZE / 2
                whenComplete(other)
                whenComplete(second)
            }
        }
    })

private const val SIZE = 2L shl 20
private const val BYTES_PER_SECOND = 4_000_000L

/** Two ends and the narrow path between them; the server reads everything at once, and counts. */
private class NarrowRun(private val scope: CoroutineScope, val client: WebTransportSession, private val server: WebTransportSession) {
    private class Arrival {
        val bytes = AtomicLong()
        val begun = CompletableDeferred<Unit>()
        val complete = CompletableDeferred<Unit>()
    }

    private val arrivals = ConcurrentHashMap<Long, Arrival>()

    fun begin() = scope.launch {
        server.incomingUnidirectionalStreams.collect { stream ->
            launch {
                val arrival = arrival(stream.id)
                val buffer = ByteBuffer.allocate(64 shl 10)
                while (true) {
                    val read = stream.read(buffer.clear())
                    if (read < 0) break
                    arrival.bytes.addAndGet(read.toLong())
                    arrival.begun.complete(Unit)
                }
                arrival.complete.complete(Unit)
            }
        }
    }

    /** A stream that sends all it has, from now on. */
    suspend fun open(options: StreamOptions): SendStream {
        val stream = client.createUnidirectionalStream(options)
        scope.launch {
            stream.write(ByteArray(SIZE.toInt()))
            stream.finish()
        }
        return stream
    }

    suspend fun whenBegun(stream: SendStream) = arrival(stream.id).begun.await()

    suspend fun whenComplete(stream: SendStream) = arrival(stream.id).complete.await()

    fun arrived(stream: SendStream): Long = arrival(stream.id).bytes.get()

    private fun arrival(id: Long) = arrivals.computeIfAbsent(id) { Arrival() }
}

private suspend fun run(engine: Engine, block: suspend NarrowRun.() -> Unit) = coroutineScope {
    val certificates = TestCertificates.forLoopback()
    val config = ServerConfig.builder(certificates.server()).bindAddresses(listOf(InetSocketAddress("127.0.0.1", 0))).build()
    val server = WebTransportServer.listen(config, QuicTransports.of(engine))
    val client = WebTransportClient(ClientConfig.builder().tls(certificates.client()).build(), QuicTransports.of(engine))
    val path = NarrowPath(InetSocketAddress("127.0.0.1", server.port), BYTES_PER_SECOND)
    try {
        val accepting = async { checkNotNull(server.acceptRequest()).accept() }
        val session = client.connect("https://127.0.0.1:${path.port()}/")
        NarrowRun(this, session, accepting.await()).run {
            val reading = begin()
            block()
            reading.cancel()
        }
    } finally {
        client.close()
        server.close()
        path.close()
    }
}
