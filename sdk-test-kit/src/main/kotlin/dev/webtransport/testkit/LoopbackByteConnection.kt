package dev.webtransport.testkit

import dev.webtransport.transport.ByteCloseReason
import dev.webtransport.transport.ByteConnection
import dev.webtransport.transport.ByteConnectionException
import dev.webtransport.value.Perspective
import java.net.InetSocketAddress
import java.nio.ByteBuffer

/** One end of a connection of bytes. */
internal class LoopbackByteConnection(
    private val link: LoopbackByteLink,
    override val perspective: Perspective,
    override val localAddress: InetSocketAddress,
    override val remoteAddress: InetSocketAddress,
) : ByteConnection {
    private val monitor get() = link.monitor
    private val incoming get() = link.pipeTo(this)
    private val outgoing get() = link.pipeTo(link.peerOf(this))
    private val closed = Condition(link.monitor)

    override val applicationProtocol: String? get() = link.applicationProtocol

    override suspend fun read(dst: ByteBuffer): Int {
        require(dst.hasRemaining()) { "read into a buffer without room; it needs room for at least one byte" }
        return monitor.await(incoming.readable) {
            if (!incoming.read) throwIfEnded()
            incoming.read(dst)?.also { settle() }
        }
    }

    override suspend fun write(data: ByteBuffer) {
        monitor.await(outgoing.writable) {
            check(!outgoing.finished) { "write after finish" }
            throwIfEnded()
            if (outgoing.write(data)) Unit else null
        }
    }

    // Never waits: the send buffer has taken all that was written, and the end needs no room in it.
    override suspend fun finish() {
        monitor.locked {
            if (!outgoing.finished) {
                throwIfEnded()
                outgoing.finish()
                settle()
            }
        }
    }

    override fun close() {
        monitor.locked { leave(ByteCloseReason.Local) }
    }

    override suspend fun awaitClosed(): ByteCloseReason = monitor.await(closed) { end }

    override fun toString(): String = "loopback bytes of the ${perspective.name.lowercase()}, $localAddress to $remoteAddress"

    // What follows runs under the lock.

    var end: ByteCloseReason? = null
        private set

    /** Ends this end by its own will; the other hears of it unless all was said. */
    fun leave(reason: ByteCloseReason) {
        if (end != null) return
        ended(reason)
        incoming.refuse()
        if (!outgoing.finished) link.reset(this)
    }

    /** The connection is cut, and this end hears of it. */
    fun cut(reason: ByteCloseReason) {
        incoming.cut()
        outgoing.cut()
        if (end == null) ended(reason)
    }

    private fun settle() {
        if (end == null && incoming.read && outgoing.finished) ended(ByteCloseReason.Finished)
    }

    private fun ended(reason: ByteCloseReason) {
        end = reason
        closed.signal()
        incoming.signal()
        outgoing.signal()
        link.settle()
    }

    private fun throwIfEnded() {
        end?.let { throw ByteConnectionException(it) }
    }
}

/** Both ends of a connection of bytes, and the two directions between them. */
internal class LoopbackByteLink(
    val monitor: Monitor,
    val applicationProtocol: String?,
    clientAddress: InetSocketAddress,
    serverAddress: InetSocketAddress,
    private val toServer: Wire,
    private val toClient: Wire,
    buffers: LoopbackByteBuffers,
    private val onEnd: (LoopbackByteLink) -> Unit,
) {
    val client = LoopbackByteConnection(this, Perspective.CLIENT, clientAddress, serverAddress)
    val server = LoopbackByteConnection(this, Perspective.SERVER, serverAddress, clientAddress)
    private val upward = LoopbackBytePipe(monitor, toServer, buffers.clientSends, buffers.serverReceives) { reset(server) }
    private val downward = LoopbackBytePipe(monitor, toClient, buffers.serverSends, buffers.clientReceives) { reset(client) }

    fun peerOf(end: LoopbackByteConnection): LoopbackByteConnection = if (end === client) server else client

    fun pipeTo(end: LoopbackByteConnection): LoopbackBytePipe = if (end === server) upward else downward

    /** Tells the peer of [end] that there will be no more. */
    fun reset(end: LoopbackByteConnection) {
        val peer = peerOf(end)
        (if (peer === server) toServer else toClient).carry { peer.cut(RESET) }
    }

    /** The transport goes away under both ends. */
    fun abandon(reason: ByteCloseReason) {
        client.cut(reason)
        server.cut(reason)
    }

    fun settle() {
        if (client.end != null && server.end != null) onEnd(this)
    }
}

private val RESET = ByteCloseReason.Reset("the peer closed the connection before it had finished, or did not read on")

/** How many bytes wait at each end, and which way. */
internal class LoopbackByteBuffers(
    val clientSends: Int,
    val clientReceives: Int,
    val serverSends: Int,
    val serverReceives: Int,
)
