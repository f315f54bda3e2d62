package dev.webtransport.value;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What was received on a stream so far, in bytes of the application: no headers, nothing twice (W3C WebTransport,
 * {@code WebTransportReceiveStreamStats}). A snapshot; no number ever falls. What the transport cannot tell is
 * absent.
 */
public final class ReceiveStreamStatistics {
    private final @Nullable Long bytesReceived;
    private final long bytesRead;

    private ReceiveStreamStatistics(Builder builder) {
        this.bytesReceived = builder.bytesReceived;
        this.bytesRead = builder.bytesRead;
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
     * Bytes that have arrived, counted from the first one on without a gap, those that nobody has read among them
     * (W3C {@code bytesReceived}).
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong bytesReceived() {
        return bytesReceived == null ? OptionalLong.empty() : OptionalLong.of(bytesReceived);
    }

    /**
     * Bytes that the application has taken (W3C {@code bytesRead}); those that it only looked at do not count.
     *
     * @return the number
     */
    public long bytesRead() {
        return bytesRead;
    }

    /** All of it, for logs. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("receive stream");
        if (bytesReceived != null) {
            text.append(" bytesReceived=").append(bytesReceived);
        }
        text.append(" bytesRead=").append(bytesRead);
        return text.toString();
    }

    /** Collects the numbers. Not for several threads at once. */
    public static final class Builder {
        private @Nullable Long bytesReceived;
        private long bytesRead;

        private Builder() {}

        /**
         * See {@link ReceiveStreamStatistics#bytesReceived()}. Default null.
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
         * See {@link ReceiveStreamStatistics#bytesRead()}. Default 0.
         *
         * @param bytesRead 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder bytesRead(long bytesRead) {
            this.bytesRead = count("bytesRead", bytesRead);
            return this;
        }

        /**
         * The snapshot.
         *
         * @return an immutable value
         */
        public ReceiveStreamStatistics build() {
            return new ReceiveStreamStatistics(this);
        }

        private static long count(String name, long value) {
            if (value < 0) {
                throw new IllegalArgumentException(name + " is " + value + "; a counter is 0 or more");
            }
            return value;
        }

        private static @Nullable Long count(String name, @Nullable Long value) {
            if (value != null && value < 0) {
                throw new IllegalArgumentException(
                        name + " is " + value + "; a counter is 0 or more, or null if not known");
            }
            return value;
        }
    }
}
