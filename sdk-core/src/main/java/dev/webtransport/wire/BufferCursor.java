package dev.webtransport.wire;

import java.nio.Buffer;
import java.nio.ByteBuffer;

/**
 * Moves the cursor of byte buffers. Android 26 has these methods on {@link Buffer} only; compiled against a newer JDK,
 * a call
 * on {@link ByteBuffer} would not be found there.
 */
public final class BufferCursor {
    private BufferCursor() {}

    /** {@link Buffer#flip()}: what was written can be read. */
    public static ByteBuffer toRead(ByteBuffer buffer) {
        ((Buffer) buffer).flip();
        return buffer;
    }

    /** {@link Buffer#clear()}: all of it can be written. */
    public static ByteBuffer toFill(ByteBuffer buffer) {
        ((Buffer) buffer).clear();
        return buffer;
    }

    /** Moves the position by a number of bytes. */
    public static void advance(ByteBuffer buffer, int count) {
        ((Buffer) buffer).position(buffer.position() + count);
    }

    /** The next bytes as a buffer of their own; the given one stays where it is. */
    public static ByteBuffer peek(ByteBuffer buffer, int count) {
        ByteBuffer view = buffer.duplicate();
        ((Buffer) view).limit(buffer.position() + count);
        return view;
    }
}
