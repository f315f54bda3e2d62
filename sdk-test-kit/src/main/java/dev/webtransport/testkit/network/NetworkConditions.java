package dev.webtransport.testkit.network;

import java.time.Duration;

/**
 * How one direction of a network carries what it is given. Streams never lose, repeat or mix up bytes, as QUIC sees to that:
 * they only get late. Datagrams do all of it.
 */
public final class NetworkConditions {
    private static final int LONGEST_DATAGRAM = 1_200;

    private static final NetworkConditions PERFECT = builder().build();

    private final long latencyNanos;
    private final long jitterNanos;
    private final long bytesPerSecond;
    private final double datagramLoss;
    private final double datagramDuplication;
    private final double datagramReordering;
    private final int maxDatagramSize;

    private NetworkConditions(Builder builder) {
        this.latencyNanos = builder.latency.toNanos();
        this.jitterNanos = builder.jitter.toNanos();
        this.bytesPerSecond = builder.bytesPerSecond;
        this.datagramLoss = builder.datagramLoss;
        this.datagramDuplication = builder.datagramDuplication;
        this.datagramReordering = builder.datagramReordering;
        this.maxDatagramSize = builder.maxDatagramSize;
    }

    /**
     * Everything arrives at once and in order.
     *
     * @return the conditions
     */
    public static NetworkConditions perfect() {
        return PERFECT;
    }

    /**
     * A builder that starts with a perfect network.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * How long a frame is under way.
     *
     * @return the time in nanoseconds
     */
    public long latencyNanos() {
        return latencyNanos;
    }

    /**
     * How much longer a frame may be under way.
     *
     * @return the most, in nanoseconds
     */
    public long jitterNanos() {
        return jitterNanos;
    }

    /**
     * How much goes through.
     *
     * @return bytes per second; Long.MAX_VALUE without limit
     */
    public long bytesPerSecond() {
        return bytesPerSecond;
    }

    /**
     * How many datagrams are lost.
     *
     * @return the probability
     */
    public double datagramLoss() {
        return datagramLoss;
    }

    /**
     * How many datagrams arrive twice.
     *
     * @return the probability
     */
    public double datagramDuplication() {
        return datagramDuplication;
    }

    /**
     * How many datagrams are overtaken.
     *
     * @return the probability
     */
    public double datagramReordering() {
        return datagramReordering;
    }

    /**
     * The longest datagram that the path carries in this direction.
     *
     * @return the size of the payload in bytes
     */
    public int maxDatagramSize() {
        return maxDatagramSize;
    }

    /** Whether nothing here takes time or goes wrong. */
    boolean isPerfect() {
        return latencyNanos == 0
                && jitterNanos == 0
                && bytesPerSecond == Long.MAX_VALUE
                && datagramLoss == 0
                && datagramDuplication == 0
                && datagramReordering == 0;
    }

    @Override
    public String toString() {
        return "latency " + Duration.ofNanos(latencyNanos).toMillis() + " ms, jitter "
                + Duration.ofNanos(jitterNanos).toMillis() + " ms, "
                + (bytesPerSecond == Long.MAX_VALUE ? "no limit of bandwidth" : bytesPerSecond + " bytes/s")
                + ", datagrams lost " + datagramLoss + ", duplicated " + datagramDuplication + ", reordered "
                + datagramReordering + ", at most " + maxDatagramSize + " bytes each";
    }

    /** Collects conditions; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private Duration latency = Duration.ZERO;
        private Duration jitter = Duration.ZERO;
        private long bytesPerSecond = Long.MAX_VALUE;
        private double datagramLoss;
        private double datagramDuplication;
        private double datagramReordering;
        private int maxDatagramSize = LONGEST_DATAGRAM;

        private Builder() {}

        /**
         * How long a frame is under way in this direction; a round trip takes that of both. Default 0. The loopback counts
         * in whole milliseconds, engine pairs in nanoseconds.
         *
         * @param latency up to an hour
         * @return this
         * @throws IllegalArgumentException if outside
         */
        public Builder latency(Duration latency) {
            this.latency = time("latency", latency);
            return this;
        }

        /**
         * How much longer than the latency a frame may be under way; each frame draws its own. So frames of different
         * streams, and datagrams, overtake each other. Default 0.
         *
         * @param jitter up to an hour
         * @return this
         * @throws IllegalArgumentException if outside
         */
        public Builder jitter(Duration jitter) {
            this.jitter = time("jitter", jitter);
            return this;
        }

        /**
         * How much goes through. What has to wait does so with its sender, whose writes then suspend. Default: no limit.
         *
         * @param bytesPerSecond at least 1
         * @return this
         * @throws IllegalArgumentException if less
         */
        public Builder bandwidth(long bytesPerSecond) {
            if (bytesPerSecond < 1) {
                throw new IllegalArgumentException(
                        "bandwidth is " + bytesPerSecond + " bytes/s; it must be at least 1");
            }
            this.bytesPerSecond = bytesPerSecond;
            return this;
        }

        /**
         * The probability with which a datagram is lost. Default 0.
         *
         * @param probability 0 to 1
         * @return this
         * @throws IllegalArgumentException if outside
         */
        public Builder datagramLoss(double probability) {
            this.datagramLoss = probability("datagramLoss", probability);
            return this;
        }

        /**
         * The probability with which a datagram arrives twice. Default 0.
         *
         * @param probability 0 to 1
         * @return this
         * @throws IllegalArgumentException if outside
         */
        public Builder datagramDuplication(double probability) {
            this.datagramDuplication = probability("datagramDuplication", probability);
            return this;
        }

        /**
         * The probability with which a datagram is held back for as long again as the latency, at least 1 ms, so that later
         * ones overtake it. Default 0.
         *
         * @param probability 0 to 1
         * @return this
         * @throws IllegalArgumentException if outside
         */
        public Builder datagramReordering(double probability) {
            this.datagramReordering = probability("datagramReordering", probability);
            return this;
        }

        /**
         * The longest datagram that the path carries, as its MTU has it: senders know it at once. Default, and the most: 1,200
         * bytes.
         *
         * @param bytes the size of the payload, 0 to 1,200
         * @return this
         * @throws IllegalArgumentException if outside
         */
        public Builder maxDatagramSize(int bytes) {
            if (bytes < 0 || bytes > LONGEST_DATAGRAM) {
                throw new IllegalArgumentException(
                        "maxDatagramSize is " + bytes + "; it must be 0 to " + LONGEST_DATAGRAM);
            }
            this.maxDatagramSize = bytes;
            return this;
        }

        /**
         * The conditions.
         *
         * @return an immutable value
         */
        public NetworkConditions build() {
            return new NetworkConditions(this);
        }

        private static Duration time(String name, Duration value) {
            if (value.isNegative() || value.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException(name + " is " + value + "; it must be 0 to 1 hour");
            }
            return value;
        }

        private static double probability(String name, double value) {
            if (!(value >= 0 && value <= 1)) {
                throw new IllegalArgumentException(name + " is " + value + "; it must be 0 to 1");
            }
            return value;
        }
    }
}
