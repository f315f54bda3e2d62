package dev.webtransport.value;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client has done so far. A snapshot; after its end that of the end. Times are those of the client's clock,
 * which has nothing to do with the time of day.
 */
public final class ClientStatistics {
    private final Duration uptime;
    private final long connectsAttempted;
    private final long connectsSucceeded;
    private final long connectsFailed;
    private final long connectsCancelled;
    private final Duration connectTimeTotal;
    private final @Nullable Duration connectTimeMin;
    private final @Nullable Duration connectTimeMax;
    private final long connectionsOpen;
    private final long sessionsEstablished;
    private final long sessionsOpen;
    private final TrafficStatistics traffic;

    private ClientStatistics(Builder builder) {
        this.uptime = builder.uptime;
        this.connectsAttempted = builder.connectsAttempted;
        this.connectsSucceeded = builder.connectsSucceeded;
        this.connectsFailed = builder.connectsFailed;
        this.connectsCancelled = builder.connectsCancelled;
        this.connectTimeTotal = builder.connectTimeTotal;
        this.connectTimeMin = builder.connectTimeMin;
        this.connectTimeMax = builder.connectTimeMax;
        this.connectionsOpen = builder.connectionsOpen;
        this.sessionsEstablished = builder.sessionsEstablished;
        this.sessionsOpen = builder.sessionsOpen;
        this.traffic = builder.traffic;
    }

    /**
     * A builder in which nothing has been counted, for tests and for who makes such values.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * How long the client has been there; until its end.
     *
     * @return the time
     */
    public Duration uptime() {
        return uptime;
    }

    /**
     * Calls of {@code connect} and {@code openConnection} that were begun. What did not succeed, fail or get
     * cancelled is under way.
     *
     * @return the number
     */
    public long connectsAttempted() {
        return connectsAttempted;
    }

    /**
     * Those that gave a session or a connection.
     *
     * @return the number
     */
    public long connectsSucceeded() {
        return connectsSucceeded;
    }

    /**
     * Those that failed: no connection, no WebTransport, the server said no, the time was up.
     *
     * @return the number
     */
    public long connectsFailed() {
        return connectsFailed;
    }

    /**
     * Those whose caller gave up.
     *
     * @return the number
     */
    public long connectsCancelled() {
        return connectsCancelled;
    }

    /**
     * The time that those took that succeeded, added up.
     *
     * @return the time
     */
    public Duration connectTimeTotal() {
        return connectTimeTotal;
    }

    /**
     * The shortest of these times.
     *
     * @return the time, or empty before the first success
     */
    public Optional<Duration> connectTimeMin() {
        return Optional.ofNullable(connectTimeMin);
    }

    /**
     * The longest of these times.
     *
     * @return the time, or empty before the first success
     */
    public Optional<Duration> connectTimeMax() {
        return Optional.ofNullable(connectTimeMax);
    }

    /**
     * Connections that are open now.
     *
     * @return the number
     */
    public long connectionsOpen() {
        return connectionsOpen;
    }

    /**
     * Sessions that stood, those that are over included.
     *
     * @return the number
     */
    public long sessionsEstablished() {
        return sessionsEstablished;
    }

    /**
     * Sessions that stand now.
     *
     * @return the number
     */
    public long sessionsOpen() {
        return sessionsOpen;
    }

    /**
     * What all sessions moved.
     *
     * @return the counters
     */
    public TrafficStatistics traffic() {
        return traffic;
    }

    /**
     * The average of the times that successful calls took.
     *
     * @return the time, or empty before the first success
     */
    public Optional<Duration> connectTimeAverage() {
        return connectsSucceeded == 0
                ? Optional.empty()
                : Optional.of(connectTimeTotal.dividedBy(connectsSucceeded));
    }

    /** All of it, for logs. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("client");
        text.append(" uptime=").append(uptime);
        text.append(" connectsAttempted=").append(connectsAttempted);
        text.append(" connectsSucceeded=").append(connectsSucceeded);
        text.append(" connectsFailed=").append(connectsFailed);
        text.append(" connectsCancelled=").append(connectsCancelled);
        text.append(" connectTimeTotal=").append(connectTimeTotal);
        if (connectTimeMin != null) {
            text.append(" connectTimeMin=").append(connectTimeMin);
        }
        if (connectTimeMax != null) {
            text.append(" connectTimeMax=").append(connectTimeMax);
        }
        text.append(" connectionsOpen=").append(connectionsOpen);
        text.append(" sessionsEstablished=").append(sessionsEstablished);
        text.append(" sessionsOpen=").append(sessionsOpen);
        text.append(" traffic=").append(traffic);
        return text.toString();
    }

    /** Collects the numbers. Not for several threads at once. */
    public static final class Builder {
        private Duration uptime = Duration.ZERO;
        private long connectsAttempted;
        private long connectsSucceeded;
        private long connectsFailed;
        private long connectsCancelled;
        private Duration connectTimeTotal = Duration.ZERO;
        private @Nullable Duration connectTimeMin;
        private @Nullable Duration connectTimeMax;
        private long connectionsOpen;
        private long sessionsEstablished;
        private long sessionsOpen;
        private TrafficStatistics traffic = TrafficStatistics.builder().build();

