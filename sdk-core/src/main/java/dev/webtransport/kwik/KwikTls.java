package dev.webtransport.kwik;

import dev.webtransport.config.TlsIdentity;
import dev.webtransport.tls.PeerTrustManager;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** TLS of Kwik (agent15) from this SDK's settings. */
final class KwikTls {
    static final String ALIAS = "identity";

    /** What the JDK itself says for TLS 1.3, whose suites name no kind of key; Kwik says RSA, whatever the key is. */
    private static final String AUTHENTICATION = "UNKNOWN";

    private static final int P256_BITS = 256;
    private static final int P384_BITS = 384;

    private KwikTls() {}

    /** Of a key store that never leaves memory. */
    static char[] password() {
        return ALIAS.toCharArray();
    }

    /**
     * An identity the way Kwik takes it.
     *
     * @throws GeneralSecurityException if the platform cannot hold the key, because it does not leave the device that keeps it
     */
    static KeyStore keyStore(TlsIdentity identity) throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            X509Certificate[] chain = identity.chain().toArray(new X509Certificate[0]);
            store.setKeyEntry(ALIAS, identity.privateKey(), password(), chain);
            return store;
        } catch (IOException impossible) {
            throw new GeneralSecurityException("an empty KeyStore cannot be made", impossible);
        }
    }

    /** The name of the curve of a key, null for RSA: Kwik would look for it in what toString() says of the key. */
    static @Nullable String curve(TlsIdentity identity) {
        PublicKey key = identity.chain().get(0).getPublicKey();
        if (!(key instanceof ECPublicKey)) {
            return null;
        }
        int bits = ((ECPublicKey) key).getParams().getOrder().bitLength();
        switch (bits) {
            case P256_BITS:
                return "secp256r1";
            case P384_BITS:
                return "secp384r1";
            default:
                throw new IllegalArgumentException(
                        "the key of the identity is on a curve of " + bits + " bits; P-256 and P-384 are supported");
        }
    }

    /** Whether and how a server was trusted, in one handshake. */
    static final class Judge implements X509TrustManager {
        private final PeerTrustManager trust;
        private volatile X509Certificate @Nullable [] chain;

        Judge(PeerTrustManager trust) {
            this.trust = trust;
        }

        /** What the server showed; null where it was not asked, because an earlier handshake was resumed. */
        X509Certificate @Nullable [] chain() {
            return chain;
        }

        /** Checks the certificate that a session ticket stands for as a full handshake would: it may have expired since. */
        void check(X509Certificate[] earlier) throws CertificateException {
            trust.checkServerTrusted(earlier, AUTHENTICATION);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] shown, String authType) throws CertificateException {
            chain = shown.clone();
            trust.checkServerTrusted(shown, AUTHENTICATION);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] shown, String authType) throws CertificateException {
            trust.checkClientTrusted(shown, AUTHENTICATION);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return trust.getAcceptedIssuers();
        }
    }
}
