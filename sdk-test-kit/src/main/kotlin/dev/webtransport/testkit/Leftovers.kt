package dev.webtransport.testkit

import dev.webtransport.client.WebTransportClient
import dev.webtransport.server.WebTransportServer
import dev.webtransport.session.WebTransportSession
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

    /** Datagrams nobody received, a line for each session and end; takes them on the way. */
    suspend fun datagrams(client: WebTransportClient, server: WebTransportServer): List<String> {
        val sessions = (client.connections + server.connections).flatMap { it.sessions }
        return sessions.mapNotNull { session ->
            val count = takeDatagrams(session)
            val end = session.perspective.name.lowercase()
            if (count == 0) null else "session ${session.id} at the $end: $count datagrams nobody received"
        }
    }

    /** The coroutines of [owner] that go on below [job], the deeper ones too. */
    @JvmStatic
    fun running(job: Job, owner: String): List<String> {
        return job.children
            .flatMap { child -> sequenceOf("a coroutine of $owner goes on: $child") + running(child, owner) }
            .toList()
    }

    private suspend fun takeDatagrams(session: WebTransportSession): Int {
        return coroutineScope {
            var count = 0
            do {
                // What is there is there at once; who would have to wait is told not to.
                val receiving = async(start = CoroutineStart.UNDISPATCHED) { runCatching { session.datagrams.receive() } }
                val taken = receiving.isCompleted && receiving.await().getOrNull() != null
                if (taken) count++ else receiving.cancel()
            } while (taken)
            count
        }
    }
}
