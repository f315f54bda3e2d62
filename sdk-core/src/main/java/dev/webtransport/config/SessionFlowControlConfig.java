package dev.webtransport.config;

import java.util.Objects;

/**
 * How much a peer may send in one session, over all its streams together: session flow control
 * (draft-ietf-webtrans-http3-16, section 5). It holds besides the limits of QUIC, which are per stream and per connection.
 *
 * <p>What is here is announced in SETTINGS and concerns what this end receives; what it may send the peer decides. Flow
 * control comes about when both ends announce some limit above 0. Then it holds in every session of the connection, and the
 * connection may carry several of them.
 *
 * <p>No memory is set aside for it: bytes wait in QUIC's buffers, within QUIC's limits. A session costs about 500 bytes more.
 */
public final class SessionFlowControlConfig {
    private static final long LARGEST_DATA = (1L << 62) - 1;
    private static final long LARGEST_COUNT = 1L << 60;

    private final SessionCreditPolicy policy;
    private final long initialMaxData;
    private final long initialMaxStreamsBidirectional;
    private final long initialMaxStreamsUnidirectional;
    private final long window;

    private SessionFlowControlConfig(Builder builder) {
        this.policy = builder.policy;
        this.initialMaxData = builder.initialMaxData;
        this.initialMaxStreamsBidirectional = builder.initialMaxStreamsBidirectional;
        this.initialMaxStreamsUnidirectional = builder.initialMaxStreamsUnidirectional;
        this.window = builder.window;
    }

    /**
     * No session flow control.
     *
     * @return the settings
     */
    public static SessionFlowControlConfig off() {
        return builder().policy(SessionCreditPolicy.OFF).build();
    }

    /**
     * Automatic credit, with every default.
     *
     * @return the settings
     */
    public static SessionFlowControlConfig automatic() {
        return builder().build();
    }

    /**
     * A builder that starts with automatic credit and the defaults.
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
     * Who decides about credit.
     *
     * @return who decides about credit
     */
    public SessionCreditPolicy policy() {
        return policy;
    }

    /**
     * How many bytes the peer may send to begin with.
     *
     * @return how many bytes the peer may send to begin with
     */
    public long initialMaxData() {
        return initialMaxData;
    }

    /**
     * How many bidirectional streams the peer may open to begin with.
     *
     * @return how many bidirectional streams the peer may open to begin with
     */
    public long initialMaxStreamsBidirectional() {
        return initialMaxStreamsBidirectional;
    }

    /**
     * How many unidirectional streams the peer may open to begin with.
     *
     * @return how many unidirectional streams the peer may open to begin with
     */
    public long initialMaxStreamsUnidirectional() {
        return initialMaxStreamsUnidirectional;
    }

    /**
     * How far the limit of bytes stays ahead of what was read.
     *
     * @return how far the limit of bytes stays ahead of what was read
     */
    public long window() {
        return window;
    }

    /** Collects settings; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private SessionCreditPolicy policy = SessionCreditPolicy.AUTOMATIC;
        private long initialMaxData = 4L << 20;
        private long initialMaxStreamsBidirectional = 256;
        private long initialMaxStreamsUnidirectional = 256;
        private long window = 4L << 20;

        private Builder() {}

        private Builder(SessionFlowControlConfig from) {
            this.policy = from.policy;
            this.initialMaxData = from.initialMaxData;
            this.initialMaxStreamsBidirectional = from.initialMaxStreamsBidirectional;
            this.initialMaxStreamsUnidirectional = from.initialMaxStreamsUnidirectional;
            this.window = from.window;
        }

        /**
         * Who decides about credit. Default automatic. With automatic credit the limit of bytes follows what was read by
         * {@link #window}, and a stream of the peer that is over in both directions makes room for another.
         *
         * @param policy the value
         * @return this
         */
        public Builder policy(SessionCreditPolicy policy) {
            this.policy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * How many bytes the peer may send in a session to begin with: SETTINGS_WT_INITIAL_MAX_DATA (section 5.5.3).
         * Default 4 MiB, as for one stream of QUIC.
         *
         * @param initialMaxData the value
         * @return this
         * @throws IllegalArgumentException if outside 0 to 2^62-1
         */
        public Builder initialMaxData(long initialMaxData) {
            this.initialMaxData = Check.range("initialMaxData", initialMaxData, 0, LARGEST_DATA);
            return this;
        }

        /**
         * How many bidirectional streams the peer may open in a session to begin with, and, with automatic credit, how
         * many may be open at once: SETTINGS_WT_INITIAL_MAX_STREAMS_BIDI (section 5.5.2). Default 256, a quarter of what QUIC
         * allows on the connection.
         *
         * @param initialMaxStreamsBidirectional the value
         * @return this
         * @throws IllegalArgumentException if outside 0 to 2^60
         */
        public Builder initialMaxStreamsBidirectional(long initialMaxStreamsBidirectional) {
            this.initialMaxStreamsBidirectional =
                    Check.range("initialMaxStreamsBidirectional", initialMaxStreamsBidirectional, 0, LARGEST_COUNT);
            return this;
        }

        /**
         * The same for unidirectional streams: SETTINGS_WT_INITIAL_MAX_STREAMS_UNI (section 5.5.1). Default 256.
         *
         * @param initialMaxStreamsUnidirectional the value
         * @return this
         * @throws IllegalArgumentException if outside 0 to 2^60
         */
        public Builder initialMaxStreamsUnidirectional(long initialMaxStreamsUnidirectional) {
            this.initialMaxStreamsUnidirectional =
                    Check.range("initialMaxStreamsUnidirectional", initialMaxStreamsUnidirectional, 0, LARGEST_COUNT);
            return this;
        }

        /**
         * How far the limit of bytes stays ahead of what was read, with automatic credit; a sender gets no more than this
         * per round trip. Default 4 MiB, as for one stream of QUIC.
         *
         * @param window the value, in bytes
         * @return this
         * @throws IllegalArgumentException if outside 1 to 2^62-1
         */
        public Builder window(long window) {
            this.window = Check.range("window", window, 1, LARGEST_DATA);
            return this;
        }

        /**
         * The settings.
         *
         * @return an immutable value
         * @throws IllegalArgumentException if all three initial limits are 0 and the policy is not OFF: the peer would
         *     take that for no flow control
         */
        public SessionFlowControlConfig build() {
            if (policy != SessionCreditPolicy.OFF
                    && initialMaxData == 0
                    && initialMaxStreamsBidirectional == 0
                    && initialMaxStreamsUnidirectional == 0) {
                throw new IllegalArgumentException(
                        "all initial limits are 0, which announces no flow control; give one of them, or choose OFF");
            }
            return new SessionFlowControlConfig(this);
        }
    }
}
