package dev.webtransport.testkit.engines

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.Engine
import dev.webtransport.config.ServerConfig
import dev.webtransport.server.WebTransportServer
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.SendStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.session.readExactly
import dev.webtransport.session.use
import dev.webtransport.testkit.certificate.TestCertificates
import dev.webtransport.transport.QuicTransports
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.util.zip.CRC32C
import kotlin.random.Random
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/**
 * What each engine carries at full speed: an engine that loses a byte, a FIN or a wake-up under load stops here. How fast it is says
 * `wt bench`; the limits of time are such that only standing still exceeds them.
 */
class EngineLoadSpec :
    FunSpec({
        for (engine in QuicTransports.engines()) {
            val name = engine.label()

            fun load(what: String, limit: Duration = 120.seconds, block: Load) =
                test("$name: $what") {
                    withTimeout(limit) { withContext(Dispatchers.Default) { sessions(engine, block) } }
                }

            load("64 MiB up and 64 MiB down on one stream arrive whole, ten times in a row", 300.seconds) { client, server ->
                launch {
                    repeat(ROUNDS) {
                        server.acceptBidirectionalStream().shouldNotBeNull().use { stream ->
                            stream.send.write(stream.receive.checksum().encodeToByteArray())
                            stream.send.writeRandom()
                            stream.send.finish()
                        }
                    }
                }
                repeat(ROUNDS) {
                    client.createBidirectionalStream().use { stream ->
                        stream.send.writeRandom()
                        stream.send.finish()
                        stream.receive.readExactly(EXPECTED.length).decodeToString() shouldBe EXPECTED
                        stream.receive.checksum() shouldBe EXPECTED
                    }
                }
            }

            load("3,000 streams of 64 bytes, one after another, are echoed whole") { client, server ->
                val echo = launch { echo(server) }
                repeat(SHORT_STREAMS) { number ->
                    val message = ByteArray(SHORT) { (number + it).toByte() }
                    client.echoed(message) shouldBe message
                }
                echo.cancel()
            }

            load("300 streams of 64 KiB at once are echoed whole") { client, server ->
                val echo = launch { echo(server) }
                List(LONG_STREAMS) { number ->
                    async {
                        val message = Random(number).nextBytes(LONG)
                        client.echoed(message) shouldBe message
                    }
                }.awaitAll()
                echo.cancel()
            }

            load("a flood of 100,000 datagrams costs bounded memory, is counted, and leaves the connection alive") { client, server ->
                val payload = ByteArray(1_000)
                val echo = launch { echo(server) }
                val before = heap()
                var sent = 0
                repeat(DATAGRAMS) {
                    client.datagrams.sendWhenRoom(payload)
                    sent++
                }
                // The connection carries streams as before.
                client.echoed(payload) shouldBe payload
                // What nobody read was dropped, and everything that came is accounted for.
                val statistics = server.datagrams.statistics()
                (heap() - before) shouldBeLessThan FLOOD_MEMORY
                sent shouldBe DATAGRAMS
                statistics.received() shouldBeGreaterThan 0
                statistics.droppedIncoming() shouldBeGreaterThan 0
                echo.cancel()
            }
        }
    })

/** Runs with a client's session and the server's end of it. */
private typealias Load = suspend CoroutineScope.(WebTransportSession, WebTransportSession) -> Unit

private const val ROUNDS = 10
private const val SIZE = 64 shl 20
private const val SHORT_STREAMS = 3_000
private const val SHORT = 64
private const val LONG_STREAMS = 300
private const val LONG = 64 shl 10
private const val DATAGRAMS = 100_000
private const val FLOOD_MEMORY = 64L shl 20

/** What every bulk transfer carries: the same bytes at both ends. */
private val block = Random(20_261_126).nextBytes(1 shl 20)
private val EXPECTED = CRC32C()
    .apply { repeat(SIZE / block.size) { update(block) } }
    .let { "%08x".format(it.value) }

private suspend fun SendStream.writeRandom() = repeat(SIZE / block.size) { write(ByteBuffer.wrap(block)) }

private suspend fun ReceiveStream.checksum(): String {
    val sum = CRC32C()
    val buffer = ByteBuffer.allocate(64 shl 10)
    while (read(buffer.clear()) >= 0) sum.update(buffer.flip())
    return "%08x".format(sum.value)
}

private suspend fun WebTransportSession.echoed(message: ByteArray): ByteArray = createBidirectionalStream().use { stream ->
    coroutineScope {
        launch {
            stream.send.write(message)
            stream.send.finish()
        }
        stream.receive.readAll(message.size + 1)
    }
}

private suspend fun echo(session: WebTransportSession) = coroutineScope {
    session.incomingBidirectionalStreams.collect { stream ->
        launch {
            stream.use {
                it.send.write(it.receive.readAll(LONG))
                it.send.finish()
            }
        }
    }
}

private fun heap(): Long = Runtime.getRuntime().run {
    gc()
    totalMemory() - freeMemory()
}

private suspend fun sessions(engine: Engine, block: Load) = coroutineScope {
    val certificates = TestCertificates.forLoopback()
    val config = ServerConfig.builder(certificates.server()).bindAddresses(listOf(InetSocketAddress("127.0.0.1", 0))).build()
    val server = WebTransportServer.listen(config, QuicTransports.of(engine))
    val client = WebTransportClient(ClientConfig.builder().tls(certificates.client()).build(), QuicTransports.of(engine))
    try {
        val accepting = async { checkNotNull(server.acceptRequest()).accept() }
        val session = client.connect("https://127.0.0.1:${server.port}/")
        block(session, accepting.await())
    } finally {
        client.close()
        server.close()
    }
}
