package dev.webtransport.testkit

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.value.Perspective
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import java.net.InetSocketAddress

/** Both ends of one connection, the lock around them, and the idle timer they share. */
internal class LoopbackLink(
    clientAddress: InetSocketAddress,
    serverAddress: InetSocketAddress,
    clientConfig: QuicConfig,
    serverConfig: QuicConfig,
    private val timers: CoroutineScope,
    private val onEnd: (LoopbackLink) -> Unit,
) {
    val monitor = Monitor()
    val client = LoopbackConnection(this, Perspective.CLIENT, clientAddress, serverAddress, clientConfig, serverConfig)
    val server = LoopbackConnection(this, Perspective.SERVER, serverAddress, clientAddress, serverConfig, clientConfig)

    private val streams = LinkedHashSet<LoopbackStream>()
    private val idleMillis = idleTimeoutMillis(clientConfig, serverConfig)
    private var timer: Job? = null

    fun start() {
        monitor.locked { touched() }
    }

    /** The engine goes away under the connection. */
    fun abandon() {
        val reason = QuicCloseReason.Internal("the loopback transport was closed")
        monitor.locked { end(client, reason, reason) }
    }

    // What follows runs under the lock.

    fun peerOf(connection: LoopbackConnection): LoopbackConnection {
        return if (connection === client) server else client
    }

    fun add(stream: LoopbackStream) {
        streams.add(stream)
    }

    fun remove(stream: LoopbackStream) {
        streams.remove(stream)
    }

    /** A packet went through, which either end takes as a sign of life. */
    fun touched() {
        val millis = idleMillis ?: return
        timer?.cancel()
        // Undispatched, so that the time counts from now and not from when the dispatcher gets to it.
        timer = timers.launch(start = CoroutineStart.UNDISPATCHED) {
            delay(millis)
            val reason = QuicCloseReason.TimedOut("nothing was heard for $millis ms")
            monitor.locked { end(client, reason, reason) }
        }
    }

    /** Ends everything; the first end wins. */
    fun end(end: LoopbackConnection, reason: QuicCloseReason, peerReason: QuicCloseReason) {
        if (end.hasEnded) return
        end.ended(reason)
        peerOf(end).ended(peerReason)
        for (stream in streams) stream.connectionEnded()
        streams.clear()
        timer?.cancel()
        monitor.afterwards { onEnd(this) }
    }
}

/**
 * When an idle connection ends: the smaller timeout of both ends (RFC 9000, section 10.1). Null, for never, when either end
 * sends PINGs more often than that: in memory each of them arrives.
 */
private fun idleTimeoutMillis(one: QuicConfig, other: QuicConfig): Long? {
    val timeout = minOf(one.idleTimeout(), other.idleTimeout())
    val keptAlive = sequenceOf(one, other).any { config -> config.keepAliveInterval().filter { it < timeout }.isPresent }
    return if (keptAlive) null else timeout.toMillis()
}
