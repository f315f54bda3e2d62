package dev.webtransport.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Collects numbers and bytes in a buffer that grows. Not for several threads at once. */
public final class WireWriter {
    private byte[] bytes;
    private int size;

    /** An empty writer with room for a small message. */
    public WireWriter() {
        this(64);
    }

    /**
     * An empty writer.
     *
     * @param expectedSize how many bytes to make room for at once, at least 0; more may be written
     */
    public WireWriter(int expectedSize) {
        this.bytes = new byte[expectedSize];
    }

    /**
     * Writes a variable-length integer in its shortest form.
     *
     * @param value 0 to {@link VarInt#MAX}
     * @return this
     * @throws IllegalArgumentException if the value is out of range
     */
    public WireWriter varInt(long value) {
        int length = VarInt.size(value);
        makeRoom(length);
        VarInt.put(ByteBuffer.wrap(bytes, size, length), value);
        size += length;
        return this;
    }

    /**
     * Writes an unsigned 32-bit number in network byte order.
     *
     * @param value 0 to 2^32-1
     * @return this
     * @throws IllegalArgumentException if the value is out of range
     */
    public WireWriter uint32(long value) {
        if (value < 0 || value > 0xffff_ffffL) {
            throw new IllegalArgumentException(value + " is outside 0..4294967295, the range of 32 unsigned bits");
        }
        makeRoom(Integer.BYTES);
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
        return this;
    }

    /**
     * Writes the lowest eight bits of a number.
     *
     * @param value the byte
     * @return this
     */
    public WireWriter uint8(int value) {
        makeRoom(1);
        bytes[size++] = (byte) value;
        return this;
    }

    /**
     * Writes bytes as they are.
     *
     * @param source the bytes, copied
     * @return this
     */
    public WireWriter bytes(byte[] source) {
        return bytes(ByteBuffer.wrap(source));
    }

    /**
     * Writes the remaining bytes of a buffer as they are.
     *
     * @param source the bytes, copied; its position stays
     * @return this
     */
    public WireWriter bytes(ByteBuffer source) {
        int length = source.remaining();
        makeRoom(length);
        source.duplicate().get(bytes, size, length);
        size += length;
        return this;
    }

    /**
     * How many bytes were written.
     *
     * @return at least 0
     */
    public int size() {
        return size;
    }

    /**
     * What was written so far.
     *
     * @return a buffer of its own, from the first byte to the last
     */
    public ByteBuffer toByteBuffer() {
        return ByteBuffer.wrap(Arrays.copyOf(bytes, size));
    }

    private void makeRoom(int length) {
        int needed = Math.addExact(size, length);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(needed, 2L * bytes.length), Integer.MAX_VALUE - 8));
        }
    }
}
