package dev.webtransport.samples.bench;

import java.nio.ByteBuffer;
import java.util.BitSet;

/** Which datagrams a receiver got, and in what time. Each begins with its number, 32 bits. For any thread. */
public final class DatagramTally {
    private static final int MOST = 1 << 26;

    private final BitSet seen = new BitSet();
    private long bytes;
    private int duplicates;
    private long first;
    private long last;

    /** Of nothing yet. */
    public DatagramTally() {}

    /**
     * A datagram arrived.
     *
     * @param datagram all of it
     * @throws IllegalArgumentException if it is none of those that are counted
     */
    public synchronized void add(ByteBuffer datagram) {
        long now = System.nanoTime();
        int length = datagram.remaining();
        int number = length < Integer.BYTES ? -1 : datagram.getInt(datagram.position());
        if (number < 0 || number >= MOST) {
            throw new IllegalArgumentException("a datagram of " + length + " bytes with the number " + number);
        }
        if (seen.get(number)) {
            duplicates++;
            return;
        }
        if (bytes == 0) {
            first = now;
        }
        last = now;
        bytes += length;
        seen.set(number);
    }

    /** How many different ones arrived. @return their number */
    public synchronized int received() {
        return seen.cardinality();
    }

    /**
     * What a server answers.
     *
     * @return received, duplicates, bytes and nanoseconds from the first to the last
     */
    @Override
    public synchronized String toString() {
        return received() + " " + duplicates + " " + bytes + " " + (last - first);
    }
}
