package dev.webtransport.value;

/**
 * What became of the datagrams of a session so far (W3C WebTransport, {@code WebTransportDatagramStats}). What was sent and
 * lost on its way is not among it.
 */
public final class DatagramStatistics {
    private final long sent;
    private final long received;
    private final long droppedIncoming;
    private final long expiredIncoming;
    private final long droppedOutgoing;
    private final long expiredOutgoing;
    private final long tooLargeOutgoing;

    private DatagramStatistics(Builder builder) {
        this.sent = builder.sent;
        this.received = builder.received;
        this.droppedIncoming = builder.droppedIncoming;
        this.expiredIncoming = builder.expiredIncoming;
        this.droppedOutgoing = builder.droppedOutgoing;
        this.expiredOutgoing = builder.expiredOutgoing;
        this.tooLargeOutgoing = builder.tooLargeOutgoing;
    }

    /**
     * A builder with zeros, for transports and tests.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Datagrams that were handed to the transport.
     *
     * @return the number
     */
    public long sent() {
        return sent;
    }

    /**
     * Datagrams that arrived, those that were dropped later too.
     *
     * @return the number
     */
    public long received() {
        return received;
    }

    /**
     * Received datagrams that had to go for newer ones, because nobody read them.
     *
     * @return the number
     */
    public long droppedIncoming() {
        return droppedIncoming;
    }

    /**
     * Received datagrams that nobody read within their maximum age.
     *
     * @return the number
     */
    public long expiredIncoming() {
        return expiredIncoming;
    }

    /**
     * Datagrams that were not taken for sending, because the queue was full.
     *
     * @return the number
     */
    public long droppedOutgoing() {
        return droppedOutgoing;
    }

    /**
     * Datagrams that could not be sent within their maximum age.
     *
     * @return the number
     */
    public long expiredOutgoing() {
        return expiredOutgoing;
    }

    /**
     * Datagrams that were not sent, because they are longer than the path or the peer allows.
     *
     * @return the number
     */
    public long tooLargeOutgoing() {
        return tooLargeOutgoing;
    }

    @Override
    public String toString() {
        return "sent " + sent + " (dropped " + droppedOutgoing + ", expired " + expiredOutgoing + ", too large "
                + tooLargeOutgoing + "), received " + received + " (dropped " + droppedIncoming + ", expired "
                + expiredIncoming + ")";
    }

    /** Collects the numbers. Not for several threads at once. */
    public static final class Builder {
        private long sent;
        private long received;
        private long droppedIncoming;
        private long expiredIncoming;
        private long droppedOutgoing;
        private long expiredOutgoing;
        private long tooLargeOutgoing;

        private Builder() {}

        /**
         * Sets {@link DatagramStatistics#sent()}. Default 0.
         *
         * @param sent the number
         * @return this
         */
        public Builder sent(long sent) {
            this.sent = sent;
            return this;
        }

        /**
         * Sets {@link DatagramStatistics#received()}. Default 0.
         *
         * @param received the number
         * @return this
         */
        public Builder received(long received) {
            this.received = received;
            return this;
        }

        /**
         * Sets {@link DatagramStatistics#droppedIncoming()}. Default 0.
         *
         * @param droppedIncoming the number
         * @return this
         */
        public Builder droppedIncoming(long droppedIncoming) {
            this.droppedIncoming = droppedIncoming;
            return this;
        }

        /**
         * Sets {@link DatagramStatistics#expiredIncoming()}. Default 0.
         *
         * @param expiredIncoming the number
         * @return this
         */
        public Builder expiredIncoming(long expiredIncoming) {
            this.expiredIncoming = expiredIncoming;
            return this;
        }

        /**
         * Sets {@link DatagramStatistics#droppedOutgoing()}. Default 0.
         *
         * @param droppedOutgoing the number
         * @return this
         */
        public Builder droppedOutgoing(long droppedOutgoing) {
            this.droppedOutgoing = droppedOutgoing;
            return this;
        }

        /**
         * Sets {@link DatagramStatistics#expiredOutgoing()}. Default 0.
         *
         * @param expiredOutgoing the number
         * @return this
         */
        public Builder expiredOutgoing(long expiredOutgoing) {
            this.expiredOutgoing = expiredOutgoing;
            return this;
        }

        /**
         * Sets {@link DatagramStatistics#tooLargeOutgoing()}. Default 0.
         *
         * @param tooLargeOutgoing the number
         * @return this
         */
        public Builder tooLargeOutgoing(long tooLargeOutgoing) {
            this.tooLargeOutgoing = tooLargeOutgoing;
            return this;
        }

        /**
         * The snapshot.
         *
         * @return an immutable value
         */
        public DatagramStatistics build() {
            return new DatagramStatistics(this);
        }
    }
}
