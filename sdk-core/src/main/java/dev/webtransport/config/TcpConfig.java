package dev.webtransport.config;

import java.time.Duration;

/** How a TCP connection with TLS behaves: buffers and how long it may take to come to be. Both ends may differ. */
public final class TcpConfig {
    private final Duration handshakeTimeout;
    private final int sendBufferSize;
    private final int receiveBufferSize;
    private final int acceptBacklog;

    private TcpConfig(Builder builder) {
        this.handshakeTimeout = builder.handshakeTimeout;
        this.sendBufferSize = builder.sendBufferSize;
        this.receiveBufferSize = builder.receiveBufferSize;
        this.acceptBacklog = builder.acceptBacklog;
    }

    /**
     * Every default.
     *
     * @return the settings
     */
    public static TcpConfig defaults() {
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
     * The longest the handshakes of TCP and TLS may take together.
     *
     * @return the longest the handshakes of TCP and TLS may take together
     */
    public Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    /**
     * How many bytes a connection takes from a writer before the writer waits.
     *
     * @return how many bytes a connection takes from a writer before the writer waits
     */
    public int sendBufferSize() {
        return sendBufferSize;
    }

    /**
     * How many received bytes wait for a reader before the peer waits.
     *
     * @return how many received bytes wait for a reader before the peer waits
     */
    public int receiveBufferSize() {
        return receiveBufferSize;
    }

    /**
     * How many finished handshakes may wait to be accepted.
     *
     * @return how many finished handshakes may wait to be accepted
     */
    public int acceptBacklog() {
        return acceptBacklog;
    }

    /** Collects settings; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private Duration handshakeTimeout = Duration.ofSeconds(10);
        private int sendBufferSize = 256 << 10;
        private int receiveBufferSize = 256 << 10;
        private int acceptBacklog = 256;

        private Builder() {}

        private Builder(TcpConfig from) {
            this.handshakeTimeout = from.handshakeTimeout;
            this.sendBufferSize = from.sendBufferSize;
            this.receiveBufferSize = from.receiveBufferSize;
            this.acceptBacklog = from.acceptBacklog;
        }

        /**
         * The longest the handshakes of TCP and TLS may take together, 1 ms to 1 h. Default 10 s, as for QUIC.
         *
         * @param handshakeTimeout the value
         * @return this
         * @throws IllegalArgumentException if outside the bounds named above
         */
        public Builder handshakeTimeout(Duration handshakeTimeout) {
            this.handshakeTimeout =
                    Check.duration("handshakeTimeout", handshakeTimeout, Duration.ofMillis(1), Duration.ofHours(1));
            return this;
        }

        /**
         * How many bytes a connection takes from a writer before the writer waits. Default 256 KiB; memory only while
         * data is queued. The operating system has buffers of its own beyond it.
         *
         * @param sendBufferSize the value
         * @return this
         * @throws IllegalArgumentException if outside 1024 to 1 << 30
         */
        public Builder sendBufferSize(int sendBufferSize) {
            this.sendBufferSize = (int) Check.range("sendBufferSize", sendBufferSize, 1024, 1 << 30);
            return this;
        }

        /**
         * How many received bytes wait for a reader before the peer waits. Default 256 KiB; memory only while data
         * waits. The operating system has buffers of its own beyond it.
         *
         * @param receiveBufferSize the value
         * @return this
         * @throws IllegalArgumentException if outside 1024 to 1 << 30
         */
        public Builder receiveBufferSize(int receiveBufferSize) {
            this.receiveBufferSize = (int) Check.range("receiveBufferSize", receiveBufferSize, 1024, 1 << 30);
            return this;
        }

        /**
         * How many finished handshakes may wait to be accepted by the server; more are closed. Default 256.
         *
         * @param acceptBacklog the value
         * @return this
         * @throws IllegalArgumentException if outside 1 to 1 << 16
         */
        public Builder acceptBacklog(int acceptBacklog) {
            this.acceptBacklog = (int) Check.range("acceptBacklog", acceptBacklog, 1, 1 << 16);
            return this;
        }

        /**
         * The settings.
         *
         * @return an immutable value
         */
        public TcpConfig build() {
            return new TcpConfig(this);
        }
    }
}
