package dev.webtransport.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The requests of each client network within a window of time that slides. An IPv4 client is its address, an IPv6 client
 * its /64 network, because who has one address there has all of them. For any thread.
 */
final class RequestWindows {
    private static final int NETWORK_BYTES_OF_IPV6 = 8;
    private static final int FIRST_CAPACITY = 4;

    private final int maxRequests;
    private final long windowNanos;
    private final int maxTracked;

    /** In the order of the last request; the oldest is forgotten first. */
    private final Map<Key, Times> clients = new LinkedHashMap<>(16, 0.75f, true);

    RequestWindows(int maxRequests, long windowNanos, int maxTracked) {
        this.maxRequests = maxRequests;
        this.windowNanos = windowNanos;
        this.maxTracked = maxTracked;
    }

    /**
     * Counts a request unless there were too many. One that is refused does not count.
     *
     * @param nowNanos on any clock, never going back
     * @return 0 if it may pass; else in how many nanoseconds the next one may
     */
    synchronized long take(InetAddress client, long nowNanos) {
        Key key = new Key(client);
        Times times = clients.get(key);
        if (times == null) {
            times = new Times();
            clients.put(key, times);
            if (clients.size() > maxTracked) {
                Iterator<Key> oldest = clients.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }
        times.forgetUntil(nowNanos - windowNanos);
        if (times.count == maxRequests) {
            return times.oldest() + windowNanos - nowNanos;
        }
        times.add(nowNanos, maxRequests);
        return 0;
    }

    synchronized int tracked() {
        return clients.size();
    }

    /** The last requests of one client, a ring that grows up to the limit. */
    private static final class Times {
        private long[] ring = new long[FIRST_CAPACITY];
        private int first;
        private int count;

        long oldest() {
            return ring[first];
        }

        void forgetUntil(long nanos) {
            while (count > 0 && ring[first] - nanos <= 0) {
                first = (first + 1) % ring.length;
                count--;
            }
        }

        void add(long nanos, int limit) {
            if (count == ring.length) {
                long[] larger = new long[(int) Math.min(2L * ring.length, Math.max(limit, FIRST_CAPACITY))];
                for (int i = 0; i < count; i++) {
                    larger[i] = ring[(first + i) % ring.length];
                }
                ring = larger;
                first = 0;
            }
            ring[(first + count) % ring.length] = nanos;
            count++;
        }
    }

    private static final class Key {
        private final byte[] network;

        Key(InetAddress client) {
            byte[] address = client.getAddress();
            network = client instanceof Inet6Address ? Arrays.copyOf(address, NETWORK_BYTES_OF_IPV6) : address;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key that && Arrays.equals(network, that.network);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(network);
        }
    }
}
