package dev.webtransport.testkit

import dev.webtransport.testkit.quic.EndpointStream
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStreamStoppedException
import java.nio.ByteBuffer

/** What one end holds of a stream: its halves, and who waits for them. */
internal class LoopbackStream(
    private val link: LoopbackLink,
    private val stream: EndpointStream,
) : QuicBidirectionalStream {
    /** There is room in the send buffer, or nothing more can be sent. */
    val writable = Condition(link.monitor)

    /** There is something to read, or reading is over. */
    val readable = Condition(link.monitor)

    override val id: Long get() = stream.id()

    override val send: QuicSendStream = LoopbackSendStream(link, stream, writable)

    override val receive: QuicReceiveStream = LoopbackReceiveStream(link, stream, readable)

    override fun toString(): String = "loopback stream $id"

    companion object {
        /** Under the lock: the handle of a stream that was opened or accepted just now. */
        fun of(link: LoopbackLink, stream: EndpointStream) = LoopbackStream(link, stream).also(stream::attach)
    }
}

/** The sending half. */
private class LoopbackSendStream(
    private val link: LoopbackLink,
    private val stream: EndpointStream,
    private val writable: Condition,
) : QuicSendStream {
    override val id: Long get() = stream.id()

    override suspend fun write(data: ByteBuffer) {
        link.monitor.await(writable) {
            do {
                val room = stream.send().write(data) > 0
                link.settle()
                // A write larger than the buffer needs several turns even while the reader's credit takes everything.
            } while (room && data.hasRemaining())
            if (data.hasRemaining()) null else Unit
        }
    }

    override fun prioritize(group: Any, order: Long) {
        link.monitor.locked { stream.send().prioritize(group, order) }
    }

    // Never waits: the send buffer has taken all that was written, and FIN needs no room in it.
    override suspend fun finish() {
        link.monitor.locked {
            stream.send().finish()
            link.settle()
        }
    }

    override fun reset(errorCode: Long) {
        link.monitor.locked {
            stream.send().reset(errorCode)
            link.settle()
        }
    }

    override suspend fun awaitStopped(): QuicStreamStoppedException? {
        val answer = link.monitor.await(writable) {
            val half = stream.send()
            val code = half.stopCode()
            when {
                code.isPresent -> {
                    Answer(QuicStreamStoppedException(code.asLong))
                }

                half.isOpen -> {
                    null
                }

                else -> {
                    half.throwIfCut()
                    Answer(null)
                }
            }
        }
        return answer.value
    }

    override val bytesSent: Long get() = link.monitor.locked { stream.send().sentBytes() }

    override fun toString(): String = "sending half of loopback stream $id"
}

/** The receiving half. */
private class LoopbackReceiveStream(
    private val link: LoopbackLink,
    private val stream: EndpointStream,
    private val readable: Condition,
) : QuicReceiveStream {
    override val id: Long get() = stream.id()

    override suspend fun read(dst: ByteBuffer): Int {
        require(dst.hasRemaining()) { "read into a buffer without room; it needs room for at least one byte" }
        return link.monitor.await(readable) {
            val count = stream.receive().read(dst)
            if (count > 0) link.settle()
            if (count == 0) null else count
        }
    }

    override fun stopSending(errorCode: Long) {
        link.monitor.locked {
            stream.receive().stopSending(errorCode)
            link.settle()
        }
    }

    override val bytesReceived: Long get() = link.monitor.locked { stream.receive().receivedBytes() }

    override fun toString(): String = "receiving half of loopback stream $id"
}

/** An answer where null is one of the possible answers. */
internal class Answer<T>(
    val value: T,
)
