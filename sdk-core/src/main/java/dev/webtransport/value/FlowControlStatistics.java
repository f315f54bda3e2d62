package dev.webtransport.value;

/**
 * The limits of one direction of a session under flow control, and what is used of them
 * (draft-ietf-webtrans-http3-16, section 5). Limits count from the beginning of the session.
 */
public final class FlowControlStatistics {
    private final long maxData;
    private final long usedData;
    private final long maxBidirectionalStreams;
    private final long usedBidirectionalStreams;
    private final long maxUnidirectionalStreams;
    private final long usedUnidirectionalStreams;

    private FlowControlStatistics(Builder builder) {
        this.maxData = builder.maxData;
        this.usedData = builder.usedData;
        this.maxBidirectionalStreams = builder.maxBidirectionalStreams;
        this.usedBidirectionalStreams = builder.usedBidirectionalStreams;
        this.maxUnidirectionalStreams = builder.maxUnidirectionalStreams;
        this.usedUnidirectionalStreams = builder.usedUnidirectionalStreams;
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
     * How many bytes may be sent in the session, over all its streams together.
     *
     * @return the number
     */
    public long maxData() {
        return maxData;
    }

    /**
     * How many of them are used.
     *
     * @return the number
     */
    public long usedData() {
        return usedData;
    }

    /**
     * How many bidirectional streams may be opened, those that are over included.
     *
     * @return the number
     */
    public long maxBidirectionalStreams() {
        return maxBidirectionalStreams;
    }

    /**
     * How many of them are used.
     *
     * @return the number
     */
    public long usedBidirectionalStreams() {
        return usedBidirectionalStreams;
    }

    /**
     * How many unidirectional streams may be opened, those that are over included.
     *
     * @return the number
     */
    public long maxUnidirectionalStreams() {
        return maxUnidirectionalStreams;
    }

    /**
     * How many of them are used.
     *
     * @return the number
     */
    public long usedUnidirectionalStreams() {
        return usedUnidirectionalStreams;
    }

    /** All of it, for logs. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("flow control");
        text.append(" maxData=").append(maxData);
        text.append(" usedData=").append(usedData);
        text.append(" maxBidirectionalStreams=").append(maxBidirectionalStreams);
        text.append(" usedBidirectionalStreams=").append(usedBidirectionalStreams);
        text.append(" maxUnidirectionalStreams=").append(maxUnidirectionalStreams);
        text.append(" usedUnidirectionalStreams=").append(usedUnidirectionalStreams);
        return text.toString();
    }

    /** Collects the numbers. Not for several threads at once. */
    public static final class Builder {
        private long maxData;
        private long usedData;
        private long maxBidirectionalStreams;
        private long usedBidirectionalStreams;
        private long maxUnidirectionalStreams;
        private long usedUnidirectionalStreams;

        private Builder() {}

        /**
         * See {@link FlowControlStatistics#maxData()}. Default 0.
         *
         * @param maxData 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder maxData(long maxData) {
            this.maxData = count("maxData", maxData);
            return this;
        }

        /**
         * See {@link FlowControlStatistics#usedData()}. Default 0.
         *
         * @param usedData 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder usedData(long usedData) {
            this.usedData = count("usedData", usedData);
            return this;
        }

        /**
         * See {@link FlowControlStatistics#maxBidirectionalStreams()}. Default 0.
         *
         * @param maxBidirectionalStreams 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder maxBidirectionalStreams(long maxBidirectionalStreams) {
            this.maxBidirectionalStreams = count("maxBidirectionalStreams", maxBidirectionalStreams);
            return this;
        }

        /**
         * See {@link FlowControlStatistics#usedBidirectionalStreams()}. Default 0.
         *
         * @param usedBidirectionalStreams 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder usedBidirectionalStreams(long usedBidirectionalStreams) {
            this.usedBidirectionalStreams = count("usedBidirectionalStreams", usedBidirectionalStreams);
            return this;
        }

        /**
         * See {@link FlowControlStatistics#maxUnidirectionalStreams()}. Default 0.
         *
         * @param maxUnidirectionalStreams 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder maxUnidirectionalStreams(long maxUnidirectionalStreams) {
            this.maxUnidirectionalStreams = count("maxUnidirectionalStreams", maxUnidirectionalStreams);
            return this;
        }

        /**
         * See {@link FlowControlStatistics#usedUnidirectionalStreams()}. Default 0.
         *
         * @param usedUnidirectionalStreams 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder usedUnidirectionalStreams(long usedUnidirectionalStreams) {
            this.usedUnidirectionalStreams = count("usedUnidirectionalStreams", usedUnidirectionalStreams);
            return this;
        }

        /**
         * The snapshot.
         *
         * @return an immutable value
         */
        public FlowControlStatistics build() {
            return new FlowControlStatistics(this);
        }

        private static long count(String name, long value) {
            if (value < 0) {
                throw new IllegalArgumentException(name + " is " + value + "; a counter is 0 or more");
            }
            return value;
        }
    }
}
