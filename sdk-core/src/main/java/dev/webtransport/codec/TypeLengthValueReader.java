package dev.webtransport.codec;

import dev.webtransport.wire.WireReader;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes a sequence of (type, length, value) items apart as bytes arrive: what frames (RFC 9114, section 7.1) and
 * capsules
 * (RFC 9297, section 3.2) have in common. The user of this class decides per item whether the value comes in pieces, as
 * a
 * whole, or not at all.
 *
 * <p>It holds what was fed and not yet asked for, and the part of a value that was asked for as a whole and is
 * incomplete.
 */
final class TypeLengthValueReader {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int FIRST_ROOM = 512;

    private ByteBuffer unread = NOTHING;
    private long type = WireReader.NEED_MORE;
    private long length = WireReader.NEED_MORE;
    private long left;
    private byte @Nullable [] collected;
    private int collectedSize;

    /** Copies the remaining bytes; the position of the buffer moves to its limit. */
    void feed(ByteBuffer bytes) {
        if (!bytes.hasRemaining()) {
            return;
        }
        ByteBuffer joined = ByteBuffer.allocate(Math.addExact(unread.remaining(), bytes.remaining()));
        joined.put(unread).put(bytes);
        ((Buffer) joined).flip();
        unread = joined;
    }

    boolean hasUnread() {
        return unread.hasRemaining();
    }

    /** Whether the last item was taken to its end and the next has not begun. */
    boolean isBetweenItems() {
        return type == WireReader.NEED_MORE;
    }

    /** The type of the current item, or {@link WireReader#NEED_MORE}. */
    long type() {
        if (type == WireReader.NEED_MORE) {
            type = new WireReader(unread).readVarInt();
        }
        return type;
    }

    /** The length of the current item, whose type was read, or {@link WireReader#NEED_MORE}. */
    long length() {
        if (length == WireReader.NEED_MORE) {
            length = new WireReader(unread).readVarInt();
            left = length;
        }
        return length;
    }

    /** The next piece of the value, or null: none is there yet. The only piece of an empty value is empty. */
    @Nullable
    ByteBuffer piece() {
        if (left > 0 && !unread.hasRemaining()) {
            return null;
        }
        int size = (int) Math.min(left, unread.remaining());
        ByteBuffer piece = new WireReader(unread).readBytes(size);
        left -= size;
        endItemIfComplete();
        return piece;
    }

    /** The whole value, or null: it is not complete yet. The user has bounded the length before. */
    @Nullable
    ByteBuffer whole() {
        if (collected == null && unread.remaining() >= left) {
            return piece();
        }
        collect((int) Math.min(left, unread.remaining()));
        if (left > 0) {
            return null;
        }
        ByteBuffer whole = ByteBuffer.wrap(collected, 0, collectedSize).slice();
        collected = null;
        collectedSize = 0;
        endItemIfComplete();
        return whole;
    }

    /** Passes over the value; true when its end was reached. */
    boolean skip() {
        left -= new WireReader(unread).skip(left);
        return endItemIfComplete();
    }

    /** Forgets everything: no more will be asked for. */
    void discard() {
        unread = NOTHING;
        collected = null;
    }

    private void collect(int size) {
        // The room follows the bytes that came, not the length that was claimed.
        byte[] room = collected == null ? new byte[(int) Math.min(length, FIRST_ROOM)] : collected;
        int needed = collectedSize + size;
        if (needed > room.length) {
            room = Arrays.copyOf(room, (int) Math.min(length, Math.max(needed, 2L * room.length)));
        }
        unread.get(room, collectedSize, size);
        collected = room;
        collectedSize = needed;
        left -= size;
    }

    private boolean endItemIfComplete() {
        if (left > 0) {
            return false;
        }
        type = WireReader.NEED_MORE;
        length = WireReader.NEED_MORE;
        return true;
    }
}
