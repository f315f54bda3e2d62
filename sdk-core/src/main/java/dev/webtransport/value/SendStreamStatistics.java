package dev.webtransport.value;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What was sent on a stream so far, in bytes of the application: no headers, no retransmissions (W3C WebTransport,
 * {@code WebTransportSendStreamStats}). A snapshot; no number ever falls. What the transport cannot tell is absent.
 */
public final class SendStreamStatistics {
    private final long bytesWritten;
    private final @Nullable Long bytesSent;
    private final @Nullable Long bytesAcknowledged;

    private SendStreamStatistics(Builder builder) {
        this.bytesWritten = builder.bytesWritten;
        this.bytesSent = builder.bytesSent;
        this.bytesAcknowledged = builder.bytesAcknowledged;
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
     * Bytes that writes have handed over (W3C {@code bytesWritten}). What a write that is still suspended has
     * handed over counts when it ends.
     *
     * @return the number
     */
    public long bytesWritten() {
        return bytesWritten;
    }

    /**
     * Bytes that left this end at least once (W3C {@code bytesSent}); no more than {@link #bytesWritten()}, once no
     * write is under way.
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong bytesSent() {
        return bytesSent == null ? OptionalLong.empty() : OptionalLong.of(bytesSent);
    }

    /**
     * Bytes that the peer has acknowledged, counted from the first one on without a gap (W3C {@code
     * bytesAcknowledged}).
     *
     * @return the number, or empty where the transport cannot tell
     */
    public OptionalLong bytesAcknowledged() {
        return bytesAcknowledged == null ? OptionalLong.empty() : OptionalLong.of(bytesAcknowledged);
    }

    /** All of it, for logs. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("send stream");
        text.append(" bytesWritten=").append(bytesWritten);
        if (bytesSent != null) {
            text.append(" bytesSent=").append(bytesSent);
        }
        if (bytesAcknowledged != null) {
            text.append(" bytesAcknowledged=").append(bytesAcknowledged);
        }
        return text.toString();
    }

    /** Collects the numbers. Not for several threads at once. */
    public static final class Builder {
        private long bytesWritten;
        private @Nullable Long bytesSent;
        private @Nullable Long bytesAcknowledged;

        private Builder() {}

        /**
         * See {@link SendStreamStatistics#bytesWritten()}. Default 0.
         *
         * @param bytesWritten 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder bytesWritten(long bytesWritten) {
            this.bytesWritten = count("bytesWritten", bytesWritten);
            return this;
        }

        /**
         * See {@link SendStreamStatistics#bytesSent()}. Default null.
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
         * See {@link SendStreamStatistics#bytesAcknowledged()}. Default null.
         *
         * @param bytesAcknowledged 0 or more, or null for not known
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder bytesAcknowledged(@Nullable Long bytesAcknowledged) {
            this.bytesAcknowledged = count("bytesAcknowledged", bytesAcknowledged);
            return this;
        }

        /**
         * The snapshot.
         *
         * @return an immutable value
         */
        public SendStreamStatistics build() {
            return new SendStreamStatistics(this);
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
