package dev.webtransport.config;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The queues of datagrams between an application and the network. Sizes count datagrams, each at most about 1,200 bytes
 * on the internet.
 *
 * <p>Each session has a queue for each direction, named as W3C WebTransport names them: {@code incomingMax...} and
 * {@code outgoingMax...}. Between them and the network each connection has two of the transport's own, {@code
 * incomingQueueLength} and {@code outgoingQueueLength}, for all its sessions together.
 */
public final class DatagramConfig {
    private final int outgoingQueueLength;
    private final int incomingQueueLength;
    private final int incomingMaxBufferedDatagrams;
    private final int outgoingMaxBufferedDatagrams;
    private final @Nullable Duration incomingMaxAge;
    private final @Nullable Duration outgoingMaxAge;

    private DatagramConfig(Builder builder) {
        this.outgoingQueueLength = builder.outgoingQueueLength;
        this.incomingQueueLength = builder.incomingQueueLength;
        this.incomingMaxBufferedDatagrams = builder.incomingMaxBufferedDatagrams;
        this.outgoingMaxBufferedDatagrams = builder.outgoingMaxBufferedDatagrams;
        this.incomingMaxAge = builder.incomingMaxAge;
        this.outgoingMaxAge = builder.outgoingMaxAge;
    }

    /**
     * Every default.
     *
     * @return the settings
     */
    public static DatagramConfig defaults() {
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
     * A builder that starts with these settings.
     *
     * @return the builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * How many datagrams of a connection the transport holds to be sent.
     *
     * @return how many datagrams of a connection the transport holds to be sent
     */
    public int outgoingQueueLength() {
        return outgoingQueueLength;
    }

    /**
     * How many received datagrams of a connection the transport holds.
     *
     * @return how many received datagrams of a connection the transport holds
     */
    public int incomingQueueLength() {
        return incomingQueueLength;
    }

    /**
     * How many received datagrams of a session may wait to be read.
     *
     * @return how many received datagrams of a session may wait to be read
     */
    public int incomingMaxBufferedDatagrams() {
        return incomingMaxBufferedDatagrams;
    }

    /**
     * How many datagrams of a session may wait to be sent.
     *
     * @return how many datagrams of a session may wait to be sent
     */
    public int outgoingMaxBufferedDatagrams() {
        return outgoingMaxBufferedDatagrams;
    }

    /**
     * How long a received datagram may wait to be read.
     *
     * @return the age at which it is dropped; empty for none
     */
    public Optional<Duration> incomingMaxAge() {
        return Optional.ofNullable(incomingMaxAge);
    }

    /**
     * How long a datagram may wait to be sent.
     *
     * @return the age at which it is dropped; empty for none
     */
    public Optional<Duration> outgoingMaxAge() {
        return Optional.ofNullable(outgoingMaxAge);
    }

    /** Collects settings; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private int outgoingQueueLength = 16;
        private int incomingQueueLength = 256;
        private int incomingMaxBufferedDatagrams = 256;
        private int outgoingMaxBufferedDatagrams = 256;
        private @Nullable Duration incomingMaxAge;
        private @Nullable Duration outgoingMaxAge;

        private Builder() {}

        private Builder(DatagramConfig from) {
            this.outgoingQueueLength = from.outgoingQueueLength;
            this.incomingQueueLength = from.incomingQueueLength;
            this.incomingMaxBufferedDatagrams = from.incomingMaxBufferedDatagrams;
            this.outgoingMaxBufferedDatagrams = from.outgoingMaxBufferedDatagrams;
            this.incomingMaxAge = from.incomingMaxAge;
            this.outgoingMaxAge = from.outgoingMaxAge;
        }

        /**
         * How many datagrams the transport holds to be sent, per connection. The age of a datagram counts until it gets there,
         * so a short queue keeps datagrams fresh and a long one serves bursts of a fast application. Default 16: about one
         * initial congestion window, 20 kB.
         *
         * @param outgoingQueueLength the value
         * @return this
         * @throws IllegalArgumentException if outside 1 to 1 << 16
         */
        public Builder outgoingQueueLength(int outgoingQueueLength) {
            this.outgoingQueueLength = (int) Check.range("outgoingQueueLength", outgoingQueueLength, 1, 1 << 16);
            return this;
        }

        /**
         * How many received datagrams the transport holds, per connection, until the session that they are for is found; with a
         * full queue the oldest is dropped. Default 256: about 300 kB.
         *
         * @param incomingQueueLength the value
         * @return this
         * @throws IllegalArgumentException if outside 1 to 1 << 16
         */
        public Builder incomingQueueLength(int incomingQueueLength) {
            this.incomingQueueLength = (int) Check.range("incomingQueueLength", incomingQueueLength, 1, 1 << 16);
            return this;
        }

        /**
         * How many received datagrams may wait to be read, per session; with a full queue the oldest is dropped (W3C
         * WebTransport, {@code incomingMaxBufferedDatagrams}). Default 256: about 300 kB.
         *
         * @param incomingMaxBufferedDatagrams the value
         * @return this
         * @throws IllegalArgumentException if outside 1 to 1 << 16
         */
        public Builder incomingMaxBufferedDatagrams(int incomingMaxBufferedDatagrams) {
            this.incomingMaxBufferedDatagrams =
                    (int) Check.range("incomingMaxBufferedDatagrams", incomingMaxBufferedDatagrams, 1, 1 << 16);
            return this;
        }

        /**
         * How many datagrams may wait to be sent, per session; with a full queue a send answers {@code BLOCKED} or waits (W3C
         * WebTransport, {@code outgoingMaxBufferedDatagrams}). Default 256: about 300 kB.
         *
         * @param outgoingMaxBufferedDatagrams the value
         * @return this
         * @throws IllegalArgumentException if outside 1 to 1 << 16
         */
        public Builder outgoingMaxBufferedDatagrams(int outgoingMaxBufferedDatagrams) {
            this.outgoingMaxBufferedDatagrams =
                    (int) Check.range("outgoingMaxBufferedDatagrams", outgoingMaxBufferedDatagrams, 1, 1 << 16);
            return this;
        }

        /**
         * How long a received datagram may wait to be read before it is dropped (W3C WebTransport, {@code
         * incomingMaxAge}). Default none: the number alone bounds the queue.
         *
         * @param incomingMaxAge 1 ms to 1 h, or null for none
         * @return this
         * @throws IllegalArgumentException if outside 1 ms to 1 h
         */
        public Builder incomingMaxAge(@Nullable Duration incomingMaxAge) {
            this.incomingMaxAge = incomingMaxAge == null
                    ? null
                    : Check.duration("incomingMaxAge", incomingMaxAge, Duration.ofMillis(1), Duration.ofHours(1));
            return this;
        }

        /**
         * How long a datagram may wait to be sent before it is dropped (W3C WebTransport, {@code outgoingMaxAge}). Default
         * none: the number alone bounds the queue.
         *
         * @param outgoingMaxAge 1 ms to 1 h, or null for none
         * @return this
         * @throws IllegalArgumentException if outside 1 ms to 1 h
         */
        public Builder outgoingMaxAge(@Nullable Duration outgoingMaxAge) {
            this.outgoingMaxAge = outgoingMaxAge == null
                    ? null
                    : Check.duration("outgoingMaxAge", outgoingMaxAge, Duration.ofMillis(1), Duration.ofHours(1));
            return this;
        }

        /**
         * The settings.
         *
         * @return an immutable value
         */
        public DatagramConfig build() {
            return new DatagramConfig(this);
        }
    }
}
