package dev.webtransport.testkit.mutation

import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.transport.QuicStreamStoppedException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import java.nio.ByteBuffer

/** The first write that brings a stream to 1,000 bytes goes out changed; small streams are well. */
internal class MangledBytes(
    private val inner: QuicSendStream,
    private val mangle: (ByteArray) -> ByteArray,
) : QuicSendStream by inner {
    private var count = 0L

    override suspend fun write(data: ByteBuffer) {
        val before = count
        count += data.remaining()
        if (before < FINE && count >= FINE && data.remaining() > 1) {
            inner.write(ByteBuffer.wrap(mangle(data.takeAll())))
        } else {
            inner.write(data)
        }
    }

    private companion object {
        const val FINE = 1_000
    }
}

internal class ResetShownAsEnd(private val inner: QuicReceiveStream) : QuicReceiveStream by inner {
    override suspend fun read(dst: ByteBuffer): Int {
        return try {
            inner.read(dst)
        } catch (_: QuicStreamResetException) {
            -1
        }
    }
}

/** Who asks again waits for ever. */
internal class EndToldOnce(private val inner: QuicReceiveStream) : QuicReceiveStream by inner {
    private var told = false

    override suspend fun read(dst: ByteBuffer): Int {
        if (told) awaitCancellation()
        return inner.read(dst).also { told = it < 0 }
    }
}

/** The reader is done, but the peer never hears of it. */
internal class LostStop(private val inner: QuicReceiveStream) : QuicReceiveStream by inner {
    private var stopped = false

    override suspend fun read(dst: ByteBuffer): Int {
        check(!stopped) { "read after stopSending" }
        return inner.read(dst)
    }

    override fun stopSending(errorCode: Long) {
        stopped = true
    }
}

/** A write that has taken a part sleeps on when the peer stops the stream. */
internal class DeafWriter(private val inner: QuicSendStream) : QuicSendStream by inner {
    override suspend fun write(data: ByteBuffer) {
        val before = data.position()
        try {
            inner.write(data)
        } catch (stopped: QuicStreamStoppedException) {
            if (data.position() > before) awaitCancellation()
            throw stopped
        }
    }
}

/** A read that waits sleeps on when the stream is stopped. */
internal class DeafReader(private val inner: QuicReceiveStream) : QuicReceiveStream by inner {
    private var reading = false
    private var asleep = false

    override suspend fun read(dst: ByteBuffer): Int {
        reading = true
        try {
            return inner.read(dst)
        } catch (stopped: IllegalStateException) {
            if (asleep) awaitCancellation()
            throw stopped
        } finally {
            reading = false
        }
    }

    override fun stopSending(errorCode: Long) {
        asleep = reading
        inner.stopSending(errorCode)
    }
}

internal class SecondFinishFails(private val inner: QuicSendStream) : QuicSendStream by inner {
    private var finished = false

    override suspend fun finish() {
        check(!finished) { "finished already" }
        finished = true
        inner.finish()
    }
}

/** FIN is sent later; a reset that comes meanwhile overtakes it. */
internal class LazyFinish(
    private val inner: QuicSendStream,
    private val scope: CoroutineScope,
) : QuicSendStream by inner {
    private var finished = false

    override suspend fun write(data: ByteBuffer) {
        check(!finished) { "write after finish" }
        inner.write(data)
    }

    override suspend fun finish() {
        finished = true
        scope.launch { runCatching { inner.finish() } }
    }
}

/** Takes the caller's buffer for its own until it is sent. */
internal class LazyWriter(
    private val inner: QuicSendStream,
    private val scope: CoroutineScope,
) : QuicSendStream by inner {
    override suspend fun write(data: ByteBuffer) {
        val borrowed = data.duplicate()
        data.position(data.limit())
        val writing = scope.async { runCatching { inner.write(borrowed) } }
        // As a transport would that writes what is at hand at once, and what is more when it can.
        if (borrowed.remaining() > AT_ONCE) writing.await().getOrThrow()
    }

    override suspend fun finish() {
        yield()
        inner.finish()
    }

    private companion object {
        const val AT_ONCE = 100_000
    }
}

/** Takes the bytes first and gives them later. */
internal class LossyRead(private val inner: QuicReceiveStream) : QuicReceiveStream by inner {
    override suspend fun read(dst: ByteBuffer): Int {
        val own = ByteBuffer.allocate(dst.remaining())
        val count = inner.read(own)
        yield()
        if (count > 0) dst.put(own.array(), 0, count)
        return count
    }
}

/** All of it is sent, though the caller has gone and believes what its buffer says. */
internal class UnstoppableWrite(
    private val inner: QuicSendStream,
    private val scope: CoroutineScope,
) : QuicSendStream by inner {
    override suspend fun write(data: ByteBuffer) {
        val own = ByteBuffer.wrap(data.duplicate().takeAll())
        scope.async { runCatching { inner.write(own) } }.await().getOrThrow()
        data.position(data.limit())
    }
}

/** How many bytes may be written before nothing more is. */
internal class Allowance(var left: Long)

/** Writes until the allowance is used up, which nobody adds to; then it waits for what else may end the stream. */
internal class StarvedWriter(
    private val inner: QuicSendStream,
    private val allowance: Allowance,
) : QuicSendStream by inner {
    override suspend fun write(data: ByteBuffer) {
        val count = minOf(allowance.left, data.remaining().toLong()).toInt()
        allowance.left -= count
        val part = data.duplicate().limit(data.position() + count)
        try {
            inner.write(part)
        } finally {
            data.position(part.position())
        }
        if (data.hasRemaining()) throw inner.awaitStopped() ?: IllegalStateException("reset by this end")
    }
}

/** The rest of a buffer, which is taken by that. */
internal fun ByteBuffer.takeAll(): ByteArray = ByteArray(remaining()).also(::get)
