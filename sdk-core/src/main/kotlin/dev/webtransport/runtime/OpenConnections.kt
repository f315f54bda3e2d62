package dev.webtransport.runtime

import dev.webtransport.session.ShutdownReport
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import java.time.Duration

/** The connections of a client or a server that are open, in the order in which they were opened. For any thread. */
internal class OpenConnections {
    private val open = LinkedHashSet<Http3Connection>()

    val size: Int get() = synchronized(open) { open.size }

    /** Keeps [connection] until it is over. */
    fun add(connection: Http3Connection) {
        synchronized(open) { open.add(connection) }
        connection.onOver { synchronized(open) { open.remove(connection) } }
    }

    fun toList(): List<Http3Connection> = synchronized(open) { open.toList() }

    /** Shuts all of them down at the same time, and tells what was cut off. */
    suspend fun shutdown(grace: Duration): ShutdownReport =
        coroutineScope {
            ShutdownReport(toList().map { async { it.shutdown(grace) } }.awaitAll().flatMap { it.cutOff })
        }
}
