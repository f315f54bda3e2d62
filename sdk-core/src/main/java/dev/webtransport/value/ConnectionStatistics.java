package dev.webtransport.value;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Counters of one connection at one moment, from its beginning on. What the transport cannot tell is absent, not zero. Immutable.
 *
 * <p>Specification: W3C WebTransport, {@code getStats}; RFC 9002.
 */
public final class ConnectionStatistics {
    private final @Nullable Long bytesSent;
    private final @Nullable Long bytesReceived;
    private final @Nullable Long bytesLost;
    private final @Nullable Long bytesRetransmitted;
    private final @Nullable Long packetsSent;
    private final @Nullable Long packetsReceived;
    private final @Nullable Long packetsLost;
    private final @Nullable Long congestionWindow;
    private final @Nullable Long estimatedSendRate;
    private final @Nullable Long pathMtu;
    private final @Nullable Long datagramsSent;
    private final @Nullable Long datagramsReceived;
    private final @Nullable Long datagramsLost;
    private final @Nullable Duration smoothedRtt;
    private final @Nullable Duration rttVariation;
    private final @Nullable Duration minRtt;

    private ConnectionStatistics(Builder builder) {
        this.bytesSent = builder.bytesSent;
        this.bytesReceived = builder.bytesReceived;
        this.bytesLost = builder.bytesLost;
        this.bytesRetransmitted = builder.bytesRetransmitted;
        this.packetsSent = builder.packetsSent;
        this.packetsReceived = builder.packetsReceived;
        this.packetsLost = builder.packetsLost;
        this.congestionWindow = builder.congestionWindow;
        this.estimatedSendRate = builder.estimatedSendRate;
        this.pathMtu = builder.pathMtu;
        this.datagramsSent = builder.datagramsSent;
        this.datagramsReceived = builder.datagramsReceived;
        this.datagramsLost = builder.datagramsLost;
        this.smoothedRtt = builder.smoothedRtt;
        this.rttVariation = builder.rttVariation;
        this.minRtt = builder.minRtt;
    }

    /**
     * A builder that starts with nothing known.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Bytes of UDP payloads sent, repetitions and headers of QUIC among them. In UDP payloads, where W3C counts the application's bytes alone.
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong bytesSent() {
        return optional(bytesSent);
    }

    /**
     * Bytes of UDP payloads received (W3C {@code bytesReceived}).
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong bytesReceived() {
        return optional(bytesReceived);
    }

    /**
     * Bytes of packets held to be lost (W3C {@code bytesLost}); may shrink again.
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong bytesLost() {
        return optional(bytesLost);
    }

    /**
     * Bytes of streams that were sent again.
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong bytesRetransmitted() {
        return optional(bytesRetransmitted);
    }

    /**
     * Packets sent, lost ones too (W3C {@code packetsSent}).
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong packetsSent() {
        return optional(packetsSent);
    }

    /**
     * Packets received (W3C {@code packetsReceived}).
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong packetsReceived() {
        return optional(packetsReceived);
    }

    /**
     * Packets held to be lost (W3C {@code packetsLost}); may shrink again.
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong packetsLost() {
        return optional(packetsLost);
    }

    /**
     * The congestion window, in bytes: how much may be under way at once.
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong congestionWindow() {
        return optional(congestionWindow);
    }

    /**
     * The rate at which the network takes what is sent, in bits per second (W3C {@code estimatedSendRate}).
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong estimatedSendRate() {
        return optional(estimatedSendRate);
    }

    /**
     * The largest UDP payload that the path is held to carry, in bytes.
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong pathMtu() {
        return optional(pathMtu);
    }

    /**
     * Datagrams sent.
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong datagramsSent() {
        return optional(datagramsSent);
    }

    /**
     * Datagrams received, those dropped later among them.
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong datagramsReceived() {
        return optional(datagramsReceived);
    }

    /**
     * Datagrams sent and held to be lost (W3C {@code lostOutgoing}).
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong datagramsLost() {
        return optional(datagramsLost);
    }

    /**
     * The smoothed round-trip time (RFC 9002, section 5.3; W3C {@code smoothedRtt}).
     *
     * @return the time, or empty where the transport cannot tell
     */
    public Optional<Duration> smoothedRtt() {
        return Optional.ofNullable(smoothedRtt);
    }

    /**
     * The mean variation of the round-trip time (RFC 9002, section 5.3; W3C {@code rttVariation}).
     *
     * @return the time, or empty where the transport cannot tell
     */
    public Optional<Duration> rttVariation() {
        return Optional.ofNullable(rttVariation);
    }

    /**
     * The smallest round-trip time seen (RFC 9002, section 5.2; W3C {@code minRtt}).
     *
     * @return the time, or empty where the transport cannot tell
     */
    public Optional<Duration> minRtt() {
        return Optional.ofNullable(minRtt);
    }

    private static OptionalLong optional(@Nullable Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** What is known, for logs. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("connection statistics");
        append(text, "bytesSent", bytesSent);
        append(text, "bytesReceived", bytesReceived);
        append(text, "bytesLost", bytesLost);
        append(text, "bytesRetransmitted", bytesRetransmitted);
        append(text, "packetsSent", packetsSent);
        append(text, "packetsReceived", packetsReceived);
        append(text, "packetsLost", packetsLost);
        append(text, "congestionWindow", congestionWindow);
        append(text, "estimatedSendRate", estimatedSendRate);
        append(text, "pathMtu", pathMtu);
        append(text, "datagramsSent", datagramsSent);
        append(text, "datagramsReceived", datagramsReceived);
        append(text, "datagramsLost", datagramsLost);
        append(text, "smoothedRtt", smoothedRtt);
        append(text, "rttVariation", rttVariation);
        append(text, "minRtt", minRtt);
        return text.toString();
    }

