package dev.webtransport.netty;

import io.netty.handler.codec.quic.QuicSslContext;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.X509ExtendedTrustManager;

/** TLS of a client towards one server name, and the judge of that server's certificates. */
final class ClientContext {
    /** What the JDK itself says for TLS 1.3, whose suites name no kind of key. */
    private static final String AUTHENTICATION = "UNKNOWN";

    private final QuicSslContext tls;
    private final X509ExtendedTrustManager trust;

    ClientContext(QuicSslContext tls, X509ExtendedTrustManager trust) {
        this.tls = tls;
        this.trust = trust;
    }

    QuicSslContext tls() {
        return tls;
    }

    /**
     * Checks the certificate that the ticket of a resumed handshake stands for, as a full handshake would have: it may have
     * expired since.
     *
     * @param engine of the connection
     * @throws CertificateException if it is not trusted now, or not known
     */
    void checkResumed(SSLEngine engine) throws CertificateException {
        Certificate[] known;
        try {
            known = engine.getSession().getPeerCertificates();
        } catch (SSLPeerUnverifiedException unknown) {
            throw new CertificateException("the session ticket does not tell the server's certificate", unknown);
        }
        X509Certificate[] chain = new X509Certificate[known.length];
        for (int i = 0; i < known.length; i++) {
            chain[i] = (X509Certificate) known[i];
        }
        // Without the engine: the JDK wants one whose handshake still runs, to ask it what the full handshake has
        // settled.
        trust.checkServerTrusted(chain, AUTHENTICATION);
    }
}
