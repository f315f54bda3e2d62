package dev.webtransport.testkit.contract

import dev.webtransport.config.TcpConfig
import dev.webtransport.testkit.Condition
import dev.webtransport.testkit.Monitor
import dev.webtransport.testkit.await
import dev.webtransport.testkit.quic.ByteRing
import dev.webtransport.transport.ByteCloseReason
import dev.webtransport.transport.ByteConnection
import dev.webtransport.transport.ByteConnectionException
import dev.webtransport.value.Perspective
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import java.io.IOException
import java.net.InetSocketAddress
import java.net.Socket
import java.nio.ByteBuffer
import javax.net.ssl.SSLSocket
import kotlin.time.Duration.Companion.seconds

/** One TLS socket between two rings of bytes: one thread fills the one, another empties the other. */
internal class JdkByteConnection(
    private val socket: SSLSocket,
    private val raw: Socket,
    override val perspective: Perspective,
    private val config: TcpConfig,
    private val onEnd: (JdkByteConnection) -> Unit,
) : ByteConnection {
    private val monitor = Monitor()
    private val changed = Condition(monitor)
    private val incoming = ByteRing()
    private val outgoing = ByteRing()
    private var finished = false
    private var drained = false
    private var endArrived = false
    private var endRead = false
    private var end: ByteCloseReason? = null
    private var scope: CoroutineScope? = null

    override val localAddress = raw.localSocketAddress as InetSocketAddress
    override val remoteAddress = raw.remoteSocketAddress as InetSocketAddress
    override val applicationProtocol: String? = socket.applicationProtocol.orEmpty().ifEmpty { null }

    fun start(scope: CoroutineScope) {
        this.scope = scope
        scope.launch { failing { fill() } }
        scope.launch { failing { drain() } }
    }

    override suspend fun read(dst: ByteBuffer): Int {
        require(dst.hasRemaining()) { "read into a buffer without room" }
        return monitor.await(changed) {
            if (!endRead) throwIfEnded()
            when {
                incoming.size() > 0 -> incoming.take(dst).also { changed.signal() }
                endArrived -> (-1).also { seeEnd() }
                else -> null
            }
        }
    }

    override suspend fun write(data: ByteBuffer) {
        monitor.await(changed) {
            check(!finished) { "write after finish" }
            throwIfEnded()
            val count = minOf(data.remaining(), config.sendBufferSize() - outgoing.size())
            if (count > 0) {
                outgoing.put(data, count)
                changed.signal()
            }
            if (data.hasRemaining()) null else Unit
        }
    }

    override suspend fun finish() {
        monitor.locked {
            if (!finished) {
                throwIfEnded()
                finished = true
                if (endRead) ended(ByteCloseReason.Finished)
                changed.signal()
            }
        }
    }

    override fun close() {
        val (isFirst, isWhole) = monitor.locked {
            val isFirst = end == null
            if (isFirst) ended(ByteCloseReason.Local)
            isFirst to (finished && incoming.size() == 0)
        }
        if (!isFirst) return
        if (!isWhole) {
            cut()
        } else {
            // What was finished is on its way, and the socket stays for as long as that may take.
            scope?.launch {
                delay(LINGERING)
                cut()
            }
        }
    }

    override suspend fun awaitClosed(): ByteCloseReason = monitor.await(changed) { end }

    fun end(reason: ByteCloseReason) {
        monitor.locked { if (end == null) ended(reason) }
    }

    /** RST, where TCP has not ended. */
    fun cut() {
        try {
            raw.setSoLinger(true, 0)
        } catch (_: IOException) {
            // It is closed already.
        }
        raw.close()
        onEnd(this)
    }

    private suspend fun fill() {
        val buffer = ByteArray(CHUNK)
        while (true) {
            val room = monitor.await(changed) { (config.receiveBufferSize() - incoming.size()).takeIf { it > 0 || end != null } }
            val count = socket.inputStream.read(buffer, 0, if (room > 0) minOf(room, CHUNK) else CHUNK)
            val isUnwanted = monitor.locked {
                changed.signal()
                if (count < 0) {
                    endArrived = true
                } else if (end == null) {
                    incoming.put(ByteBuffer.wrap(buffer), count)
                }
                count >= 0 && end != null
            }
            if (isUnwanted) throw IOException("data for who has closed")
            if (count < 0) break
        }
        // Both directions are done, or this one waits for the other.
        monitor.await(changed) { if (drained) Unit else null }
        raw.close()
        onEnd(this)
    }

    private suspend fun drain() {
        while (true) {
            val chunk = monitor.await(changed) {
                when {
                    outgoing.size() > 0 -> ByteBuffer.allocate(minOf(outgoing.size(), CHUNK)).also { outgoing.take(it) }
                    finished -> ByteBuffer.allocate(0)
                    end != null -> throw IOException("closed")
                    else -> null
                }
            }
            monitor.locked { changed.signal() }
            if (chunk.capacity() == 0) break
            socket.outputStream.write(chunk.array())
        }
        socket.shutdownOutput()
        monitor.locked {
            drained = true
            changed.signal()
        }
    }

    private suspend fun failing(pump: suspend () -> Unit) {
        try {
            pump()
        } catch (failed: IOException) {
            end(ByteCloseReason.Reset(failed.toString()))
            cut()
        }
    }

    // What follows runs under the lock.

    private fun seeEnd() {
        endRead = true
        if (end == null && finished) ended(ByteCloseReason.Finished)
    }

    private fun ended(reason: ByteCloseReason) {
        end = reason
        changed.signal()
    }

    private fun throwIfEnded() {
        end?.let { throw ByteConnectionException(it) }
    }

    private companion object {
        const val CHUNK = 16_384
        val LINGERING = 2.seconds
    }
}
