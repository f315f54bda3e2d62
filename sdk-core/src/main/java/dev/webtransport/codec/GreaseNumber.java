package dev.webtransport.codec;

import dev.webtransport.wire.VarInt;

/**
 * The numbers of the form 0x1f * n + 0x21 that HTTP/3 keeps free of meaning in every registry (RFC 9114, section
 * 7.2.8).
 */
final class GreaseNumber {
    private static final long STEP = 0x1f;
    private static final long FIRST = 0x21;
    private static final long LAST_N = (VarInt.MAX - FIRST) / STEP;

    private GreaseNumber() {}

    static long at(long n) {
        if (n < 0 || n > LAST_N) {
            throw new IllegalArgumentException("reserved number " + n + " is outside 0.." + LAST_N);
        }
        return STEP * n + FIRST;
    }
}
