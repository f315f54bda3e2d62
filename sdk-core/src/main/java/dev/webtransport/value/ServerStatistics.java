package dev.webtransport.value;

import java.time.Duration;
import java.util.Objects;

/**
 * What a server has done so far. A snapshot; after its end that of the end. Times are those of the server's clock,
 * which has nothing to do with the time of day.
 */
public final class ServerStatistics {
    private final Duration uptime;
    private final long connectionsAccepted;
    private final long connectionsRefused;
    private final long connectionsOpen;
    private final long requestsReceived;
    private final long sessionsAccepted;
    private final long requestsRejected;
    private final long requestsWithdrawn;
    private final long handlerFailures;
    private final long sessionsOpen;
    private final TrafficStatistics traffic;

    private ServerStatistics(Builder builder) {
        this.uptime = builder.uptime;
        this.connectionsAccepted = builder.connectionsAccepted;
        this.connectionsRefused = builder.connectionsRefused;
        this.connectionsOpen = builder.connectionsOpen;
        this.requestsReceived = builder.requestsReceived;
        this.sessionsAccepted = builder.sessionsAccepted;
        this.requestsRejected = builder.requestsRejected;
        this.requestsWithdrawn = builder.requestsWithdrawn;
        this.handlerFailures = builder.handlerFailures;
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
     * How long the server has been there; until its end.
     *
     * @return the time
     */
    public Duration uptime() {
        return uptime;
    }

    /**
     * Connections that were taken.
     *
     * @return the number
     */
    public long connectionsAccepted() {
        return connectionsAccepted;
    }

    /**
     * Connections that were closed at once, because the server had all it takes.
     *
     * @return the number
     */
    public long connectionsRefused() {
        return connectionsRefused;
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
     * Session requests that arrived. What was not accepted, rejected or withdrawn waits for its answer.
     *
     * @return the number
     */
    public long requestsReceived() {
        return requestsReceived;
    }

    /**
     * Requests that became a session.
     *
     * @return the number
     */
    public long sessionsAccepted() {
        return sessionsAccepted;
    }

    /**
     * Requests that were rejected: by the application, the origin policy, a limit, or because nobody answered in
     * time.
     *
     * @return the number
     */
    public long requestsRejected() {
        return requestsRejected;
    }

    /**
     * Requests whose client had gone before it could be answered.
     *
     * @return the number
     */
    public long requestsWithdrawn() {
        return requestsWithdrawn;
    }

    /**
     * Handlers that failed, so that their request was rejected, or their session closed, with 500.
     *
     * @return the number
     */
    public long handlerFailures() {
        return handlerFailures;
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

    /** All of it, for logs. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("server");
        text.append(" uptime=").append(uptime);
        text.append(" connectionsAccepted=").append(connectionsAccepted);
        text.append(" connectionsRefused=").append(connectionsRefused);
        text.append(" connectionsOpen=").append(connectionsOpen);
        text.append(" requestsReceived=").append(requestsReceived);
        text.append(" sessionsAccepted=").append(sessionsAccepted);
        text.append(" requestsRejected=").append(requestsRejected);
        text.append(" requestsWithdrawn=").append(requestsWithdrawn);
        text.append(" handlerFailures=").append(handlerFailures);
        text.append(" sessionsOpen=").append(sessionsOpen);
        text.append(" traffic=").append(traffic);
        return text.toString();
    }

    /** Collects the numbers. Not for several threads at once. */
    public static final class Builder {
        private Duration uptime = Duration.ZERO;
        private long connectionsAccepted;
        private long connectionsRefused;
        private long connectionsOpen;
        private long requestsReceived;
        private long sessionsAccepted;
        private long requestsRejected;
        private long requestsWithdrawn;
        private long handlerFailures;
        private long sessionsOpen;
        private TrafficStatistics traffic = TrafficStatistics.builder().build();

        private Builder() {}

        /**
         * See {@link ServerStatistics#uptime()}. Default 0.
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
         * See {@link ServerStatistics#connectionsAccepted()}. Default 0.
         *
         * @param connectionsAccepted 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder connectionsAccepted(long connectionsAccepted) {
            this.connectionsAccepted = count("connectionsAccepted", connectionsAccepted);
            return this;
        }

        /**
         * See {@link ServerStatistics#connectionsRefused()}. Default 0.
         *
         * @param connectionsRefused 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder connectionsRefused(long connectionsRefused) {
            this.connectionsRefused = count("connectionsRefused", connectionsRefused);
            return this;
        }

        /**
         * See {@link ServerStatistics#connectionsOpen()}. Default 0.
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
         * See {@link ServerStatistics#requestsReceived()}. Default 0.
         *
         * @param requestsReceived 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder requestsReceived(long requestsReceived) {
            this.requestsReceived = count("requestsReceived", requestsReceived);
            return this;
        }

        /**
         * See {@link ServerStatistics#sessionsAccepted()}. Default 0.
         *
         * @param sessionsAccepted 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder sessionsAccepted(long sessionsAccepted) {
            this.sessionsAccepted = count("sessionsAccepted", sessionsAccepted);
            return this;
        }

        /**
         * See {@link ServerStatistics#requestsRejected()}. Default 0.
         *
         * @param requestsRejected 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder requestsRejected(long requestsRejected) {
            this.requestsRejected = count("requestsRejected", requestsRejected);
            return this;
        }

        /**
         * See {@link ServerStatistics#requestsWithdrawn()}. Default 0.
         *
         * @param requestsWithdrawn 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder requestsWithdrawn(long requestsWithdrawn) {
            this.requestsWithdrawn = count("requestsWithdrawn", requestsWithdrawn);
            return this;
        }

        /**
         * See {@link ServerStatistics#handlerFailures()}. Default 0.
         *
         * @param handlerFailures 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder handlerFailures(long handlerFailures) {
            this.handlerFailures = count("handlerFailures", handlerFailures);
            return this;
        }

        /**
         * See {@link ServerStatistics#sessionsOpen()}. Default 0.
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
         * See {@link ServerStatistics#traffic()}. Default zeros.
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
        public ServerStatistics build() {
            return new ServerStatistics(this);
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
