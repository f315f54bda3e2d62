package dev.webtransport.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a QUIC connection behaves (RFC 9000): windows, stream limits, timers, diagnostics. Both ends may differ. */
public final class QuicConfig {
    private final Duration handshakeTimeout;
    private final Duration idleTimeout;
    private final @Nullable Duration keepAliveInterval;
    private final long maxData;
    private final long maxStreamData;
    private final int maxIncomingBidirectionalStreams;
    private final int maxIncomingUnidirectionalStreams;
    private final int sendBufferSize;
    private final int receiveBufferSize;
    private final int maxUdpPayloadSize;
    private final int acceptBacklog;
    private final AddressValidation addressValidation;
    private final CongestionControl congestionControl;
    private final DatagramConfig datagrams;
    private final SocketConfig socket;
    private final @Nullable Path qlogDirectory;
    private final @Nullable Path keyLogFile;

    private QuicConfig(Builder builder) {
        this.handshakeTimeout = builder.handshakeTimeout;
        this.idleTimeout = builder.idleTimeout;
        this.keepAliveInterval = builder.keepAliveInterval;
        this.maxData = builder.maxData;
        this.maxStreamData = builder.maxStreamData;
        this.maxIncomingBidirectionalStreams = builder.maxIncomingBidirectionalStreams;
        this.maxIncomingUnidirectionalStreams = builder.maxIncomingUnidirectionalStreams;
        this.sendBufferSize = builder.sendBufferSize;
        this.receiveBufferSize = builder.receiveBufferSize;
        this.maxUdpPayloadSize = builder.maxUdpPayloadSize;
        this.acceptBacklog = builder.acceptBacklog;
        this.addressValidation = builder.addressValidation;
        this.congestionControl = builder.congestionControl;
        this.datagrams = builder.datagrams;
        this.socket = builder.socket;
        this.qlogDirectory = builder.qlogDirectory;
        this.keyLogFile = builder.keyLogFile;
    }

