package dev.webtransport.tls;

import dev.webtransport.config.TlsIdentity;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Makes the key manager of a {@link TlsIdentity}. */
public final class KeyManagers {
    private KeyManagers() {}

    /**
     * A key manager with one identity. A server offers it where the kind of its key is asked for; a client shows it to
     * every server that asks, whatever authorities that server names: there is no other to choose.
     *
     * @param identity certificate chain and private key
     * @return a new key manager
     */
    public static X509ExtendedKeyManager of(TlsIdentity identity) {
        return new SingleIdentity(identity);
    }

    private static final class SingleIdentity extends X509ExtendedKeyManager {
        private static final String ALIAS = "identity";

        private final TlsIdentity identity;

        SingleIdentity(TlsIdentity identity) {
            this.identity = identity;
        }

        private @Nullable String aliasFor(String keyType) {
            return keyType.equals(identity.privateKey().getAlgorithm()) ? ALIAS : null;
        }

        private String @Nullable [] aliasesFor(String keyType) {
            String alias = aliasFor(keyType);
            return alias == null ? null : new String[] {alias};
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return aliasesFor(keyType);
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return aliasFor(keyType);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return aliasFor(keyType);
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return aliasesFor(keyType);
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return ALIAS;
        }

        @Override
        public String chooseEngineClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return alias.equals(ALIAS) ? identity.chain().toArray(new X509Certificate[0]) : null;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return alias.equals(ALIAS) ? identity.privateKey() : null;
        }
    }
}
