package dev.webtransport.samples.bench

import dev.webtransport.server.SessionRequest
import dev.webtransport.server.WebTransportServer
import dev.webtransport.session.BidirectionalStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.session.use
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import java.nio.ByteBuffer
import java.util.zip.CRC32C

/** The server side of the workloads: echoes, counts, produces, or does nothing at all until it is told to. */
internal class BenchServer(private val server: WebTransportServer) {
    /** Completed when the reader of `/sleep` may wake. */
    val wake = CompletableDeferred<Unit>()

    suspend fun serve() = server.serve { handle(it) }

    private suspend fun handle(request: SessionRequest) {
        val path = request.path.substringBefore('?')
        val session = if (path in HANDLED) request.accept() else return
        coroutineScope {
            session.incomingBidirectionalStreams.collect { stream ->
                launch { stream.use { answer(path, session, it) } }
            }
        }
    }

    private suspend fun answer(path: String, session: WebTransportSession, stream: BidirectionalStream) {
        when (path) {
            "/echo" -> {
                echo(stream)
            }

            "/sink" -> {
                confirm(stream)
            }

            "/source" -> {
                produce(stream)
            }

            "/sleep" -> {
                wake.await()
                confirm(stream)
            }

            "/idle" -> {
                session.awaitClosed()
            }
        }
    }

    private suspend fun echo(stream: BidirectionalStream) {
        val buffer = ByteBuffer.allocate(CHUNK)
        while (stream.receive.read(buffer.clear()) >= 0) stream.send.write(buffer.flip())
        stream.send.finish()
    }

    /** Counts and checksums what arrives, and says both. */
    private suspend fun confirm(stream: BidirectionalStream) {
        val sum = Checksum()
        val buffer = ByteBuffer.allocateDirect(CHUNK)
        while (stream.receive.read(buffer.clear()) >= 0) sum.add(buffer.flip())
        stream.send.write(sum.toString().encodeToByteArray())
        stream.send.finish()
    }

    /** Sends as many bytes as the client asks for. */
    private suspend fun produce(stream: BidirectionalStream) {
        val wanted = stream.receive
            .readAll(32)
            .decodeToString()
            .toLong()
        Pattern.send(stream.send, wanted)
        stream.send.finish()
    }

    private companion object {
        val HANDLED = setOf("/echo", "/sink", "/source", "/sleep", "/idle")
    }
}

/** How much is read or written at once. */
internal const val CHUNK = 64 shl 10

/** Count and CRC-32C of what passed. */
internal class Checksum {
    private val crc = CRC32C()
    private var count = 0L

    fun add(bytes: ByteBuffer) {
        count += bytes.remaining()
        crc.update(bytes)
    }

    override fun toString(): String = "$count bytes, crc32c %08x".format(crc.value)
}
