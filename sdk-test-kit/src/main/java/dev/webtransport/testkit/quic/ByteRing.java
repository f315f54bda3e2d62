package dev.webtransport.testkit.quic;

import java.nio.ByteBuffer;

/**
 * Bytes in order, in an array that grows by doubling. The owner keeps the bound; nothing here is for several threads.
 */
public final class ByteRing {
    /** What one ring can hold: 1 GiB. */
    public static final int MAX_SIZE = 1 << 30;

    private static final int MIN_CAPACITY = 64;
    private static final byte[] EMPTY = new byte[0];

    private byte[] bytes = EMPTY;
    private int head;
    private int size;

    /** A ring without bytes and without memory. */
    public ByteRing() {}

    /**
     * How many bytes wait.
     *
     * @return the number
     */
    public int size() {
        return size;
    }

    /**
     * Appends bytes.
     *
     * @param source where they are; its position moves over what is taken
     * @param count how many, at most what remains in the source
     */
    public void put(ByteBuffer source, int count) {
        reserve(count);
        int tail = (head + size) & (bytes.length - 1);
        int first = Math.min(count, bytes.length - tail);
        source.get(bytes, tail, first);
        source.get(bytes, 0, count - first);
        size += count;
    }

    /**
     * Moves the oldest bytes out, as many as there are and fit.
     *
     * @param target where to
     * @return how many
     */
    public int take(ByteBuffer target) {
        int count = Math.min(size, target.remaining());
        int first = Math.min(count, bytes.length - head);
        target.put(bytes, head, first);
        target.put(bytes, 0, count - first);
        drop(count);
        return count;
    }

    /**
     * Moves the oldest bytes out.
     *
     * @param count how many, at most {@link #size()}
     * @return the bytes
     */
    public byte[] take(int count) {
        byte[] taken = new byte[count];
        take(ByteBuffer.wrap(taken));
        return taken;
    }

    /** Forgets all bytes, and the memory too. */
    public void clear() {
        bytes = EMPTY;
        head = 0;
        size = 0;
    }

    private void drop(int count) {
        size -= count;
        head = size == 0 ? 0 : (head + count) & (bytes.length - 1);
    }

    private void reserve(int count) {
        if (count == 0) {
            return;
        }
        long needed = (long) size + count;
        if (needed > MAX_SIZE) {
            throw new IllegalStateException(
                    size + " bytes and " + count + " more exceed the " + MAX_SIZE + " of a ring");
        }
        if (needed <= bytes.length) {
            return;
        }
        int capacity = Math.max(bytes.length, MIN_CAPACITY);
        while (capacity < needed) {
            capacity *= 2;
        }
        byte[] grown = new byte[capacity];
        int first = Math.min(size, bytes.length - head);
        System.arraycopy(bytes, head, grown, 0, first);
        System.arraycopy(bytes, 0, grown, first, size - first);
        bytes = grown;
        head = 0;
    }
}
