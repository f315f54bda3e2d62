package dev.webtransport.tls;

import dev.webtransport.config.Trust;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Makes the trust manager of a {@link Trust}. */
public final class TrustManagers {
    private TrustManagers() {}

    /**
     * The trust manager, by the clock of the system.
     *
     * @param trust whose certificates are accepted
     * @param serverName the host name or IP literal the certificate of a server must be for, where {@code trust} goes
     *     by
     *     chains; null for the certificates of clients, whose names are not looked at
     * @return a new trust manager, for one connection of a client, or for all connections of a server
     * @throws GeneralSecurityException if the trust store of the platform cannot be read
     */
    public static PeerTrustManager of(Trust trust, @Nullable String serverName) throws GeneralSecurityException {
        return of(trust, serverName, Clock.systemUTC());
    }

    /**
     * The trust manager, by a given clock.
     *
     * @param trust whose certificates are accepted
     * @param serverName as for {@link #of(Trust, String)}
     * @param clock tells whether a leaf certificate is valid now; chains above it go by the clock of the system
     * @return a new trust manager
     * @throws GeneralSecurityException if the trust store of the platform cannot be read
     */
    public static PeerTrustManager of(Trust trust, @Nullable String serverName, Clock clock)
            throws GeneralSecurityException {
        if (trust instanceof Trust.Hashes pinned) {
            return PeerTrustManager.ofHashes(new CertificateHashTrustManager(pinned.hashes(), clock), clock);
        }
        if (trust instanceof Trust.Authorities given) {
            return PeerTrustManager.ofChains(chains(anchors(given.certificates())), serverName, clock);
        }
        return PeerTrustManager.ofChains(chains(null), serverName, clock);
    }

    private static KeyStore anchors(List<X509Certificate> certificates) throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < certificates.size(); i++) {
                store.setCertificateEntry("authority-" + i, certificates.get(i));
            }
            return store;
        } catch (IOException impossible) {
            throw new GeneralSecurityException("an empty KeyStore cannot be made", impossible);
        }
    }

    /** The platform's check of chains: its own anchors when none are given. */
    private static X509ExtendedTrustManager chains(@Nullable KeyStore anchors) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(anchors);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new GeneralSecurityException("the platform has no X509ExtendedTrustManager");
    }
}
