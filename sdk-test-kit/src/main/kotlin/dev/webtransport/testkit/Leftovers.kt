package dev.webtransport.testkit

import dev.webtransport.client.WebTransportClient
import dev.webtransport.server.WebTransportServer
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope

/** What a test leaves behind, a line each. */
internal object Leftovers {
    /** The first unidirectional stream of either end, which is its HTTP/3 control stream (RFC 9114, section 6.2.1). */
    private val CONTROL_STREAMS = setOf(2L, 3L)

    /** Halves of streams of sessions that stand which have not ended, and the bytes that wait there. */
    @JvmStatic
    fun openStreams(transport: LoopbackTransport, client: WebTransportClient): List<String> {
        val requests = client.connections.flatMap { connection -> connection.sessions.map { it.id } }
        return transport.leftovers(exceptStreams = CONTROL_STREAMS + requests)
    }

    /** Streams nobody accepted and datagrams nobody received, a line for each; takes them on the way. */
    suspend fun untaken(client: WebTransportClient, server: WebTransportServer): List<String> {
        val sessions = (client.connections + server.connections).flatMap { it.sessions }
        return sessions.flatMap { session ->
            val place = "session ${session.id} at the ${session.perspective.name.lowercase()}"
            val streams = takeAll { session.acceptBidirectionalStream()?.id } + takeAll { session.acceptUnidirectionalStream()?.id }
            val datagrams = takeAll { session.datagrams.receive() }.size
            streams.map { "$place: stream $it, which nobody accepted" } +
                if (datagrams == 0) emptyList() else listOf("$place: $datagrams datagrams nobody received")
        }
    }

    /** The coroutines of [owner] that go on below [job], the deeper ones too. */
    @JvmStatic
    fun running(job: Job, owner: String): List<String> {
        return job.children
            .flatMap { child -> sequenceOf("a coroutine of $owner goes on: $child") + running(child, owner) }
            .toList()
    }

    private suspend fun <T : Any> takeAll(take: suspend () -> T?): List<T> {
        return coroutineScope {
            val all = mutableListOf<T>()
            while (true) {
                // What is there is there at once; who would have to wait is told not to.
                val taking = async(start = CoroutineStart.UNDISPATCHED) { runCatching { take() }.getOrNull() }
                if (!taking.isCompleted) {
                    taking.cancel()
                    break
                }
                all += taking.await() ?: break
            }
            all
        }
    }
}
