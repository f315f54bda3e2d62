package dev.webtransport.config;

/**
 * The queues of datagrams between an application and the network. Sizes count datagrams, each at most about 1,200 bytes
 * on the internet.
 */
public final class DatagramConfig {
    private final int outgoingQueueLength;
    private final int incomingQueueLength;

    private DatagramConfig(Builder builder) {
        this.outgoingQueueLength = builder.outgoingQueueLength;
        this.incomingQueueLength = builder.incomingQueueLength;
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
     * How many datagrams may wait to be sent.
     *
     * @return how many datagrams may wait to be sent
     */
    public int outgoingQueueLength() {
        return outgoingQueueLength;
    }

    /**
     * How many received datagrams may wait to be read.
     *
     * @return how many received datagrams may wait to be read
     */
    public int incomingQueueLength() {
        return incomingQueueLength;
    }

    /** Collects settings; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private int outgoingQueueLength = 256;
        private int incomingQueueLength = 256;

        private Builder() {}

        private Builder(DatagramConfig from) {
            this.outgoingQueueLength = from.outgoingQueueLength;
            this.incomingQueueLength = from.incomingQueueLength;
        }

        /**
         * How many datagrams may wait to be sent, per connection; with a full queue a send answers {@code BLOCKED}.
         * Default 256: about 300 kB.
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
         * How many received datagrams may wait to be read, per session and again per connection below it; with a full
         * queue the oldest is dropped (W3C WebTransport, {@code incomingMaxBufferedDatagrams}). Default 256: about 300
         * kB.
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
         * The settings.
         *
         * @return an immutable value
         */
        public DatagramConfig build() {
            return new DatagramConfig(this);
        }
    }
}