    private static void append(StringBuilder text, String name, @Nullable Object value) {
        if (value != null) {
            text.append(' ').append(name).append('=').append(value);
        }
    }

    /** Collects what is known. Not for several threads at once. */
    public static final class Builder {
        private @Nullable Long bytesSent;
        private @Nullable Long bytesReceived;
        private @Nullable Long bytesLost;
        private @Nullable Long bytesRetransmitted;
        private @Nullable Long packetsSent;
        private @Nullable Long packetsReceived;
        private @Nullable Long packetsLost;
        private @Nullable Long congestionWindow;
        private @Nullable Long estimatedSendRate;
        private @Nullable Long pathMtu;
        private @Nullable Long datagramsSent;
        private @Nullable Long datagramsReceived;
        private @Nullable Long datagramsLost;
        private @Nullable Duration smoothedRtt;
        private @Nullable Duration rttVariation;
        private @Nullable Duration minRtt;

        private Builder() {}

        /**
         * See {@link ConnectionStatistics#bytesSent}.
         *
         * @param bytesSent 0 or more, or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder bytesSent(@Nullable Long bytesSent) {
            this.bytesSent = count("bytesSent", bytesSent);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#bytesReceived}.
         *
         * @param bytesReceived 0 or more, or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder bytesReceived(@Nullable Long bytesReceived) {
            this.bytesReceived = count("bytesReceived", bytesReceived);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#bytesLost}.
         *
         * @param bytesLost 0 or more, or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder bytesLost(@Nullable Long bytesLost) {
            this.bytesLost = count("bytesLost", bytesLost);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#bytesRetransmitted}.
         *
         * @param bytesRetransmitted 0 or more, or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder bytesRetransmitted(@Nullable Long bytesRetransmitted) {
            this.bytesRetransmitted = count("bytesRetransmitted", bytesRetransmitted);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#packetsSent}.
         *
         * @param packetsSent 0 or more, or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder packetsSent(@Nullable Long packetsSent) {
            this.packetsSent = count("packetsSent", packetsSent);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#packetsReceived}.
         *
         * @param packetsReceived 0 or more, or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder packetsReceived(@Nullable Long packetsReceived) {
            this.packetsReceived = count("packetsReceived", packetsReceived);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#packetsLost}.
         *
         * @param packetsLost 0 or more, or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder packetsLost(@Nullable Long packetsLost) {
            this.packetsLost = count("packetsLost", packetsLost);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#congestionWindow}.
         *
         * @param congestionWindow 0 or more, or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder congestionWindow(@Nullable Long congestionWindow) {
            this.congestionWindow = count("congestionWindow", congestionWindow);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#estimatedSendRate}.
         *
         * @param estimatedSendRate 0 or more, or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder estimatedSendRate(@Nullable Long estimatedSendRate) {
            this.estimatedSendRate = count("estimatedSendRate", estimatedSendRate);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#pathMtu}.
         *
         * @param pathMtu 0 or more, or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder pathMtu(@Nullable Long pathMtu) {
            this.pathMtu = count("pathMtu", pathMtu);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#datagramsSent}.
         *
         * @param datagramsSent 0 or more, or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder datagramsSent(@Nullable Long datagramsSent) {
            this.datagramsSent = count("datagramsSent", datagramsSent);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#datagramsReceived}.
         *
         * @param datagramsReceived 0 or more, or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder datagramsReceived(@Nullable Long datagramsReceived) {
            this.datagramsReceived = count("datagramsReceived", datagramsReceived);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#datagramsLost}.
         *
         * @param datagramsLost 0 or more, or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder datagramsLost(@Nullable Long datagramsLost) {
            this.datagramsLost = count("datagramsLost", datagramsLost);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#smoothedRtt}.
         *
         * @param smoothedRtt or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder smoothedRtt(@Nullable Duration smoothedRtt) {
            this.smoothedRtt = time("smoothedRtt", smoothedRtt);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#rttVariation}.
         *
         * @param rttVariation or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder rttVariation(@Nullable Duration rttVariation) {
            this.rttVariation = time("rttVariation", rttVariation);
            return this;
        }

        /**
         * See {@link ConnectionStatistics#minRtt}.
         *
         * @param minRtt or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder minRtt(@Nullable Duration minRtt) {
            this.minRtt = time("minRtt", minRtt);
            return this;
        }

        /**
         * The counters.
         *
         * @return an immutable value
         */
        public ConnectionStatistics build() {
            return new ConnectionStatistics(this);
        }

        private static @Nullable Long count(String name, @Nullable Long value) {
            if (value != null && value < 0) {
                throw new IllegalArgumentException(
                        name + " is " + value + "; a counter is 0 or more, or null if not known");
            }
            return value;
        }

        private static @Nullable Duration time(String name, @Nullable Duration value) {
            if (value != null && value.isNegative()) {
                throw new IllegalArgumentException(
                        name + " is " + value + "; a time is 0 or more, or null if not known");
            }
            return value;
        }
    }
}
