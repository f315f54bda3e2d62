package dev.webtransport.wire;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A cursor that reads from a buffer and answers "need more" instead of throwing. What is read moves the position of the
 * buffer; a value that is not there as a whole leaves the position where it was. Not for several threads at once.
 */
public final class WireReader {
    /** The answer of the reading methods when the value is not there as a whole; no value is negative. */
    public static final long NEED_MORE = -1;

    private final ByteBuffer source;

    /**
     * A reader over the remaining bytes of a buffer.
     *
     * @param source the buffer, not copied; its position moves with the reader
     */
    public WireReader(ByteBuffer source) {
        this.source = source;
    }

    /**
     * Reads a variable-length integer of any width: one that is longer than it had to be is valid.
     *
     * @return 0 to {@link VarInt#MAX}, or {@link #NEED_MORE}
     */
    public long readVarInt() {
        if (!source.hasRemaining()) {
            return NEED_MORE;
        }
        int position = source.position();
        int first = source.get(position) & 0xff;
        int size = 1 << (first >>> 6);
        if (source.remaining() < size) {
            return NEED_MORE;
        }
        long value = first & 0x3f;
        for (int i = 1; i < size; i++) {
            value = value << 8 | source.get(position + i) & 0xff;
        }
        moveTo(position + size);
        return value;
    }

    /**
     * Reads an unsigned 32-bit number in network byte order.
     *
     * @return 0 to 2^32-1, or {@link #NEED_MORE}
     */
    public long readUint32() {
        if (source.remaining() < Integer.BYTES) {
            return NEED_MORE;
        }
        int position = source.position();
        long value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value = value << 8 | source.get(position + i) & 0xff;
        }
        moveTo(position + Integer.BYTES);
        return value;
    }

    /**
     * Reads bytes without copying them.
     *
     * @param length how many, at least 0
     * @return a view of the bytes, or null when fewer remain
     */
    public @Nullable ByteBuffer readBytes(int length) {
        if (source.remaining() < length) {
            return null;
        }
        ByteBuffer view = source.slice();
        ((Buffer) view).limit(length);
        moveTo(source.position() + length);
        // Sliced again, so that the view can hand out no byte behind its end.
        return view.slice();
    }

    /**
     * Passes over bytes, as many as are there.
     *
     * @param length how many at most, at least 0
     * @return how many were passed over
     */
    public int skip(long length) {
        int skipped = (int) Math.min(length, source.remaining());
        moveTo(source.position() + skipped);
        return skipped;
    }

    /**
     * How many bytes are left.
     *
     * @return at least 0
     */
    public int remaining() {
        return source.remaining();
    }

    /**
     * Where the reader stands.
     *
     * @return the position of the buffer
     */
    public int position() {
        return source.position();
    }

    private void moveTo(int position) {
        // Through Buffer: ByteBuffer has a position(int) of its own only from Java 9 on, and Android 26 has none.
        ((Buffer) source).position(position);
    }
}