    /**
     * Every default.
     *
     * @return the settings
     */
    public static QuicConfig defaults() {
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
     * The longest a handshake may take.
     *
     * @return the longest a handshake may take
     */
    public Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    /**
     * How long nothing may be heard before the connection is given up.
     *
     * @return how long nothing may be heard before the connection is given up
     */
    public Duration idleTimeout() {
        return idleTimeout;
    }

    /**
     * How often an otherwise silent connection is kept alive, if at all.
     *
     * @return how often an otherwise silent connection is kept alive, if at all
     */
    public Optional<Duration> keepAliveInterval() {
        return Optional.ofNullable(keepAliveInterval);
    }

    /**
     * Credit for the bytes of all streams of a connection together.
     *
     * @return credit for the bytes of all streams of a connection together
     */
    public long maxData() {
        return maxData;
    }

    /**
     * Credit for the bytes of one stream.
     *
     * @return credit for the bytes of one stream
     */
    public long maxStreamData() {
        return maxStreamData;
    }

    /**
     * How many bidirectional streams the peer may have open at once.
     *
     * @return how many bidirectional streams the peer may have open at once
     */
    public int maxIncomingBidirectionalStreams() {
        return maxIncomingBidirectionalStreams;
    }

    /**
     * How many unidirectional streams the peer may have open at once.
     *
     * @return how many unidirectional streams the peer may have open at once
     */
    public int maxIncomingUnidirectionalStreams() {
        return maxIncomingUnidirectionalStreams;
    }

    /**
     * How many bytes a stream takes before a writer waits.
     *
     * @return how many bytes a stream takes before a writer waits
     */
    public int sendBufferSize() {
        return sendBufferSize;
    }

    /**
     * How many bytes are taken ahead of the reader, per stream.
     *
     * @return how many bytes are taken ahead of the reader, per stream
     */
    public int receiveBufferSize() {
        return receiveBufferSize;
    }

    /**
     * The largest UDP payload sent.
     *
     * @return the largest UDP payload sent
     */
    public int maxUdpPayloadSize() {
        return maxUdpPayloadSize;
    }

    /**
     * How many finished handshakes may wait to be accepted.
     *
     * @return how many finished handshakes may wait to be accepted
     */
    public int acceptBacklog() {
        return acceptBacklog;
    }

    /**
     * Whether a server asks a client to prove its address.
     *
     * @return whether a server asks a client to prove its address
     */
    public AddressValidation addressValidation() {
        return addressValidation;
    }

    /**
     * The congestion controller.
     *
     * @return the congestion controller
     */
    public CongestionControl congestionControl() {
        return congestionControl;
    }

    /**
     * The queues of datagrams.
     *
     * @return the queues of datagrams
     */
    public DatagramConfig datagrams() {
        return datagrams;
    }

    /**
     * How UDP sockets are set up.
     *
     * @return how UDP sockets are set up
     */
    public SocketConfig socket() {
        return socket;
    }

    /**
     * Where a qlog file per connection is written, if at all.
     *
     * @return where a qlog file per connection is written, if at all
     */
    public Optional<Path> qlogDirectory() {
        return Optional.ofNullable(qlogDirectory);
    }

    /**
     * Where TLS secrets are appended, if at all.
     *
     * @return where TLS secrets are appended, if at all
     */
    public Optional<Path> keyLogFile() {
        return Optional.ofNullable(keyLogFile);
    }

    /** Collects settings; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private Duration handshakeTimeout = Duration.ofSeconds(10);
        private Duration idleTimeout = Duration.ofSeconds(30);
        private @Nullable Duration keepAliveInterval = Duration.ofSeconds(10);
        private long maxData = 16L << 20;
        private long maxStreamData = 4L << 20;
        private int maxIncomingBidirectionalStreams = 1024;
        private int maxIncomingUnidirectionalStreams = 1024;
        private int sendBufferSize = 256 << 10;
        private int receiveBufferSize = 256 << 10;
        private int maxUdpPayloadSize = 1350;
        private int acceptBacklog = 256;
        private AddressValidation addressValidation = AddressValidation.NEVER;
        private CongestionControl congestionControl = CongestionControl.CUBIC;
        private DatagramConfig datagrams = DatagramConfig.defaults();
        private SocketConfig socket = SocketConfig.defaults();
        private @Nullable Path qlogDirectory;
        private @Nullable Path keyLogFile;

        private Builder() {}

        private Builder(QuicConfig from) {
            this.handshakeTimeout = from.handshakeTimeout;
            this.idleTimeout = from.idleTimeout;
            this.keepAliveInterval = from.keepAliveInterval;
            this.maxData = from.maxData;
            this.maxStreamData = from.maxStreamData;
            this.maxIncomingBidirectionalStreams = from.maxIncomingBidirectionalStreams;
            this.maxIncomingUnidirectionalStreams = from.maxIncomingUnidirectionalStreams;
            this.sendBufferSize = from.sendBufferSize;
            this.receiveBufferSize = from.receiveBufferSize;
            this.maxUdpPayloadSize = from.maxUdpPayloadSize;
            this.acceptBacklog = from.acceptBacklog;
            this.addressValidation = from.addressValidation;
            this.congestionControl = from.congestionControl;
            this.datagrams = from.datagrams;
            this.socket = from.socket;
            this.qlogDirectory = from.qlogDirectory;
            this.keyLogFile = from.keyLogFile;
        }

        /**
         * The longest a handshake may take, 1 ms to 1 h. Default 10 s: a lost flight is repeated three times within it.
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
         * How long nothing may be heard from the peer before the connection is given up, 1 ms to 1 h; the smaller of
         * both ends counts (RFC 9000, section 10.1). Default 30 s, which is what browsers use: NAT bindings often die
         * soon after.
         *
         * @param idleTimeout the value
         * @return this
         * @throws IllegalArgumentException if outside the bounds named above
         */
        public Builder idleTimeout(Duration idleTimeout) {
            this.idleTimeout = Check.duration("idleTimeout", idleTimeout, Duration.ofMillis(1), Duration.ofHours(1));
            return this;
        }

        /**
         * How often something without meaning is sent so that the connection stays alive: a PING, or a frame that HTTP/3
         * ignores where the engine sends no PING; 1 ms to 1 h, or null for never. Default 10 s, a third of the idle
         * timeout, so that two may be lost. WARNING: a phone that pings never sleeps.
         *
         * @param keepAliveInterval the value
         * @return this
         * @throws IllegalArgumentException if outside the bounds named above
         */
        public Builder keepAliveInterval(@Nullable Duration keepAliveInterval) {
            this.keepAliveInterval = keepAliveInterval == null
                    ? null
                    : Check.duration("keepAliveInterval", keepAliveInterval, Duration.ofMillis(1), Duration.ofHours(1));
            return this;
        }

        /**
         * Credit given to the peer for the bytes of all streams of a connection together that were not read yet
         * (initial_max_data). Default 16 MiB: about 1 Gbit/s at 120 ms. This is the memory that one connection may
         * cost.
         *
         * @param maxData the value
         * @return this
         * @throws IllegalArgumentException if outside 1 to (1L << 62) - 1
         */
        public Builder maxData(long maxData) {
            this.maxData = Check.range("maxData", maxData, 1, (1L << 62) - 1);
            return this;
        }

        /**
         * Credit given to the peer for the bytes of one stream that were not read yet (initial_max_stream_data_*).
         * Default 4 MiB, a quarter of {@link #maxData}, so that no stream can shut out the others by itself.
         *
         * @param maxStreamData the value
         * @return this
         * @throws IllegalArgumentException if outside 1 to (1L << 62) - 1
         */
        public Builder maxStreamData(long maxStreamData) {
            this.maxStreamData = Check.range("maxStreamData", maxStreamData, 1, (1L << 62) - 1);
            return this;
        }

        /**
         * How many bidirectional streams the peer may have open at once (MAX_STREAMS). Default 1,024; W3C asks for at
         * least 100. An idle stream costs about 2 KiB. The CONNECT stream of each session counts.
         *
         * @param maxIncomingBidirectionalStreams the value
         * @return this
         * @throws IllegalArgumentException if outside 1 to 1 << 20
         */
        public Builder maxIncomingBidirectionalStreams(int maxIncomingBidirectionalStreams) {
            this.maxIncomingBidirectionalStreams =
                    (int) Check.range("maxIncomingBidirectionalStreams", maxIncomingBidirectionalStreams, 1, 1 << 20);
            return this;
        }

        /**
         * How many unidirectional streams the peer may have open at once (MAX_STREAMS). Default 1,024. HTTP/3 itself
         * needs three.
         *
         * @param maxIncomingUnidirectionalStreams the value
         * @return this
         * @throws IllegalArgumentException if outside 3 to 1 << 20
         */
        public Builder maxIncomingUnidirectionalStreams(int maxIncomingUnidirectionalStreams) {
            this.maxIncomingUnidirectionalStreams =
                    (int) Check.range("maxIncomingUnidirectionalStreams", maxIncomingUnidirectionalStreams, 3, 1 << 20);
            return this;
        }

        /**
         * How many bytes a stream takes from a writer before the writer waits. Default 256 KiB; memory only while data
         * is queued.
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
         * How many bytes the engine may take out of QUIC ahead of the reader, per stream; they count as read for the
         * credit. Default 256 KiB; memory only while data waits.
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
         * The largest UDP payload sent, in bytes. Default 1,350, which fits nearly every path; 1,200 always fits.
         *
         * @param maxUdpPayloadSize the value
         * @return this
         * @throws IllegalArgumentException if outside 1200 to 65527
         */
        public Builder maxUdpPayloadSize(int maxUdpPayloadSize) {
            this.maxUdpPayloadSize = (int) Check.range("maxUdpPayloadSize", maxUdpPayloadSize, 1200, 65527);
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
         * Whether a server asks a client to prove its address with a Retry packet (RFC 9000, section 8.1). Default
         * NEVER: it costs a round trip.
         *
         * @param addressValidation the value
         * @return this
         */
        public Builder addressValidation(AddressValidation addressValidation) {
            this.addressValidation = Objects.requireNonNull(addressValidation, "addressValidation");
            return this;
        }

        /**
         * The congestion controller. Default CUBIC (RFC 9438); an engine without the one asked for uses its own
         * default.
         *
         * @param congestionControl the value
         * @return this
         */
        public Builder congestionControl(CongestionControl congestionControl) {
            this.congestionControl = Objects.requireNonNull(congestionControl, "congestionControl");
            return this;
        }

        /**
         * The queues of datagrams.
         *
         * @param datagrams the value
         * @return this
         */
        public Builder datagrams(DatagramConfig datagrams) {
            this.datagrams = Objects.requireNonNull(datagrams, "datagrams");
            return this;
        }

        /**
         * How UDP sockets are set up. Default: see {@link SocketConfig}.
         *
         * @param socket the value
         * @return this
         */
        public Builder socket(SocketConfig socket) {
            this.socket = Objects.requireNonNull(socket, "socket");
            return this;
        }

        /**
         * A directory for one qlog file per connection and end, made if it is not there, or null for none. Default none. It
         * is slow and grows without bound: for short runs. A transport without {@code TransportCapability.QLOG} writes none; the
         * client or server logs a warning then.
         *
         * @param qlogDirectory the value
         * @return this
         */
        public Builder qlogDirectory(@Nullable Path qlogDirectory) {
            this.qlogDirectory = qlogDirectory;
            return this;
        }

        /**
         * A file to which the TLS secrets of each connection are appended, in the format of SSLKEYLOGFILE, or null for
         * none. Default none. WARNING: who has the file can read the traffic.
         *
         * @param keyLogFile the value
         * @return this
         */
        public Builder keyLogFile(@Nullable Path keyLogFile) {
            this.keyLogFile = keyLogFile;
            return this;
        }

        /**
         * The settings.
         *
         * @return an immutable value
         */
        public QuicConfig build() {
            return new QuicConfig(this);
        }
    }
}
