package dev.webtransport.config;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whom a client trusts, and who it is. */
public final class ClientTlsConfig {
    private final Trust trust;
    private final @Nullable TlsIdentity identity;
    private final SessionResumption sessionResumption;

    private ClientTlsConfig(Builder builder) {
        this.trust = builder.trust;
        this.identity = builder.identity;
        this.sessionResumption = builder.sessionResumption;
    }

    /**
     * Every default.
     *
     * @return the settings
     */
    public static ClientTlsConfig defaults() {
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
     * Whom to trust.
     *
     * @return whom to trust
     */
    public Trust trust() {
        return trust;
    }

    /**
     * The certificate this client shows when asked, if it has one.
     *
     * @return the certificate this client shows when asked, if it has one
     */
    public Optional<TlsIdentity> identity() {
        return Optional.ofNullable(identity);
    }

    /**
     * Whether a connection may resume an earlier one to the same server.
     *
     * @return whether a connection may resume an earlier one to the same server
     */
    public SessionResumption sessionResumption() {
        return sessionResumption;
    }

    /** Collects settings; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private Trust trust = Trust.system();
        private @Nullable TlsIdentity identity;
        private SessionResumption sessionResumption = SessionResumption.ALLOWED;

        private Builder() {}

        private Builder(ClientTlsConfig from) {
            this.trust = from.trust;
            this.identity = from.identity;
            this.sessionResumption = from.sessionResumption;
        }

        /**
         * Whom to trust. Default: the trust store of the system.
         *
         * @param trust the value
         * @return this
         */
        public Builder trust(Trust trust) {
            this.trust = Objects.requireNonNull(trust, "trust");
            return this;
        }

        /**
         * The certificate this client shows to a server that asks for one, or null. Default none.
         *
         * @param identity the value
         * @return this
         */
        public Builder identity(@Nullable TlsIdentity identity) {
            this.identity = identity;
            return this;
        }

        /**
         * Whether a connection may resume an earlier one to the same server, which saves the server its signature and both
         * ends a certificate. Default ALLOWED, where the transport can
         * ({@code TransportCapability.SESSION_RESUMPTION}). A ticket serves once, and only for the host, the port and this
         * very settings object that it came from; the certificate of the first handshake is checked again each time. Tickets
         * cost up to some kB per server and live in memory only. WARNING: who sees the traffic may recognize a server's
         * earlier visitor; NEVER prevents that.
         *
         * @param sessionResumption the value
         * @return this
         */
        public Builder sessionResumption(SessionResumption sessionResumption) {
            this.sessionResumption = Objects.requireNonNull(sessionResumption, "sessionResumption");
            return this;
        }

        /**
         * The settings.
         *
         * @return an immutable value
         */
        public ClientTlsConfig build() {
            return new ClientTlsConfig(this);
        }
    }
}
