package dev.webtransport.testkit.trace;

import dev.webtransport.codec.Http3FrameType;

/** Tells numbers that registries keep free of meaning from those that nobody knows. */
final class ReservedNumber {
    private static final long HTTP3_STEP = 0x1f;
    private static final long CAPSULE_STEP = 0x29;
    private static final long CAPSULE_FIRST = 0x17;

    private ReservedNumber() {}

    /** Of frames, streams and settings: 0x1f * N + 0x21 (RFC 9114, sections 6.2.3 and 7.2.8). */
    static boolean inHttp3(long number) {
        long first = Http3FrameType.reserved(0);
        return number >= first && (number - first) % HTTP3_STEP == 0;
    }

    /** Of capsules: 0x29 * N + 0x17 (RFC 9297, section 5.4). */
    static boolean inCapsules(long number) {
        return number >= CAPSULE_FIRST && (number - CAPSULE_FIRST) % CAPSULE_STEP == 0;
    }
}
