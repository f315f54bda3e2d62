package dev.webtransport.testkit.certificate;

import dev.webtransport.config.ClientTlsConfig;
import dev.webtransport.config.ServerTlsConfig;
import dev.webtransport.config.TlsIdentity;
import dev.webtransport.config.Trust;
import java.util.List;
import java.util.Objects;

/**
 * What the two ends of a test need of TLS: a server with a certificate of its own, and clients that trust it and nobody
 * else.
 *
 * <pre>{@code
 * TestCertificates certificates = TestCertificates.forLoopback();
 * ServerConfig server = ServerConfig.builder(certificates.server()).build();
 * ClientConfig client = ClientConfig.builder().tls(certificates.client()).build();
 * }</pre>
 */
public final class TestCertificates {
    private final SelfSignedCertificate certificate;
    private final TlsIdentity identity;

    private TestCertificates(SelfSignedCertificate certificate) {
        this.certificate = certificate;
        this.identity = certificate.identity();
    }

    /**
     * A new P-256 certificate for {@code localhost}, {@code 127.0.0.1} and {@code ::1}.
     *
     * @return the certificate, for both ends
     */
    public static TestCertificates forLoopback() {
        return of(SelfSignedCertificate.forLoopback());
    }

    /**
     * The same with another kind of key.
     *
     * @param keyType the kind of key
     * @return the certificate, for both ends
     */
    public static TestCertificates forLoopback(KeyType keyType) {
        return of(SelfSignedCertificate.builder().keyType(keyType).build());
    }

    /**
     * With a given certificate: one for another host, or one that has ended.
     *
     * @param certificate the certificate of the server
     * @return the certificate, for both ends
     */
    public static TestCertificates of(SelfSignedCertificate certificate) {
        return new TestCertificates(Objects.requireNonNull(certificate, "certificate"));
    }

    /**
     * The certificate of the server.
     *
     * @return the certificate of the server
     */
    public SelfSignedCertificate certificate() {
        return certificate;
    }

    /**
     * Certificate and key.
     *
     * @return the identity of the server
     */
    public TlsIdentity identity() {
        return identity;
    }

    /**
     * A server that shows the certificate and asks for none.
     *
     * @return the settings of the server
     */
    public ServerTlsConfig server() {
        return ServerTlsConfig.builder(identity).build();
    }

    /**
     * A client for which the certificate is the only authority; it looks at the name of the host.
     *
     * @return the settings of the client
     */
    public ClientTlsConfig client() {
        return ClientTlsConfig.builder()
                .trust(Trust.authorities(List.of(certificate.certificate())))
                .build();
    }

    /**
     * A client that trusts the hash of the certificate, as web pages do; it looks at no name, and takes no RSA key and no
     * validity of more than 14 days.
     *
     * @return the settings of the client
     */
    public ClientTlsConfig clientByHash() {
        return ClientTlsConfig.builder()
                .trust(Trust.serverCertificateHashes(List.of(certificate.hash())))
                .build();
    }
}
