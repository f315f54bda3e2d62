package dev.webtransport.testkit.trace;

/** What a {@link Trace} writes down, and how. Immutable. */
public final class TraceOptions {
    /**
     * The default of {@link Builder#maxLines}: far more than a test that is read by people, and with lines of usual length
     * about 3 MB.
     */
    public static final int DEFAULT_MAX_LINES = 10_000;

    /** The most that {@link Builder#shownPayload} takes, in bytes. */
    public static final int MAX_SHOWN_PAYLOAD = 1024;

    /** The defaults: no credit, no times, payload merged and not shown. */
    public static final TraceOptions DEFAULT = builder().build();

    private final Detail detail;
    private final Times times;
    private final Payload payload;
    private final int shownPayload;
    private final int maxLines;

    /** How much is written down. */
    public enum Detail {
        /** What HTTP/3 and WebTransport say, and how streams and the connection end. */
        PROTOCOL,
        /** Also what only keeps QUIC going: MAX_DATA, MAX_STREAM_DATA, MAX_STREAMS, PING, ACK. */
        DETAILED
    }

    /** Whether the transcript tells times. */
    public enum Times {
        /** It does not: a change of latency is no difference. */
        HIDDEN,
        /** In front of each line, since the first frame: {@code 12.345ms >> ...}. */
        SHOWN
    }

    /** What becomes of payload that arrives in several pieces. */
    public enum Payload {
        /**
         * Pieces of one stream and direction are one line, as long as nothing else of that direction stands between
         * them; it stands where the first byte arrived. How a sender or the network cut the bytes is then no difference,
         * unless several streams send at a time.
         */
        MERGED,
        /** Each STREAM frame with payload is a line, with the FIN that came in the same frame. */
        AS_IT_ARRIVED
    }

    private TraceOptions(Builder builder) {
        this.detail = builder.detail;
        this.times = builder.times;
        this.payload = builder.payload;
        this.shownPayload = builder.shownPayload;
        this.maxLines = builder.maxLines;
    }

    /**
     * Begins with the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * How much is written down.
     *
     * @return the value
     */
    public Detail detail() {
        return detail;
    }

    /**
     * Whether the transcript tells times.
     *
     * @return the value
     */
    public Times times() {
        return times;
    }

    /**
     * What becomes of payload that arrives in several pieces.
     *
     * @return the value
     */
    public Payload payload() {
        return payload;
    }

    /**
     * How many bytes of payload a line shows.
     *
     * @return 0 to {@link #MAX_SHOWN_PAYLOAD}
     */
    public int shownPayload() {
        return shownPayload;
    }

    /**
     * How many lines are kept.
     *
     * @return at least 1
     */
    public int maxLines() {
        return maxLines;
    }

    /** Collects options; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private Detail detail = Detail.PROTOCOL;
        private Times times = Times.HIDDEN;
        private Payload payload = Payload.MERGED;
        private int shownPayload;
        private int maxLines = DEFAULT_MAX_LINES;

        private Builder() {}

        /**
         * How much is written down. Default {@link Detail#PROTOCOL}: when credit is given is chance to most tests.
         *
         * @param detail the value
         * @return this
         */
        public Builder detail(Detail detail) {
            this.detail = detail;
            return this;
        }

        /**
         * Whether the transcript tells times. Default {@link Times#HIDDEN}.
         *
         * @param times the value
         * @return this
         */
        public Builder times(Times times) {
            this.times = times;
            return this;
        }

        /**
         * What becomes of payload that arrives in several pieces. Default {@link Payload#MERGED}, so that a transcript
         * tells what was said and not how it was cut.
         *
         * @param payload the value
         * @return this
         */
        public Builder payload(Payload payload) {
            this.payload = payload;
            return this;
        }

        /**
         * How many bytes of the application's payload a line shows, from its beginning: as text in quotation marks when
         * they are printable UTF-8, else as hexadecimal digits. Default 0, which shows only how many there are.
         *
         * @param maxBytes 0 to {@link #MAX_SHOWN_PAYLOAD}
         * @return this
         * @throws IllegalArgumentException if the value is out of range
         */
        public Builder shownPayload(int maxBytes) {
            if (maxBytes < 0 || maxBytes > MAX_SHOWN_PAYLOAD) {
                throw new IllegalArgumentException(
                        "shownPayload " + maxBytes + " is outside 0.." + MAX_SHOWN_PAYLOAD + " bytes");
            }
            this.shownPayload = maxBytes;
            return this;
        }

        /**
         * How many lines are kept. When there are more, the oldest are dropped, since the end tells why a test failed;
         * the transcript says how many. Default {@link #DEFAULT_MAX_LINES}.
         *
         * @param maxLines at least 1
         * @return this
         * @throws IllegalArgumentException if the value is out of range
         */
        public Builder maxLines(int maxLines) {
            if (maxLines < 1) {
                throw new IllegalArgumentException("maxLines " + maxLines + " is not positive");
            }
            this.maxLines = maxLines;
            return this;
        }

        /**
         * The options as they stand.
         *
         * @return the options
         */
        public TraceOptions build() {
            return new TraceOptions(this);
        }
    }
}
