package dev.webtransport.config;

import java.util.Objects;

/** Who a server is, and whether its clients need a certificate. */
public final class ServerTlsConfig {
    private final TlsIdentity identity;
    private final ClientAuthentication clientAuthentication;
    private final Trust clientTrust;
    private final SessionResumption sessionResumption;

    private ServerTlsConfig(Builder builder) {
        this.identity = builder.identity;
        this.clientAuthentication = builder.clientAuthentication;
        this.clientTrust = builder.clientTrust;
        this.sessionResumption = builder.sessionResumption;
    }

    /**
     * A builder that starts with the defaults.
     *
     * @param identity the certificate and key of the server
     * @return the builder
     */
    public static Builder builder(TlsIdentity identity) {
        return new Builder(identity);
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
     * The certificate and key of the server.
     *
     * @return the certificate and key of the server
     */
    public TlsIdentity identity() {
        return identity;
    }

    /**
     * Whether clients are asked for a certificate.
     *
     * @return whether clients are asked for a certificate
     */
    public ClientAuthentication clientAuthentication() {
        return clientAuthentication;
    }

    /**
     * Which client certificates are accepted.
     *
     * @return which client certificates are accepted
     */
    public Trust clientTrust() {
        return clientTrust;
    }

    /**
     * Whether clients may resume earlier connections.
     *
     * @return whether clients may resume earlier connections
     */
    public SessionResumption sessionResumption() {
        return sessionResumption;
    }

    /** Collects settings; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private TlsIdentity identity;
        private ClientAuthentication clientAuthentication = ClientAuthentication.NONE;
        private Trust clientTrust = Trust.system();
        private SessionResumption sessionResumption = SessionResumption.ALLOWED;

        private Builder(TlsIdentity identity) {
            this.identity = Objects.requireNonNull(identity, "identity");
        }

        private Builder(ServerTlsConfig from) {
            this.identity = from.identity;
            this.clientAuthentication = from.clientAuthentication;
            this.clientTrust = from.clientTrust;
            this.sessionResumption = from.sessionResumption;
        }

        /**
         * The certificate and key of the server.
         *
         * @param identity the value
         * @return this
         */
        public Builder identity(TlsIdentity identity) {
            this.identity = Objects.requireNonNull(identity, "identity");
            return this;
        }

        /**
         * Whether clients are asked for a certificate. Default NONE.
         *
         * @param clientAuthentication the value
         * @return this
         */
        public Builder clientAuthentication(ClientAuthentication clientAuthentication) {
            this.clientAuthentication = Objects.requireNonNull(clientAuthentication, "clientAuthentication");
            return this;
        }

        /**
         * Which client certificates are accepted, where they are asked for. Default: those the trust store of the
         * system vouches for, which is seldom what you want.
         *
         * @param clientTrust the value
         * @return this
         */
        public Builder clientTrust(Trust clientTrust) {
            this.clientTrust = Objects.requireNonNull(clientTrust, "clientTrust");
            return this;
        }

        /**
         * Whether clients may resume earlier connections to the same listener. Default ALLOWED, where the transport can
         * ({@code TransportCapability.SESSION_RESUMPTION}). The keys of the tickets live in memory only and change by
         * themselves. Nothing is resumed where clients are asked for certificates, whatever is set here: those are checked
         * each time.
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
        public ServerTlsConfig build() {
            return new ServerTlsConfig(this);
        }
    }
}
