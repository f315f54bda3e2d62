package dev.webtransport.testkit.script

import dev.webtransport.codec.ConnectResponse
import dev.webtransport.codec.FieldSection
import dev.webtransport.codec.Http3FrameType
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.error.ProtocolViolation
import dev.webtransport.testkit.Awaited
import dev.webtransport.testkit.await
import dev.webtransport.testkit.shown
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.transport.QuicStreamStoppedException
import dev.webtransport.wire.WireReader
import java.nio.ByteBuffer
import kotlin.time.Duration

/**
 * A stream of a [ScriptedPeer]: the halves of it that this end has.
 *
 * What is sent may be as wrong as a test likes. What is expected is taken from the stream, and nothing behind it.
 */
public class ScriptedStream private constructor(
    private val peer: ScriptedPeer,
    /** The stream id (RFC 9000, section 2.1). */
    public val id: Long,
    private val sending: QuicSendStream?,
    private val receiving: QuicReceiveStream?,
) {
    internal constructor(peer: ScriptedPeer, stream: QuicBidirectionalStream) : this(peer, stream.id, stream.send, stream.receive)

    internal constructor(peer: ScriptedPeer, stream: QuicSendStream) : this(peer, stream.id, stream, null)

    internal constructor(peer: ScriptedPeer, stream: QuicReceiveStream) : this(peer, stream.id, null, stream)

    private val sendHalf: QuicSendStream get() = checkNotNull(sending) { "stream $id is the other end's: nothing can be sent on it" }

    private val receiveHalf: QuicReceiveStream get() = checkNotNull(receiving) { "stream $id is this end's: nothing comes on it" }

    /**
     * Sends bytes, each array by a write of its own.
     *
     * @throws AssertionError if the other end takes no more for an hour of virtual time, or ten seconds of real time
     * @throws QuicStreamStoppedException if the other end has asked to stop
     * @throws dev.webtransport.transport.QuicConnectionException if the connection has ended
     */
    public suspend fun send(vararg bytes: ByteArray) {
        for (part in bytes) sending("credit for ${part.size} bytes") { write(ByteBuffer.wrap(part)) }
    }

    /** Sends bytes that are written as hexadecimal digits, as [Http3Bytes.hex] reads them. */
    public suspend fun sendHex(digits: String): Unit = send(Http3Bytes.hex(digits))

    /** Ends the sending half well: FIN. Fails as [send] does. */
    public suspend fun finish(): Unit = sending("the end to be taken") { finish() }

    /** Abandons the sending half with a code as it is on the wire. */
    public fun reset(errorCode: Long): Unit = sendHalf.reset(errorCode)

    /** Asks the other end to send no more, with a code as it is on the wire. */
    public fun stopSending(errorCode: Long): Unit = receiveHalf.stopSending(errorCode)

    /** Server: answers the request that was taken from this stream. */
    public suspend fun answer(status: Int = OK): Unit = send(Http3Bytes.answer(status))

    /** Takes these bytes, which must come next. */
    public suspend fun expectBytes(bytes: ByteArray, timeout: Duration? = null) {
        val actual = ByteBuffer.allocate(bytes.size)
        val end = await(timeout) { fill(actual) }
        val received = actual.array().copyOf(actual.position())
        if (received.contentEquals(bytes)) return
        val then = if (actual.hasRemaining()) " and then ${end.shown()}" else ""
        throw unexpected(bytes.shown(), (if (received.isEmpty()) "no byte" else received.shown()) + then)
    }

    /** Takes a frame of HTTP/3 of this type, which must come next, and answers what is in it: 64 KiB at the most. */
    public suspend fun expectFrame(type: Long, timeout: Duration? = null): ByteArray {
        val expected = "a frame of type 0x${type.toString(HEX)}"
        val frame = await(timeout) { readFrame() }.orFail(toString(), expected)
        if (frame == null) throw unexpected(expected, FIN)
        if (frame.type != type) throw unexpected(expected, frame.toString())
        return frame.payload
    }

    /** Client: takes the answer to a request, which must come next. */
    public suspend fun expectAnswer(status: Int, timeout: Duration? = null) {
        val fields = expectHeaders(timeout)
        val actual = valid("an answer") { ConnectResponse.parse(fields).status() }
        if (actual != status) throw unexpected("the answer $status", "the answer $actual")
    }

    /** Takes a HEADERS frame and answers its fields. */
    public suspend fun expectHeaders(timeout: Duration? = null): List<Map.Entry<String, String>> {
        val section = expectFrame(Http3FrameType.HEADERS, timeout)
        return valid("a field section") { FieldSection.decode(ByteBuffer.wrap(section), MAX_FRAME) }
    }

    /** Waits for the clean end of what the other end sends, which must come next. */
    public suspend fun expectFinished(timeout: Duration? = null) {
        val some = ByteBuffer.allocate(CHUNK)
        val awaited = await(timeout) { receiveHalf.read(some) }
        val count = awaited.orFail(toString(), FIN)
        if (count >= 0) throw unexpected(FIN, some.array().copyOf(count).shown())
    }

    /** Waits until the other end resets the stream, and checks the code, as it is on the wire; drops up to 1 MiB before it. */
    public suspend fun expectReset(errorCode: Long, timeout: Duration? = null) {
        val awaited = await(timeout) {
            var dropped = 0
            var count = 0
            while (count >= 0 && dropped < MAX_BEFORE_RESET) {
                count = receiveHalf.read(ByteBuffer.allocate(CHUNK))
                dropped += count
            }
            if (count < 0) FIN else "more than $MAX_BEFORE_RESET bytes"
        }
        val reset = (awaited as? Awaited.Failed)?.failure as? QuicStreamResetException
        if (reset?.errorCode != errorCode) throw unexpected("a reset with ${Http3ErrorCode.describe(errorCode)}", awaited.shown())
    }

    /** Waits until the other end asks to send no more, and checks the code, as it is on the wire. */
    public suspend fun expectStopped(errorCode: Long, timeout: Duration? = null) {
        val expected = "a stop with ${Http3ErrorCode.describe(errorCode)}"
        val stopped = await(timeout) { sendHalf.awaitStopped() }.orFail(toString(), expected)
        if (stopped?.errorCode != errorCode) throw unexpected(expected, stopped?.shown() ?: "the end of this half by this end")
    }

    override fun toString(): String = "stream $id of the $peer"

    private fun unexpected(expected: String, actual: String) = AssertionError("$this: expected $expected, but there was $actual")

    /** What the other end did to the stream meanwhile is thrown as it is: a script may count on it. */
    private suspend fun sending(what: String, step: suspend QuicSendStream.() -> Unit) {
        val half = sendHalf
        val awaited = await(timeout = null) { half.step() }
        if (awaited is Awaited.Failed) throw awaited.failure
        awaited.orFail(toString(), what)
    }

    private inline fun <T> valid(what: String, parse: () -> T): T {
        try {
            return parse()
        } catch (violation: ProtocolViolation) {
            throw AssertionError("$this: expected $what, but: ${violation.message}", violation)
        }
    }

    /** Fills the buffer unless the end comes first. */
    private suspend fun fill(dst: ByteBuffer): String {
        while (dst.hasRemaining()) if (receiveHalf.read(dst) < 0) return FIN
        return "all of it"
    }

    private suspend fun readFrame(): Frame? {
        val type = readVarInt() ?: return null
        val length = readVarInt() ?: return null
        if (length > MAX_FRAME) throw AssertionError("$this: a frame of $length bytes came; $MAX_FRAME are read at the most")
        val payload = ByteBuffer.allocate(length.toInt())
        fill(payload)
        return if (payload.hasRemaining()) null else Frame(type, payload.array())
    }

    /** Byte by byte, so that nothing behind it is taken. */
    private suspend fun readVarInt(): Long? {
        val bytes = ByteBuffer.allocate(Long.SIZE_BYTES)
        var value = WireReader.NEED_MORE
        while (value == WireReader.NEED_MORE) {
            val one = ByteBuffer.allocate(1)
            if (receiveHalf.read(one) < 0) return null
            bytes.put(one.get(0))
            value = WireReader(ByteBuffer.wrap(bytes.array(), 0, bytes.position())).readVarInt()
        }
        return value
    }

    private class Frame(
        val type: Long,
        val payload: ByteArray,
    ) {
        override fun toString(): String = "a frame of type 0x${type.toString(HEX)} with ${payload.shown()}"
    }

    private companion object {
        const val OK = 200
        const val HEX = 16
        const val CHUNK = 4096
        const val MAX_FRAME = 64 shl 10
        const val MAX_BEFORE_RESET = 1 shl 20
        const val FIN = "the clean end"
    }
}
