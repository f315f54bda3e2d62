package dev.webtransport.transport

import java.nio.Buffer
import java.nio.ByteBuffer

// Android 26 has these methods on Buffer only; compiled against a newer JDK, a call on ByteBuffer would not be found there.

/** [Buffer.flip]. */
internal fun ByteBuffer.toRead(): ByteBuffer {
    val buffer: Buffer = this
    buffer.flip()
    return this
}

/** [Buffer.clear]. */
internal fun ByteBuffer.toFill(): ByteBuffer {
    val buffer: Buffer = this
    buffer.clear()
    return this
}

/** Moves the position by [count]. */
internal fun ByteBuffer.advance(count: Int) {
    val buffer: Buffer = this
    buffer.position(buffer.position() + count)
}

/** The next [count] bytes as a buffer of their own; this one stays where it is. */
internal fun ByteBuffer.peek(count: Int): ByteBuffer {
    val view = duplicate()
    val buffer: Buffer = view
    buffer.limit(buffer.position() + count)
    return view
}
