package dev.webtransport.samples.bench;

import java.nio.ByteBuffer;
import java.util.Random;

/** Bytes that are the same on both ends and nowhere repeat within a megabyte, so that a lost or moved piece shows in the checksum. */
public final class Pattern {
    /** How much is read or written at once. */
    public static final int CHUNK = 64 << 10;

    private static final int SIZE = 1 << 20;
    private static final ByteBuffer BYTES = fill();

    private Pattern() {}

    /**
     * The next bytes to send.
     *
     * @param position how many were sent
     * @param end how many there are in all
     * @return a view of at most {@value #CHUNK} bytes, empty at the end
     */
    public static ByteBuffer piece(long position, long end) {
        int offset = (int) (position % SIZE);
        int length = (int) Math.min(Math.min(CHUNK, SIZE - offset), end - position);
        return BYTES.slice(offset, length);
    }

    /**
     * What a receiver of the first bytes finds.
     *
     * @param count how many
     * @return its {@link Checksum} as text
     */
    public static String checksum(long count) {
        Checksum sum = new Checksum();
        while (sum.count() < count) {
            sum.add(piece(sum.count(), count));
        }
        return sum.toString();
    }

    private static ByteBuffer fill() {
        byte[] random = new byte[SIZE];
        new Random(1).nextBytes(random);
        return ByteBuffer.allocateDirect(SIZE).put(random).flip();
    }
}
