package dev.webtransport.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Date;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Checks a peer's certificate, by chain and name or by hash, and remembers why it refused one: engines report a failed
 * handshake by a TLS alert, which does not say.
 */
public final class PeerTrustManager extends X509ExtendedTrustManager {
    private static final String REFUSAL = "dev.webtransport.tls.refusal";

    private final X509ExtendedTrustManager chains;
    private final @Nullable String serverName;
    private final Clock clock;
    private final boolean pinned;
    private volatile @Nullable CertificateException refusal;

    private PeerTrustManager(
            X509ExtendedTrustManager chains, @Nullable String serverName, Clock clock, boolean pinned) {
        this.chains = chains;
        this.serverName = serverName;
        this.clock = clock;
        this.pinned = pinned;
    }

    /** By chain, and for servers by name. */
    static PeerTrustManager ofChains(X509ExtendedTrustManager chains, @Nullable String serverName, Clock clock) {
        return new PeerTrustManager(chains, serverName, clock, false);
    }

    /** By hash and nothing else. */
    static PeerTrustManager ofHashes(CertificateHashTrustManager hashes, Clock clock) {
        return new PeerTrustManager(hashes, null, clock, true);
    }

    static X509Certificate leaf(X509Certificate[] chain) throws CertificateException {
        if (chain == null || chain.length == 0) {
            throw new CertificateException("the peer showed no certificate");
        }
        return chain[0];
    }

    /**
     * Why the last certificate that did not pass was refused, whatever connection it came from: for trust managers that
     * serve one connection only.
     *
     * @return the refusal, or empty when there was none
     */
    public Optional<CertificateException> refusal() {
        return Optional.ofNullable(refusal);
    }

    /**
     * Why the certificate of one connection was refused by a trust manager of this class.
     *
     * @param engine of the connection
     * @return the refusal, or empty when there was none
     */
    public static Optional<CertificateException> refusal(SSLEngine engine) {
        return engine.getSession().getValue(REFUSAL) instanceof CertificateException refused
                ? Optional.of(refused)
                : Optional.empty();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, null, () -> chains.checkServerTrusted(chain, authType));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain, null, () -> chains.checkServerTrusted(chain, authType, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, engine, () -> chains.checkServerTrusted(chain, authType, engine));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, null, () -> chains.checkClientTrusted(chain, authType));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain, null, () -> chains.checkClientTrusted(chain, authType, socket));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, engine, () -> chains.checkClientTrusted(chain, authType, engine));
    }

    /**
     * The names a server sends along when it asks for a client's certificate; a client, which asks for none, has no use
     * for them.
     */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return serverName == null ? chains.getAcceptedIssuers() : new X509Certificate[0];
    }

    private void check(X509Certificate[] chain, @Nullable SSLEngine engine, Check check) throws CertificateException {
        try {
            X509Certificate leaf = leaf(chain);
            check.run();
            if (!pinned) {
                // The platform's check lets a leaf that is an anchor itself pass at once, expired or not.
                leaf.checkValidity(Date.from(clock.instant()));
            }
            if (serverName != null) {
                HostNameCheck.check(serverName, leaf);
            }
        } catch (CertificateException refused) {
            remember(refused, engine);
            throw refused;
        } catch (RuntimeException unexpected) {
            // What a hostile certificate does to the platform's parsers is a refusal too, and must not pass unseen.
            CertificateException refused =
                    new CertificateException("the certificate cannot be checked: " + unexpected, unexpected);
            remember(refused, engine);
            throw refused;
        }
    }

    private void remember(CertificateException refused, @Nullable SSLEngine engine) {
        refusal = refused;
        SSLSession session = engine == null ? null : engine.getSession();
        if (session != null) {
            session.putValue(REFUSAL, refused);
        }
    }

    private interface Check {
        void run() throws CertificateException;
    }
}
