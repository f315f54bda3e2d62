package dev.webtransport.config;

import java.time.Duration;

/**
 * How often and when a client tries again to get a session that it has lost or could not open.
 *
 * <p>Before the n-th attempt in a row {@code min(delay * backoff^(n-1), maxDelay)} goes by, less a random part of it ({@link #jitter}), so
 * that the clients of a server that comes back do not all come in the same moment.
 */
public final class ReconnectPolicy {
    private final int maxAttempts;
    private final Duration delay;
    private final Duration maxDelay;
    private final double backoff;
    private final double jitter;

    private ReconnectPolicy(Builder builder) {
        this.maxAttempts = builder.maxAttempts;
        this.delay = builder.delay;
        this.maxDelay = builder.maxDelay;
        this.backoff = builder.backoff;
        this.jitter = builder.jitter;
    }

    /**
     * Every default.
     *
     * @return the policy
     */
    public static ReconnectPolicy defaults() {
        return builder().build();
    }

    /**
     * A builder that starts with the defaults.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * How many attempts may fail one after another.
     *
     * @return how many attempts may fail one after another
     */
    public int maxAttempts() {
        return maxAttempts;
    }

    /**
     * What goes by before the first attempt.
     *
     * @return what goes by before the first attempt
     */
    public Duration delay() {
        return delay;
    }

    /**
     * What goes by before an attempt at most.
     *
     * @return what goes by before an attempt at most
     */
    public Duration maxDelay() {
        return maxDelay;
    }

    /**
     * By what the delay grows from one attempt to the next.
     *
     * @return by what the delay grows from one attempt to the next
     */
    public double backoff() {
        return backoff;
    }

    /**
     * The largest part of a delay that is left out at random.
     *
     * @return the largest part of a delay that is left out at random
     */
    public double jitter() {
        return jitter;
    }

    /**
     * What goes by before an attempt.
     *
     * @param attempt which one in a row, from 1
     * @param random how much of the random part is left out, from 0, nothing, to 1, all of it
     * @return the time to wait
     * @throws IllegalArgumentException if {@code attempt} is less than 1, or {@code random} outside 0 to 1
     */
    public Duration delayBefore(int attempt, double random) {
        Check.range("attempt", attempt, 1, Integer.MAX_VALUE);
        double part = Check.range("random", random, 0, 1);
        double grown = Math.min(delay.toNanos() * Math.pow(backoff, attempt - 1.0), maxDelay.toNanos());
        return Duration.ofNanos((long) (grown * (1 - jitter * part)));
    }

    /** Collects settings; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private static final Duration LONGEST = Duration.ofDays(1);

        private int maxAttempts = 3;
        private Duration delay = Duration.ofSeconds(1);
        private Duration maxDelay = Duration.ofSeconds(30);
        private double backoff = 2;
        private double jitter = 0.2;

        private Builder() {}

        /**
         * How many attempts may fail one after another. Default 3. A session that stands makes the count begin anew.
         *
         * @param maxAttempts the value
         * @return this
         * @throws IllegalArgumentException if less than 1
         */
        public Builder maxAttempts(int maxAttempts) {
            this.maxAttempts = (int) Check.range("maxAttempts", maxAttempts, 1, Integer.MAX_VALUE);
            return this;
        }

        /**
         * What goes by before the first attempt. Default 1 s.
         *
         * @param delay the value
         * @return this
         * @throws IllegalArgumentException if outside 1 ms to 1 day
         */
        public Builder delay(Duration delay) {
            this.delay = Check.duration("delay", delay, Duration.ofMillis(1), LONGEST);
            return this;
        }

        /**
         * What goes by before an attempt at most. Default 30 s; a smaller one than {@link #delay} takes its place.
         *
         * @param maxDelay the value
         * @return this
         * @throws IllegalArgumentException if outside 1 ms to 1 day
         */
        public Builder maxDelay(Duration maxDelay) {
            this.maxDelay = Check.duration("maxDelay", maxDelay, Duration.ofMillis(1), LONGEST);
            return this;
        }

        /**
         * By what the delay grows from one attempt to the next. Default 2.
         *
         * @param backoff the value
         * @return this
         * @throws IllegalArgumentException if outside 1 to 100
         */
        public Builder backoff(double backoff) {
            this.backoff = Check.range("backoff", backoff, 1, 100);
            return this;
        }

        /**
         * The largest part of a delay that is left out at random. Default 0.2: between 80 and 100 percent of a delay go by.
         *
         * @param jitter the value
         * @return this
         * @throws IllegalArgumentException if outside 0 to 1
         */
        public Builder jitter(double jitter) {
            this.jitter = Check.range("jitter", jitter, 0, 1);
            return this;
        }

        /**
         * The policy.
         *
         * @return an immutable value
         */
        public ReconnectPolicy build() {
            return new ReconnectPolicy(this);
        }
    }
}
