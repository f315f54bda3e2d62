package dev.webtransport.tls;

import dev.webtransport.config.ServerCertificateHash;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts a leaf certificate by its hash, under the custom certificate requirements of W3C WebTransport
 * ({@code serverCertificateHashes}). Chain and names are not looked at.
 */
final class CertificateHashTrustManager extends X509ExtendedTrustManager {
    /** The longest a certificate may be valid in all. */
    static final Duration MAX_VALIDITY = Duration.ofDays(14);

    /**
     * notAfter is itself a valid second: tools that make a certificate "for 14 days" may be one second over, as
     * Chromium grants.
     */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final int X509_V3 = 3;

    private final List<ServerCertificateHash> hashes;
    private final Clock clock;

    CertificateHashTrustManager(List<ServerCertificateHash> hashes, Clock clock) {
        this.hashes = hashes;
        this.clock = clock;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        X509Certificate leaf = PeerTrustManager.leaf(chain);
        ServerCertificateHash hash = ServerCertificateHash.of(leaf);
        if (!hashes.contains(hash)) {
            throw new CertificateException("the certificate has the hash " + hash + ", which is none of the "
                    + hashes.size() + " given: " + hashes);
        }
        //= w3c-webtransport#custom-certificate-requirements
        //# X.509v3, at most two weeks between notBefore and notAfter, valid now, a key of an allowed algorithm
        //# and never RSA
        if (leaf.getVersion() != X509_V3) {
            throw refused("it is X.509v" + leaf.getVersion() + "; X.509v3 is needed");
        }
        checkValidity(leaf);
        if (LeafKey.of(leaf.getPublicKey()) == null) {
            throw refused("its public key is " + leaf.getPublicKey().getAlgorithm()
                    + "; ECDSA P-256, ECDSA P-384 or Ed25519 is needed");
        }
    }

    private void checkValidity(X509Certificate leaf) throws CertificateException {
        Instant from = leaf.getNotBefore().toInstant();
        Instant until = leaf.getNotAfter().toInstant();
        Duration validity = Duration.between(from, until);
        if (validity.compareTo(MAX_VALIDITY.plus(GRACE)) > 0) {
            throw refused("it is valid for " + validity.getSeconds() + " s in all, longer than the "
                    + MAX_VALIDITY.getSeconds() + " s (14 days) allowed");
        }
        Instant now = clock.instant();
        if (now.isBefore(from)) {
            throw new CertificateNotYetValidException(
                    prefix() + "it is not valid before " + from + "; it is " + now + " now");
        }
        if (now.isAfter(until)) {
            throw new CertificateExpiredException(prefix() + "it expired at " + until + "; it is " + now + " now");
        }
    }

    private static CertificateException refused(String why) {
        return new CertificateException(prefix() + why);
    }

    private static String prefix() {
        return "the certificate matches a given hash, but cannot be trusted by it: ";
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
