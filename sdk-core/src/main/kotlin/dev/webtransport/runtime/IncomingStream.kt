package dev.webtransport.runtime

import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicReceiveStream
import java.nio.ByteBuffer

/** A stream of the peer on its way to its session, with the payload that came along with its preamble. */
internal sealed interface IncomingStream {
    /** Payload that was read together with the preamble. */
    val early: ByteBuffer?

    /** How many bytes of the peer came before its payload. */
    val preambleLength: Int

    /** The peer sends, and so may this end. */
    class Bidirectional(
        val quic: QuicBidirectionalStream,
        override val early: ByteBuffer?,
        override val preambleLength: Int,
    ) : IncomingStream

    /** Only the peer sends. */
    class Unidirectional(
        val quic: QuicReceiveStream,
        override val early: ByteBuffer?,
        override val preambleLength: Int,
    ) : IncomingStream
}
