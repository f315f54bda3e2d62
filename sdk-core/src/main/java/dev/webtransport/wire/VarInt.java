package dev.webtransport.wire;

import java.nio.ByteBuffer;

/**
 * The variable-length integer of QUIC, 0 to 2^62-1 in one, two, four or eight bytes (RFC 9000, section 16). It is
 * always
 * written in its shortest form; {@link WireReader} reads any form.
 */
public final class VarInt {
    /** The largest value. */
    public static final long MAX = (1L << 62) - 1;

    /** The most bytes a value takes. */
    public static final int MAX_SIZE = 8;

    private static final long MAX_IN_1_BYTE = 0x3f;
    private static final long MAX_IN_2_BYTES = 0x3fff;
    private static final long MAX_IN_4_BYTES = 0x3fff_ffff;

    private VarInt() {}

    /**
     * How many bytes a value takes in its shortest form.
     *
     * @param value 0 to {@link #MAX}
     * @return 1, 2, 4 or 8
     * @throws IllegalArgumentException if the value is out of range
     */
    public static int size(long value) {
        if (value < 0 || value > MAX) {
            throw new IllegalArgumentException(value + " is outside 0.." + MAX + ", the range of a QUIC integer");
        }
        if (value <= MAX_IN_1_BYTE) {
            return 1;
        }
        if (value <= MAX_IN_2_BYTES) {
            return 2;
        }
        return value <= MAX_IN_4_BYTES ? 4 : 8;
    }

    /**
     * Writes a value in its shortest form at the position of a buffer.
     *
     * @param dst where to write; its position moves by {@link #size}
     * @param value 0 to {@link #MAX}
     * @throws IllegalArgumentException if the value is out of range
     * @throws java.nio.BufferOverflowException if the buffer has too little room
     */
    public static void put(ByteBuffer dst, long value) {
        // Byte by byte, so that the byte order of the buffer does not matter.
        int size = size(value);
        long lengthBits = (long) Integer.numberOfTrailingZeros(size) << (8 * size - 2);
        for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
            dst.put((byte) ((value | lengthBits) >>> shift));
        }
    }
}