        private Builder() {}

        /**
         * See {@link ClientStatistics#uptime()}. Default 0.
         *
         * @param uptime 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder uptime(Duration uptime) {
            this.uptime = time("uptime", uptime);
            return this;
        }

        /**
         * See {@link ClientStatistics#connectsAttempted()}. Default 0.
         *
         * @param connectsAttempted 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder connectsAttempted(long connectsAttempted) {
            this.connectsAttempted = count("connectsAttempted", connectsAttempted);
            return this;
        }

        /**
         * See {@link ClientStatistics#connectsSucceeded()}. Default 0.
         *
         * @param connectsSucceeded 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder connectsSucceeded(long connectsSucceeded) {
            this.connectsSucceeded = count("connectsSucceeded", connectsSucceeded);
            return this;
        }

        /**
         * See {@link ClientStatistics#connectsFailed()}. Default 0.
         *
         * @param connectsFailed 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder connectsFailed(long connectsFailed) {
            this.connectsFailed = count("connectsFailed", connectsFailed);
            return this;
        }

        /**
         * See {@link ClientStatistics#connectsCancelled()}. Default 0.
         *
         * @param connectsCancelled 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder connectsCancelled(long connectsCancelled) {
            this.connectsCancelled = count("connectsCancelled", connectsCancelled);
            return this;
        }

        /**
         * See {@link ClientStatistics#connectTimeTotal()}. Default 0.
         *
         * @param connectTimeTotal 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder connectTimeTotal(Duration connectTimeTotal) {
            this.connectTimeTotal = time("connectTimeTotal", connectTimeTotal);
            return this;
        }

        /**
         * See {@link ClientStatistics#connectTimeMin()}. Default null.
         *
         * @param connectTimeMin 0 or more, or null for none
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder connectTimeMin(@Nullable Duration connectTimeMin) {
            this.connectTimeMin = connectTimeMin == null ? null : time("connectTimeMin", connectTimeMin);
            return this;
        }

        /**
         * See {@link ClientStatistics#connectTimeMax()}. Default null.
         *
         * @param connectTimeMax 0 or more, or null for none
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder connectTimeMax(@Nullable Duration connectTimeMax) {
            this.connectTimeMax = connectTimeMax == null ? null : time("connectTimeMax", connectTimeMax);
            return this;
        }

        /**
         * See {@link ClientStatistics#connectionsOpen()}. Default 0.
         *
         * @param connectionsOpen 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder connectionsOpen(long connectionsOpen) {
            this.connectionsOpen = count("connectionsOpen", connectionsOpen);
            return this;
        }

        /**
         * See {@link ClientStatistics#sessionsEstablished()}. Default 0.
         *
         * @param sessionsEstablished 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder sessionsEstablished(long sessionsEstablished) {
            this.sessionsEstablished = count("sessionsEstablished", sessionsEstablished);
            return this;
        }

        /**
         * See {@link ClientStatistics#sessionsOpen()}. Default 0.
         *
         * @param sessionsOpen 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder sessionsOpen(long sessionsOpen) {
            this.sessionsOpen = count("sessionsOpen", sessionsOpen);
            return this;
        }

        /**
         * See {@link ClientStatistics#traffic()}. Default zeros.
         *
         * @param traffic the value
         * @return this
         */
        public Builder traffic(TrafficStatistics traffic) {
            this.traffic = Objects.requireNonNull(traffic, "traffic");
            return this;
        }

        /**
         * The snapshot.
         *
         * @return an immutable value
         */
        public ClientStatistics build() {
            return new ClientStatistics(this);
        }

        private static long count(String name, long value) {
            if (value < 0) {
                throw new IllegalArgumentException(name + " is " + value + "; a counter is 0 or more");
            }
            return value;
        }

        private static Duration time(String name, Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException(name + " is " + value + "; a time is 0 or more");
            }
            return value;
        }
    }
}
