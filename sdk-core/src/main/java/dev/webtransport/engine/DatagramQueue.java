package dev.webtransport.engine;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams that wait, oldest first, bounded in number and in age. Time is a parameter, in nanoseconds from any origin, and
 * never goes back. Not for several threads at once.
 */
public final class DatagramQueue {
    private final int capacity;
    private final long maxAgeNanos;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();

    private static final class Entry {
        final byte[] payload;
        final long since;

        Entry(byte[] payload, long since) {
            this.payload = payload;
            this.since = since;
        }
    }

    /**
     * An empty queue.
     *
     * @param capacity how many datagrams it holds, at least 1
     * @param maxAgeNanos how long one may wait; Long.MAX_VALUE for as long as it takes
     */
    public DatagramQueue(int capacity, long maxAgeNanos) {
        if (capacity < 1 || maxAgeNanos < 1) {
            throw new IllegalArgumentException(
                    "capacity " + capacity + " and maximum age " + maxAgeNanos + " ns must be at least 1");
        }
        this.capacity = capacity;
        this.maxAgeNanos = maxAgeNanos;
    }

    /**
     * Drops what has waited too long. To be called before anything else is done at that time.
     *
     * @param nowNanos the time
     * @return how many were dropped
     */
    public int expire(long nowNanos) {
        int expired = 0;
        for (Entry oldest = entries.peekFirst();
                oldest != null && nowNanos - oldest.since >= maxAgeNanos;
                oldest = entries.peekFirst()) {
            entries.removeFirst();
            expired++;
        }
        return expired;
    }

    /**
     * Adds a datagram if there is room.
     *
     * @param payload belongs to the queue from now on
     * @param nowNanos the time
     * @return false with a full queue
     */
    public boolean offer(byte[] payload, long nowNanos) {
        if (entries.size() >= capacity) {
            return false;
        }
        entries.addLast(new Entry(payload, nowNanos));
        return true;
    }

    /**
     * Adds a datagram; with a full queue the oldest one goes for it.
     *
     * @param payload belongs to the queue from now on
     * @param nowNanos the time
     * @return whether one had to go
     */
    public boolean offerDroppingOldest(byte[] payload, long nowNanos) {
        boolean full = entries.size() >= capacity;
        if (full) {
            entries.removeFirst();
        }
        entries.addLast(new Entry(payload, nowNanos));
        return full;
    }

    /**
     * Takes the oldest datagram.
     *
     * @return the payload, or null when none waits
     */
    public byte @Nullable [] poll() {
        Entry oldest = entries.pollFirst();
        return oldest == null ? null : oldest.payload;
    }

    /**
     * The oldest datagram, which stays.
     *
     * @return the payload, or null when none waits
     */
    public byte @Nullable [] peek() {
        Entry oldest = entries.peekFirst();
        return oldest == null ? null : oldest.payload;
    }

    /**
     * Takes out the oldest datagram if it still is the one that was peeked at.
     *
     * @param payload what {@link #peek} answered
     */
    public void remove(byte[] payload) {
        if (peek() == payload) {
            entries.removeFirst();
        }
    }

    /**
     * How many datagrams wait.
     *
     * @return the number
     */
    public int size() {
        return entries.size();
    }

    /**
     * Whether another one would find room without one having to go.
     *
     * @return true if so
     */
    public boolean hasRoom() {
        return entries.size() < capacity;
    }

    /** Drops everything. */
    public void clear() {
        entries.clear();
    }
}
