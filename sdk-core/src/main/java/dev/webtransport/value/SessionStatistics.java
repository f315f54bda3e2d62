package dev.webtransport.value;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a session has done so far. A snapshot; after the end of the session that of the end. Bytes are those of the
 * application: no headers, no retransmissions. Times are counted from the beginning of the connection by the clock
 * of the client or server, which has nothing to do with the time of day.
 */
public final class SessionStatistics {
    private final long[] opened;
    private final long[] closed;
    private final long bytesWritten;
    private final long bytesRead;
    private final DatagramStatistics datagrams;
    private final long datagramBytesSent;
    private final long datagramBytesReceived;
    private final @Nullable FlowControlStatistics localFlowControl;
    private final @Nullable FlowControlStatistics remoteFlowControl;
    private final Duration createdAt;
    private final @Nullable Duration readyAt;
    private final @Nullable Duration closedAt;
    private final Duration takenAt;
    private final @Nullable CloseInfo closeInfo;
    private final @Nullable Initiator closedBy;

    private SessionStatistics(Builder builder) {
        this.opened = builder.opened.clone();
        this.closed = builder.closed.clone();
        this.bytesWritten = builder.bytesWritten;
        this.bytesRead = builder.bytesRead;
        this.datagrams = builder.datagrams;
        this.datagramBytesSent = builder.datagramBytesSent;
        this.datagramBytesReceived = builder.datagramBytesReceived;
        this.localFlowControl = builder.localFlowControl;
        this.remoteFlowControl = builder.remoteFlowControl;
        this.createdAt = builder.createdAt;
        this.readyAt = builder.readyAt;
        this.closedAt = builder.closedAt;
        this.takenAt = builder.takenAt;
        this.closeInfo = builder.closeInfo;
        this.closedBy = builder.closedBy;
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
     * Bytes that writes to streams have handed over: the sum of {@link SendStreamStatistics#bytesWritten()} over
     * all streams, those that are over included.
     *
     * @return the number
     */
    public long bytesWritten() {
        return bytesWritten;
    }

    /**
     * Bytes that the application has taken from streams: the sum of {@link ReceiveStreamStatistics#bytesRead()}
     * over all streams, those that are over included.
     *
     * @return the number
     */
    public long bytesRead() {
        return bytesRead;
    }

    /**
     * What became of the datagrams.
     *
     * @return the counters
     */
    public DatagramStatistics datagrams() {
        return datagrams;
    }

    /**
     * The payload of the datagrams that were handed to the transport, in bytes.
     *
     * @return the number
     */
    public long datagramBytesSent() {
        return datagramBytesSent;
    }

    /**
     * The payload of the datagrams that arrived, those that were dropped later too, in bytes.
     *
     * @return the number
     */
    public long datagramBytesReceived() {
        return datagramBytesReceived;
    }

    /**
     * What this end may send, and what of it it has used.
     *
     * @return the limits, or empty without session flow control
     */
    public Optional<FlowControlStatistics> localFlowControl() {
        return Optional.ofNullable(localFlowControl);
    }

    /**
     * What the peer may send, and what of it has arrived.
     *
     * @return the limits, or empty without session flow control
     */
    public Optional<FlowControlStatistics> remoteFlowControl() {
        return Optional.ofNullable(remoteFlowControl);
    }

    /**
     * When the session was asked for.
     *
     * @return the time
     */
    public Duration createdAt() {
        return createdAt;
    }

    /**
     * When it stood. What lies between {@link #createdAt()} and this is the time of its establishment.
     *
     * @return the time, or empty if it did not
     */
    public Optional<Duration> readyAt() {
        return Optional.ofNullable(readyAt);
    }

    /**
     * When its end was decided.
     *
     * @return the time, or empty while it lives
     */
    public Optional<Duration> closedAt() {
        return Optional.ofNullable(closedAt);
    }

    /**
     * When this snapshot was taken. Two of them make a rate.
     *
     * @return the time
     */
    public Duration takenAt() {
        return takenAt;
    }

    /**
     * The code and the reason with which an end closed it.
     *
     * @return the code and reason, or empty while it lives, or if it was lost rather than closed
     */
    public Optional<CloseInfo> closeInfo() {
        return Optional.ofNullable(closeInfo);
    }

    /**
     * Which end ended it; {@code REMOTE}, too, if the network did.
     *
     * @return the end, or empty while it lives
     */
    public Optional<Initiator> closedBy() {
        return Optional.ofNullable(closedBy);
    }

    /**
     * Streams of a kind that one end opened, those that are over included.
     *
     * @param type which kind
     * @param initiator which end
     * @return the number
     */
    public long streamsOpened(StreamType type, Initiator initiator) {
        return opened[index(type, initiator)];
    }

    /**
     * How many of them are over.
     *
     * @param type which kind
     * @param initiator which end
     * @return the number; all of them once the session is over
     */
    public long streamsClosed(StreamType type, Initiator initiator) {
        return closed[index(type, initiator)];
    }

    /**
     * How many of them are open now.
     *
     * @param type which kind
     * @param initiator which end
     * @return the number
     */
    public long streamsOpen(StreamType type, Initiator initiator) {
        return streamsOpened(type, initiator) - streamsClosed(type, initiator);
    }

    /**
     * Streams of both kinds that either end opened.
     *
     * @return the number
     */
    public long streamsOpened() {
        return sum(opened);
    }

    /**
     * How many of them are over.
     *
     * @return the number; all of them once the session is over
     */
    public long streamsClosed() {
        return sum(closed);
    }

    /**
     * How many of them are open now.
     *
     * @return the number
     */
    public long streamsOpen() {
        return streamsOpened() - streamsClosed();
    }

    private static long sum(long[] counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    private static int index(StreamType type, Initiator initiator) {
        return type.ordinal() * Initiator.values().length + initiator.ordinal();
    }

    /** All of it, for logs. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("session");
        for (StreamType type : StreamType.values()) {
            for (Initiator initiator : Initiator.values()) {
                text.append(' ').append(type).append('/').append(initiator).append('=');
                text.append(streamsOpened(type, initiator)).append(" opened, ");
                text.append(streamsClosed(type, initiator)).append(" closed");
            }
        }
        text.append(" bytesWritten=").append(bytesWritten);
        text.append(" bytesRead=").append(bytesRead);
        text.append(" datagrams=").append(datagrams);
        text.append(" datagramBytesSent=").append(datagramBytesSent);
        text.append(" datagramBytesReceived=").append(datagramBytesReceived);
        if (localFlowControl != null) {
            text.append(" localFlowControl=").append(localFlowControl);
        }
        if (remoteFlowControl != null) {
            text.append(" remoteFlowControl=").append(remoteFlowControl);
        }
        text.append(" createdAt=").append(createdAt);
        if (readyAt != null) {
            text.append(" readyAt=").append(readyAt);
        }
        if (closedAt != null) {
            text.append(" closedAt=").append(closedAt);
        }
        text.append(" takenAt=").append(takenAt);
        if (closeInfo != null) {
            text.append(" closeInfo=").append(closeInfo);
        }
        if (closedBy != null) {
            text.append(" closedBy=").append(closedBy);
        }
        return text.toString();
    }

    /** Collects the numbers. Not for several threads at once. */
    public static final class Builder {
        private static final int KINDS = StreamType.values().length * Initiator.values().length;

        private final long[] opened = new long[KINDS];
        private final long[] closed = new long[KINDS];
        private long bytesWritten;
        private long bytesRead;
        private DatagramStatistics datagrams = DatagramStatistics.builder().build();
        private long datagramBytesSent;
        private long datagramBytesReceived;
        private @Nullable FlowControlStatistics localFlowControl;
        private @Nullable FlowControlStatistics remoteFlowControl;
        private Duration createdAt = Duration.ZERO;
        private @Nullable Duration readyAt;
        private @Nullable Duration closedAt;
        private Duration takenAt = Duration.ZERO;
        private @Nullable CloseInfo closeInfo;
        private @Nullable Initiator closedBy;

        private Builder() {}

        /**
         * See {@link SessionStatistics#streamsOpened(StreamType, Initiator)} and
         * {@link SessionStatistics#streamsClosed(StreamType, Initiator)}. Default 0.
         *
         * @param type which kind
         * @param initiator which end
         * @param opened 0 or more
         * @param closed 0 to {@code opened}
         * @return this
         * @throws IllegalArgumentException if negative, or more are over than were opened
         */
        public Builder streams(StreamType type, Initiator initiator, long opened, long closed) {
            if (closed > opened) {
                throw new IllegalArgumentException(closed + " streams are over, but only " + opened + " were opened");
            }
            this.opened[index(type, initiator)] = count("opened", opened);
            this.closed[index(type, initiator)] = count("closed", closed);
            return this;
        }

        /**
         * See {@link SessionStatistics#bytesWritten()}. Default 0.
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
         * See {@link SessionStatistics#bytesRead()}. Default 0.
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
         * See {@link SessionStatistics#datagrams()}. Default zeros.
         *
         * @param datagrams the value
         * @return this
         */
        public Builder datagrams(DatagramStatistics datagrams) {
            this.datagrams = Objects.requireNonNull(datagrams, "datagrams");
            return this;
        }

        /**
         * See {@link SessionStatistics#datagramBytesSent()}. Default 0.
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
         * See {@link SessionStatistics#datagramBytesReceived()}. Default 0.
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
         * See {@link SessionStatistics#localFlowControl()}. Default null.
         *
         * @param localFlowControl the value, or null for none
         * @return this
         */
        public Builder localFlowControl(@Nullable FlowControlStatistics localFlowControl) {
            this.localFlowControl = localFlowControl;
            return this;
        }

        /**
         * See {@link SessionStatistics#remoteFlowControl()}. Default null.
         *
         * @param remoteFlowControl the value, or null for none
         * @return this
         */
        public Builder remoteFlowControl(@Nullable FlowControlStatistics remoteFlowControl) {
            this.remoteFlowControl = remoteFlowControl;
            return this;
        }

        /**
         * See {@link SessionStatistics#createdAt()}. Default 0.
         *
         * @param createdAt 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder createdAt(Duration createdAt) {
            this.createdAt = time("createdAt", createdAt);
            return this;
        }

        /**
         * See {@link SessionStatistics#readyAt()}. Default null.
         *
         * @param readyAt 0 or more, or null for none
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder readyAt(@Nullable Duration readyAt) {
            this.readyAt = readyAt == null ? null : time("readyAt", readyAt);
            return this;
        }

        /**
         * See {@link SessionStatistics#closedAt()}. Default null.
         *
         * @param closedAt 0 or more, or null for none
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder closedAt(@Nullable Duration closedAt) {
            this.closedAt = closedAt == null ? null : time("closedAt", closedAt);
            return this;
        }

        /**
         * See {@link SessionStatistics#takenAt()}. Default 0.
         *
         * @param takenAt 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder takenAt(Duration takenAt) {
            this.takenAt = time("takenAt", takenAt);
            return this;
        }

        /**
         * See {@link SessionStatistics#closeInfo()}. Default null.
         *
         * @param closeInfo the value, or null for none
         * @return this
         */
        public Builder closeInfo(@Nullable CloseInfo closeInfo) {
            this.closeInfo = closeInfo;
            return this;
        }

        /**
         * See {@link SessionStatistics#closedBy()}. Default null.
         *
         * @param closedBy the value, or null for none
         * @return this
         */
        public Builder closedBy(@Nullable Initiator closedBy) {
            this.closedBy = closedBy;
            return this;
        }

        /**
         * The snapshot.
         *
         * @return an immutable value
         */
        public SessionStatistics build() {
            return new SessionStatistics(this);
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
