package dev.webtransport.value;

/**
 * What all sessions of a client or a server moved, from its beginning on, those that are over included. In bytes of
 * the application: no headers, no retransmissions.
 */
public final class TrafficStatistics {
    private final long streamsOpened;
    private final long bytesWritten;
    private final long bytesRead;
    private final long datagramsSent;
    private final long datagramBytesSent;
    private final long datagramsReceived;
    private final long datagramBytesReceived;

    private TrafficStatistics(Builder builder) {
        this.streamsOpened = builder.streamsOpened;
        this.bytesWritten = builder.bytesWritten;
        this.bytesRead = builder.bytesRead;
        this.datagramsSent = builder.datagramsSent;
        this.datagramBytesSent = builder.datagramBytesSent;
        this.datagramsReceived = builder.datagramsReceived;
        this.datagramBytesReceived = builder.datagramBytesReceived;
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
     * Streams that either end opened.
     *
     * @return the number
     */
    public long streamsOpened() {
        return streamsOpened;
    }

    /**
     * Bytes that writes to streams have handed over.
     *
     * @return the number
     */
    public long bytesWritten() {
        return bytesWritten;
    }

    /**
     * Bytes that the application has taken from streams.
     *
     * @return the number
     */
    public long bytesRead() {
        return bytesRead;
    }

    /**
     * Datagrams that were handed to the transport.
     *
     * @return the number
     */
    public long datagramsSent() {
        return datagramsSent;
    }

    /**
     * The payload of these datagrams, in bytes.
     *
     * @return the number
     */
    public long datagramBytesSent() {
        return datagramBytesSent;
    }

    /**
     * Datagrams that arrived for sessions, those that were dropped later too.
     *
     * @return the number
     */
    public long datagramsReceived() {
        return datagramsReceived;
    }

    /**
     * The payload of these datagrams, in bytes.
     *
     * @return the number
     */
    public long datagramBytesReceived() {
        return datagramBytesReceived;
    }

    /** All of it, for logs. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("traffic");
        text.append(" streamsOpened=").append(streamsOpened);
        text.append(" bytesWritten=").append(bytesWritten);
        text.append(" bytesRead=").append(bytesRead);
        text.append(" datagramsSent=").append(datagramsSent);
        text.append(" datagramBytesSent=").append(datagramBytesSent);
        text.append(" datagramsReceived=").append(datagramsReceived);
        text.append(" datagramBytesReceived=").append(datagramBytesReceived);
        return text.toString();
    }

    /** Collects the numbers. Not for several threads at once. */
    public static final class Builder {
        private long streamsOpened;
        private long bytesWritten;
        private long bytesRead;
        private long datagramsSent;
        private long datagramBytesSent;
        private long datagramsReceived;
        private long datagramBytesReceived;

        private Builder() {}

        /**
         * See {@link TrafficStatistics#streamsOpened()}. Default 0.
         *
         * @param streamsOpened 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder streamsOpened(long streamsOpened) {
            this.streamsOpened = count("streamsOpened", streamsOpened);
            return this;
        }

        /**
         * See {@link TrafficStatistics#bytesWritten()}. Default 0.
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
         * See {@link TrafficStatistics#bytesRead()}. Default 0.
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
         * See {@link TrafficStatistics#datagramsSent()}. Default 0.
         *
         * @param datagramsSent 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder datagramsSent(long datagramsSent) {
            this.datagramsSent = count("datagramsSent", datagramsSent);
            return this;
        }

        /**
         * See {@link TrafficStatistics#datagramBytesSent()}. Default 0.
         *
         * @param datagramBytesSent 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder datagramBytesSent(long datagramBytesSent) {
            this.datagramBytesSent = count("datagramBytesSent", datagramBytesSent);
            return this;
        }

        /**
         * See {@link TrafficStatistics#datagramsReceived()}. Default 0.
         *
         * @param datagramsReceived 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder datagramsReceived(long datagramsReceived) {
            this.datagramsReceived = count("datagramsReceived", datagramsReceived);
            return this;
        }

        /**
         * See {@link TrafficStatistics#datagramBytesReceived()}. Default 0.
         *
         * @param datagramBytesReceived 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder datagramBytesReceived(long datagramBytesReceived) {
            this.datagramBytesReceived = count("datagramBytesReceived", datagramBytesReceived);
            return this;
        }

        /**
         * The snapshot.
         *
         * @return an immutable value
         */
        public TrafficStatistics build() {
            return new TrafficStatistics(this);
        }

        private static long count(String name, long value) {
            if (value < 0) {
                throw new IllegalArgumentException(name + " is " + value + "; a counter is 0 or more");
            }
            return value;
        }
    }
}
