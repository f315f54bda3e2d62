package dev.webtransport.testkit.quic;

/**
 * Credit that an end gives for bytes, for a stream or for the whole connection (RFC 9000, section 4.1). Where the window is
 * small each byte that is read gives one byte back at once, so that tests of tiny windows are exact; from 64 KiB on it goes
 * back in steps of an eighth, as engines do it.
 */
final class ReceiveCredit {
    private static final long EXACT_UP_TO = 64 << 10;
    private static final int STEPS = 8;

    private final long window;
    private long received;
    private long consumed;
    private long limit;

    ReceiveCredit(long window) {
        this.window = window;
        this.limit = window;
    }

    /** Bytes have arrived; false if they exceed the credit. */
    boolean receive(long count) {
        received += count;
        return received <= limit;
    }

    /** Bytes were read, or will never be. */
    void consume(long count) {
        consumed += count;
    }

    long received() {
        return received;
    }

    long consumed() {
        return consumed;
    }

    /** The new limit to tell the peer, or -1 while it is not worth a frame. */
    long pollLimit() {
        long next = consumed + window;
        long step = window <= EXACT_UP_TO ? 1 : window / STEPS;
        if (next - limit < step) {
            return -1;
        }
        limit = next;
        return limit;
    }
}
