package dev.webtransport.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who a server is, and whether its clients need a certificate. */
public final class ServerTlsConfig {
    private final TlsIdentity identity;
    private final Map<String, TlsIdentity> identities;
    private final ClientAuthentication clientAuthentication;
    private final Trust clientTrust;
    private final SessionResumption sessionResumption;

    private ServerTlsConfig(Builder builder) {
        this.identity = builder.identity;
        this.identities = Collections.unmodifiableMap(new LinkedHashMap<>(builder.identities));
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
     * The certificate and key of the server, for clients that ask for a name that has none of its own, or for none.
     *
     * @return the certificate and key of the server
     */
    public TlsIdentity identity() {
        return identity;
    }

    /**
     * The certificates and keys of single names.
     *
     * @return an immutable map by name, or by {@code *.} and a domain, in lower case, in the order in which they were set
     */
    public Map<String, TlsIdentity> identities() {
        return identities;
    }

    /**
     * Who the server is for a client that asks for a name: for engines.
     *
     * @param serverName the name that the client sent (SNI, RFC 6066, section 3), or null when it sent none
     * @return the identity of that name, else that of the wildcard which covers it, else {@link #identity()}
     */
    public TlsIdentity identityFor(@Nullable String serverName) {
        if (serverName == null || identities.isEmpty()) {
            return identity;
        }
        String name = ServerNamePattern.withoutRoot(serverName.toLowerCase(Locale.ROOT));
        TlsIdentity own = name.startsWith("*") ? null : identities.get(name);
        if (own == null) {
            own = identities.get(ServerNamePattern.wildcardOver(name));
        }
        return own == null ? identity : own;
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
        private final Map<String, TlsIdentity> identities = new LinkedHashMap<>();
        private ClientAuthentication clientAuthentication = ClientAuthentication.NONE;
        private Trust clientTrust = Trust.system();
        private SessionResumption sessionResumption = SessionResumption.ALLOWED;

        private Builder(TlsIdentity identity) {
            this.identity = Objects.requireNonNull(identity, "identity");
        }

        private Builder(ServerTlsConfig from) {
            this.identity = from.identity;
            this.identities.putAll(from.identities);
            this.clientAuthentication = from.clientAuthentication;
            this.clientTrust = from.clientTrust;
            this.sessionResumption = from.sessionResumption;
        }

        /**
         * The certificate and key of the server, for clients that ask for a name that has none of its own, or for none.
         *
         * @param identity the value
         * @return this
         */
        public Builder identity(TlsIdentity identity) {
            this.identity = Objects.requireNonNull(identity, "identity");
            return this;
        }

        /**
         * Another certificate and key for one name, or for every name directly below a domain; the name itself comes before a
         * wildcard. Clients tell the name with their first packet (SNI, RFC 6066, section 3), except those that were given an
         * IP address. Only where the transport can ({@code TransportCapability.SERVER_NAME_IDENTITIES}): a server does
         * not begin to listen elsewhere. Default: none, so that {@link #identity(TlsIdentity)} holds for every name. Each costs
         * the memory of its certificates and of one more TLS context, some ten kB.
         *
         * @param serverName {@code example.com}, or {@code *.example.com} for {@code a.example.com} but neither
         *     {@code example.com} nor {@code a.b.example.com}, as in certificates (RFC 9525, section 6.3); replaces what was set
         *     for the same
         * @param identity the value
         * @return this
         * @throws IllegalArgumentException if the name is not a host name, or the wildcard covers a top-level domain
         */
        public Builder identity(String serverName, TlsIdentity identity) {
            identities.put(ServerNamePattern.check(serverName), Objects.requireNonNull(identity, "identity"));
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
