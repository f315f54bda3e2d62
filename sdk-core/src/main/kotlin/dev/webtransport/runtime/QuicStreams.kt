package dev.webtransport.runtime

import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import java.nio.ByteBuffer

/**
 * The QUIC streams of a connection by their ids, as the engine names them. Only the engine's dispatcher touches it. An
 * entry goes when both halves have ended.
 */
internal class QuicStreams {
    /** One stream: its halves, the writer of the engine's bytes if it has one, the early payload while it waits for its session. */
    class Entry(
        val bidirectional: QuicBidirectionalStream?,
        var send: QuicSendStream?,
        var receive: QuicReceiveStream?,
    ) {
        var writer: EngineWriter? = null
        var early: ByteBuffer? = null
        var preambleLength = 0
    }

    private val entries = HashMap<Long, Entry>()

    val size: Int get() = entries.size

    operator fun get(id: Long): Entry? = entries[id]

    fun add(id: Long, entry: Entry) {
        entries[id] = entry
    }

    /** The sending half has ended; answers it, if it was still there. */
    fun endSend(id: Long): Entry? {
        val entry = entries[id] ?: return null
        entry.send = null
        removeIfOver(id, entry)
        return entry
    }

    /** The receiving half has ended. */
    fun endReceive(id: Long) {
        val entry = entries[id] ?: return
        entry.receive = null
        removeIfOver(id, entry)
    }

    private fun removeIfOver(id: Long, entry: Entry) {
        if (entry.send == null && entry.receive == null) entries.remove(id)
    }
}
