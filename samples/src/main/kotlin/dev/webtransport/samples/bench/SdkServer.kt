package dev.webtransport.samples.bench

import dev.webtransport.config.Engine
import dev.webtransport.config.OriginPolicy
import dev.webtransport.config.ServerConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.samples.bench.BenchSettings.Coroutines
import dev.webtransport.samples.echo.each
import dev.webtransport.samples.echo.unlessEnded
import dev.webtransport.server.SessionRequest
import dev.webtransport.server.WebTransportServer
import dev.webtransport.session.BidirectionalStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.use
import dev.webtransport.testkit.certificate.SelfSignedCertificate
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.supervisorScope
import java.net.InetAddress
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import kotlin.time.Duration.Companion.milliseconds

/**
 * The SDK's server under measurement. `/echo`, `/sink` and `/source?bytes=N` do what the interop server does there; besides,
 * `/sink?checksum` answers with a checksum too, and `/count` counts datagrams and tells of them on a stream.
 */
internal class SdkServer private constructor(
    private val server: WebTransportServer,
    private val address: BenchServer.Address,
    dispatcher: CoroutineDispatcher,
) : BenchServer {
    private val scope = CoroutineScope(dispatcher + SupervisorJob())

    init {
        scope.launch { each(server.requests) { scope.launch { answer(it) } } }
    }

    override fun address(): BenchServer.Address = address

    override fun close() {
        runBlocking { server.close() }
        scope.cancel()
    }

    private suspend fun answer(request: SessionRequest) {
        when (request.path.substringBefore('?')) {
            "/echo" -> {
                echo(request.accept())
            }

            "/sink" -> {
                val withChecksum = request.path.endsWith(CHECKSUM)
                onStreams(request.accept()) { confirm(it, withChecksum) }
            }

            "/source" -> {
                val bytes = request.path.substringAfter("bytes=").toLong()
                unlessEnded { produce(request.accept(), bytes) }
            }

            "/count" -> {
                count(request.accept())
            }
        }
    }

    private suspend fun echo(session: WebTransportSession) {
        supervisorScope {
            launch { onStreams(session, ::echo) }
            each(session.datagrams.incoming) { session.datagrams.send(it) }
        }
    }

    private suspend fun onStreams(session: WebTransportSession, action: suspend (BidirectionalStream) -> Unit) {
        supervisorScope {
            each(session.incomingBidirectionalStreams) { stream -> launch { unlessEnded { stream.use { action(it) } } } }
        }
    }

    private suspend fun echo(stream: BidirectionalStream) {
        var buffer = ByteBuffer.allocate(SMALL_BUFFER)
        while (stream.receive.read(buffer) >= 0) {
            val whole = !buffer.hasRemaining()
            stream.send.write(buffer.flip())
            // Who sends little costs little.
            if (whole && buffer.capacity() < Pattern.CHUNK) buffer = ByteBuffer.allocate(Pattern.CHUNK) else buffer.clear()
        }
        stream.send.finish()
    }

    private suspend fun confirm(stream: BidirectionalStream, withChecksum: Boolean) {
        val sum = Checksum()
        val buffer = ByteBuffer.allocateDirect(Pattern.CHUNK)
        while (stream.receive.read(buffer.clear()) >= 0) sum.add(buffer.flip())
        stream.send.write((if (withChecksum) sum.toString() else sum.count().toString()).encodeToByteArray())
        stream.send.finish()
    }

    private suspend fun produce(session: WebTransportSession, bytes: Long) {
        session.createUnidirectionalStream().use { send(it, bytes) }
    }

    /** The end of a stream asks for the tally; the answer waits until nothing has arrived for a while. */
    private suspend fun count(session: WebTransportSession) {
        val tally = DatagramTally()
        supervisorScope {
            launch { each(session.datagrams.incoming) { tally.add(ByteBuffer.wrap(it)) } }
            onStreams(session) { stream ->
                val buffer = ByteBuffer.allocate(SMALL_BUFFER)
                while (stream.receive.read(buffer.clear()) >= 0) continue
                do {
                    val before = tally.received()
                    delay(QUIET)
                } while (tally.received() > before)
                stream.send.write(tally.toString().encodeToByteArray())
                stream.send.finish()
            }
        }
    }

    companion object {
        private const val SMALL_BUFFER = 2 shl 10
        private val QUIET = 200.milliseconds

        /** Ends the path of who wants a checksum. */
        const val CHECKSUM = "?checksum"

        /** Listens on a free port of 127.0.0.1. */
        @JvmStatic
        fun listen(engine: Engine, coroutines: Coroutines): BenchServer =
            runBlocking {
                val certificate = SelfSignedCertificate.forLoopback()
                val config =
                    ServerConfig
                        .builder(ServerTlsConfig.builder(certificate.identity()).build())
                        .bindAddresses(listOf(InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0)))
                        .originPolicy(OriginPolicy.any())
                        .engine(engine)
                        .build()
                val server = WebTransportServer.listen(config)
                SdkServer(
                    server,
                    BenchServer.Address("https://127.0.0.1:${server.port}", certificate.hash().toHex(), engine.label()),
                    coroutines.dispatcher,
                )
            }
    }
}
