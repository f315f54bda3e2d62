package dev.webtransport.kwik;

import java.util.BitSet;

/**
 * Tells packets that were seen before: the hook shows repeated ones too, and a datagram must not arrive twice. What is older than
 * the window counts as seen. Not for several threads at once.
 */
final class SeenPackets {
    private static final int WINDOW = 1024;

    private final BitSet seen = new BitSet(WINDOW);
    private long largest = -1;

    /**
     * A packet arrived.
     *
     * @param number its packet number
     * @return whether it is the first time
     */
    boolean add(long number) {
        if (number > largest) {
            if (number - largest >= WINDOW) {
                seen.clear();
            } else {
                for (long skipped = largest + 1; skipped < number; skipped++) {
                    seen.clear(slot(skipped));
                }
            }
            largest = number;
            seen.set(slot(number));
            return true;
        }
        if (largest - number >= WINDOW || seen.get(slot(number))) {
            return false;
        }
        seen.set(slot(number));
        return true;
    }

    private static int slot(long number) {
        return (int) (number % WINDOW);
    }
}
