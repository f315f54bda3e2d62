package dev.webtransport.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** How a server listens and behaves. */
public final class ServerConfig {
    private final ServerTlsConfig tls;
    private final List<InetSocketAddress> bindAddresses;
    private final QuicConfig quic;
    private final Http3Config http3;
    private final OriginPolicy originPolicy;
    private final int maxConnections;
    private final int maxSessions;
    private final int maxPendingRequests;
    private final Duration requestTimeout;
    private final Duration idleConnectionTimeout;
    private final Engine engine;

    private ServerConfig(Builder builder) {
        this.tls = builder.tls;
        this.bindAddresses = builder.bindAddresses;
        this.quic = builder.quic;
        this.http3 = builder.http3;
        this.originPolicy = builder.originPolicy;
        this.maxConnections = builder.maxConnections;
        this.maxSessions = builder.maxSessions;
        this.maxPendingRequests = builder.maxPendingRequests;
        this.requestTimeout = builder.requestTimeout;
        this.idleConnectionTimeout = builder.idleConnectionTimeout;
        this.engine = builder.engine;
    }

    /**
     * A builder that starts with the defaults.
     *
     * @param tls the identity of the server
     * @return the builder
     */
    public static Builder builder(ServerTlsConfig tls) {
        return new Builder(tls);
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
     * The identity of the server, and whether clients need one.
     *
     * @return the identity of the server, and whether clients need one
     */
    public ServerTlsConfig tls() {
        return tls;
    }

    /**
     * The addresses to listen on.
     *
     * @return the addresses to listen on
     */
    public List<InetSocketAddress> bindAddresses() {
        return bindAddresses;
    }

    /**
     * The QUIC connections.
     *
     * @return the QUIC connections
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
     * Which web pages may open sessions.
     *
     * @return which web pages may open sessions
     */
    public OriginPolicy originPolicy() {
        return originPolicy;
    }

    /**
     * How many connections may be open at once.
     *
     * @return how many connections may be open at once
     */
    public int maxConnections() {
        return maxConnections;
    }

    /**
     * How many sessions may stand at once.
     *
     * @return how many sessions may stand at once
     */
    public int maxSessions() {
        return maxSessions;
    }

    /**
     * How many session requests may wait for the application.
     *
     * @return how many session requests may wait for the application
     */
    public int maxPendingRequests() {
        return maxPendingRequests;
    }

    /**
     * How long the application may take to answer a session request.
     *
     * @return how long the application may take to answer a session request
     */
    public Duration requestTimeout() {
        return requestTimeout;
    }

    /**
     * How long a connection without a session is kept.
     *
     * @return how long a connection without a session is kept
     */
    public Duration idleConnectionTimeout() {
        return idleConnectionTimeout;
    }

    /**
     * Which QUIC engine is used.
     *
     * @return which QUIC engine is used
     */
    public Engine engine() {
        return engine;
    }

    private static List<InetSocketAddress> checkAddresses(List<InetSocketAddress> addresses) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("bindAddresses is empty; name at least one");
        }
        return List.copyOf(addresses);
    }

    /** Collects settings; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private ServerTlsConfig tls;
        private List<InetSocketAddress> bindAddresses = List.of(new InetSocketAddress(4433));
        private QuicConfig quic = QuicConfig.defaults();
        private Http3Config http3 = Http3Config.defaults();
        private OriginPolicy originPolicy = OriginPolicy.sameHost();
        private int maxConnections = 10_000;
        private int maxSessions = 10_000;
        private int maxPendingRequests = 128;
        private Duration requestTimeout = Duration.ofSeconds(30);
        private Duration idleConnectionTimeout = Duration.ofSeconds(2);
        private Engine engine = Engine.AUTO;

        private Builder(ServerTlsConfig tls) {
            this.tls = Objects.requireNonNull(tls, "tls");
        }

        private Builder(ServerConfig from) {
            this.tls = from.tls;
            this.bindAddresses = from.bindAddresses;
            this.quic = from.quic;
            this.http3 = from.http3;
            this.originPolicy = from.originPolicy;
            this.maxConnections = from.maxConnections;
            this.maxSessions = from.maxSessions;
            this.maxPendingRequests = from.maxPendingRequests;
            this.requestTimeout = from.requestTimeout;
            this.idleConnectionTimeout = from.idleConnectionTimeout;
            this.engine = from.engine;
        }

        /**
         * The identity of the server, and whether clients need one.
         *
         * @param tls the value
         * @return this
         */
        public Builder tls(ServerTlsConfig tls) {
            this.tls = Objects.requireNonNull(tls, "tls");
            return this;
        }

        /**
         * The addresses to listen on, at least one; port 0 picks a free one, and further addresses with port 0 take the
         * same. Default port 4433 on every address of the machine.
         *
         * @param bindAddresses the value
         * @return this
         * @throws IllegalArgumentException if the list is empty
         */
        public Builder bindAddresses(List<InetSocketAddress> bindAddresses) {
            this.bindAddresses = checkAddresses(bindAddresses);
            return this;
        }

        /**
         * The QUIC connections.
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
         * Which web pages may open sessions; others are answered with 403 (draft-ietf-webtrans-http3-16, section 3.2).
         * Default: those served from the host they connect to, and clients that are no browser.
         *
         * @param originPolicy the value
         * @return this
         */
        public Builder originPolicy(OriginPolicy originPolicy) {
            this.originPolicy = Objects.requireNonNull(originPolicy, "originPolicy");
            return this;
        }

        /**
         * How many connections may be open at once; more are closed with H3_EXCESSIVE_LOAD. Default 10,000: about 60
         * KiB each when idle.
         *
         * @param maxConnections the value
         * @return this
         * @throws IllegalArgumentException if outside 1 to 1 << 24
         */
        public Builder maxConnections(int maxConnections) {
            this.maxConnections = (int) Check.range("maxConnections", maxConnections, 1, 1 << 24);
            return this;
        }

        /**
         * How many sessions may stand at once, on all connections together, with those requests that wait for their
         * answer; more are answered with 429 (draft-ietf-webtrans-http3-16, section 5.2). Default 10,000, one for each of
         * {@link #maxConnections}; the memory of an idle session is within that of its connection.
         *
         * @param maxSessions the value
         * @return this
         * @throws IllegalArgumentException if outside 1 to 1 << 24
         */
        public Builder maxSessions(int maxSessions) {
            this.maxSessions = (int) Check.range("maxSessions", maxSessions, 1, 1 << 24);
            return this;
        }

        /**
         * How many session requests may wait for the application; more are answered with 429. Default 128.
         *
         * @param maxPendingRequests the value
         * @return this
         * @throws IllegalArgumentException if outside 1 to 1 << 20
         */
        public Builder maxPendingRequests(int maxPendingRequests) {
            this.maxPendingRequests = (int) Check.range("maxPendingRequests", maxPendingRequests, 1, 1 << 20);
            return this;
        }

        /**
         * How long the application may take to answer a session request, 1 ms to 1 h; then it is answered with 503.
         * Default 30 s.
         *
         * @param requestTimeout the value
         * @return this
         * @throws IllegalArgumentException if outside the bounds named above
         */
        public Builder requestTimeout(Duration requestTimeout) {
            this.requestTimeout =
                    Check.duration("requestTimeout", requestTimeout, Duration.ofMillis(1), Duration.ofHours(1));
            return this;
        }

        /**
         * How long a connection that carries no session is kept, 1 ms to 1 h. Chromium never closes its connections
         * itself. Default 2 s: time for a client that wants another session.
         *
         * @param idleConnectionTimeout the value
         * @return this
         * @throws IllegalArgumentException if outside the bounds named above
         */
        public Builder idleConnectionTimeout(Duration idleConnectionTimeout) {
            this.idleConnectionTimeout = Check.duration(
                    "idleConnectionTimeout", idleConnectionTimeout, Duration.ofMillis(1), Duration.ofHours(1));
            return this;
        }

        /**
         * Which QUIC engine is used. Default {@link Engine#AUTO}: the best that can run here. An engine that is named here goes
         * before that of the system property {@code dev.webtransport.engine}; a server that is given a transport ignores both.
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
        public ServerConfig build() {
            return new ServerConfig(this);
        }
    }
}
