package dev.webtransport.testkit.engine;

import java.nio.ByteBuffer;

/** The bytes that walks write: each follows from its half of a stream and its place there, so that a reader can tell. */
final class Payload {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
    private static final int TOP_BYTE = 56;

    private Payload() {}

    static byte at(long half, long offset) {
        return (byte) ((half * 31 + offset + 1) * GOLDEN_GAMMA >>> TOP_BYTE);
    }

    static ByteBuffer of(long half, long offset, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = at(half, offset + i);
        }
        return ByteBuffer.wrap(bytes);
    }
}
