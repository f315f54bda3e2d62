package dev.webtransport.config;

import dev.webtransport.value.Headers;
import java.time.Duration;
import java.util.Objects;

/** How a client connects and behaves. */
public final class ClientConfig {
    private final Duration connectTimeout;
    private final Duration connectionAttemptDelay;
    private final ClientTlsConfig tls;
    private final QuicConfig quic;
    private final Http3Config http3;
    private final Headers headers;
    private final Engine engine;

    private ClientConfig(Builder builder) {
        this.connectTimeout = builder.connectTimeout;
        this.connectionAttemptDelay = builder.connectionAttemptDelay;
        this.tls = builder.tls;
        this.quic = builder.quic;
        this.http3 = builder.http3;
        this.headers = builder.headers;
        this.engine = builder.engine;
    }

    /**
     * Every default.
     *
     * @return the settings
     */
    public static ClientConfig defaults() {
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
     * The longest it may take until a session stands.
     *
     * @return the longest it may take until a session stands
     */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /**
     * How long one address of a server is tried before the next one is tried too.
     *
     * @return how long one address of a server is tried before the next one is tried too
     */
    public Duration connectionAttemptDelay() {
        return connectionAttemptDelay;
    }

    /**
     * Whom to trust, and who this is.
     *
     * @return whom to trust, and who this is
     */
    public ClientTlsConfig tls() {
        return tls;
    }

    /**
     * The QUIC connection.
     *
     * @return the QUIC connection
     */
    public QuicConfig quic() {
        return quic;
    }

    /**
     * HTTP/3 and WebTransport over it.
     *
     * @return hTTP/3 and WebTransport over it
     */
    public Http3Config http3() {
        return http3;
    }

    /**
     * Fields sent with every session request.
     *
     * @return fields sent with every session request
     */
    public Headers headers() {
        return headers;
    }

    /**
     * Which QUIC engine is used.
     *
     * @return which QUIC engine is used
     */
    public Engine engine() {
        return engine;
    }

    /** Collects settings; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration connectionAttemptDelay = Duration.ofMillis(250);
        private ClientTlsConfig tls = ClientTlsConfig.defaults();
        private QuicConfig quic = QuicConfig.defaults();
        private Http3Config http3 = Http3Config.defaults();
        private Headers headers = Headers.EMPTY;
        private Engine engine = Engine.AUTO;

        private Builder() {}

        private Builder(ClientConfig from) {
            this.connectTimeout = from.connectTimeout;
            this.connectionAttemptDelay = from.connectionAttemptDelay;
            this.tls = from.tls;
            this.quic = from.quic;
            this.http3 = from.http3;
            this.headers = from.headers;
            this.engine = from.engine;
        }

        /**
         * The longest it may take from the call to a session, 1 ms to 1 h: name resolution, handshake, settings and the
         * answer of the server together. Default 10 s. The error names the stage that was reached.
         *
         * @param connectTimeout the value
         * @return this
         * @throws IllegalArgumentException if outside the bounds named above
         */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectTimeout =
                    Check.duration("connectTimeout", connectTimeout, Duration.ofMillis(1), Duration.ofHours(1));
            return this;
        }

        /**
         * How long one address of a server is tried before the next one is tried too, 10 ms to 2 s (RFC 8305, section 5).
         * Default 250 ms. Where an address fails sooner, the next one is tried at once; the first handshake that is
         * complete wins, and the others are given up. Each attempt costs a UDP socket meanwhile.
         *
         * @param connectionAttemptDelay the value
         * @return this
         * @throws IllegalArgumentException if outside the bounds named above
         */
        public Builder connectionAttemptDelay(Duration connectionAttemptDelay) {
            this.connectionAttemptDelay = Check.duration(
                    "connectionAttemptDelay", connectionAttemptDelay, Duration.ofMillis(10), Duration.ofSeconds(2));
            return this;
        }

        /**
         * Whom to trust, and who this is. Default: the trust store of the system, no certificate of its own.
         *
         * @param tls the value
         * @return this
         */
        public Builder tls(ClientTlsConfig tls) {
            this.tls = Objects.requireNonNull(tls, "tls");
            return this;
        }

        /**
         * The QUIC connection.
         *
         * @param quic the value
         * @return this
         */
        public Builder quic(QuicConfig quic) {
            this.quic = Objects.requireNonNull(quic, "quic");
            return this;
        }

        /**
         * HTTP/3 and WebTransport over it.
         *
         * @param http3 the value
         * @return this
         */
        public Builder http3(Http3Config http3) {
            this.http3 = Objects.requireNonNull(http3, "http3");
            return this;
        }

        /**
         * Fields sent with every session request, before those of the call. Default none.
         *
         * @param headers the value
         * @return this
         * @throws IllegalArgumentException if one is a field that this SDK writes itself, or that HTTP/3 forbids
         */
        public Builder headers(Headers headers) {
            this.headers = RequestFields.check(Objects.requireNonNull(headers, "headers"));
            return this;
        }

        /**
         * Which QUIC engine is used. Default {@link Engine#AUTO}: the best that can run here. An engine that is named here goes
         * before that of the system property {@code dev.webtransport.engine}; a client that is given a transport ignores both.
         *
         * @param engine the value
         * @return this
         */
        public Builder engine(Engine engine) {
            this.engine = Objects.requireNonNull(engine, "engine");
            return this;
        }

        /**
         * The settings.
         *
         * @return an immutable value
         */
        public ClientConfig build() {
            return new ClientConfig(this);
        }
    }
}
