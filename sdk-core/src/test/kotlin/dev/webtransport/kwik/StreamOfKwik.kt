package dev.webtransport.kwik

import tech.kwik.core.QuicStream
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream

/** A stream that says what Kwik's says to whoever reads or writes it, without a connection. */
internal class StreamOfKwik(private val id: Int, private val input: InputStream = InputStream.nullInputStream()) : QuicStream {
    /** Whether it was reset, by this end or for a STOP_SENDING. */
    @Volatile
    var isReset = false

    /** How many bytes it was given. */
    var written = 0
        private set

    private val output = object : OutputStream() {
        override fun write(byte: Int) = write(byteArrayOf(byte.toByte()))

        override fun write(bytes: ByteArray, offset: Int, length: Int) {
            if (isReset) throw IOException("output stream is reset")
            written += length
        }
    }

    override fun getInputStream(): InputStream = input

    override fun getOutputStream(): OutputStream = output

    override fun getStreamId(): Int = id

    override fun isUnidirectional(): Boolean = false

    override fun isClientInitiatedBidirectional(): Boolean = false

    override fun isServerInitiatedBidirectional(): Boolean = false

    override fun abortReading(errorCode: Long) = Unit

    override fun resetStream(errorCode: Long) {
        isReset = true
    }
}
