package dev.webtransport.samples.bench;

/**
 * How much each workload does.
 *
 * @param bulkMebibytes of W1 and W2: a stream of so many MiB, and so many streams of 1 MiB
 * @param requests of W3, of each kind
 * @param roundTrips of datagrams, W4
 * @param datagrams that are sent as fast as they go, W4
 * @param connects of W5
 * @param streams of W6, each of 64 KiB
 * @param sessions of W7
 * @param shortStreams of W8
 */
public record Sizes(
        int bulkMebibytes,
        int requests,
        int roundTrips,
        int datagrams,
        int connects,
        int streams,
        int sessions,
        int shortStreams) {
    /** What figures are published for. */
    public static final Sizes FULL = new Sizes(256, 10_000, 10_000, 100_000, 1_000, 1_000, 1_000, 1_000_000);

    /** Enough to see that everything works. */
    public static final Sizes QUICK = new Sizes(8, 500, 500, 2_000, 100, 100, 50, 10_000);

    /** Of W1, where there are many. */
    static final int MANY_STREAM_BYTES = 1 << 20;

    /** Of W4: fits every path. */
    static final int DATAGRAM_BYTES = 1_000;

    /** Of W5. */
    static final int CONNECTS_AT_ONCE = 50;

    /** Of W6. */
    static final int STREAM_BYTES = 64 << 10;

    /** Of W8. */
    static final int SHORT_STREAMS_AT_ONCE = 16;

    /** Of requests, datagrams there and back, and short streams. */
    static final int SMALL = 64;

    /** Of the larger requests. */
    static final int LARGE = 1024;

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return bulkMebibytes + "," + requests + "," + roundTrips + "," + datagrams + "," + connects + "," + streams
                + "," + sessions + "," + shortStreams;
    }

    static Sizes parse(String text) {
        String[] parts = text.split(",");
        int[] n = new int[parts.length];
        for (int i = 0; i < n.length; i++) {
            n[i] = Integer.parseInt(parts[i]);
        }
        return new Sizes(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]);
    }
}
