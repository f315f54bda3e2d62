package dev.webtransport.tls;

import dev.webtransport.config.TlsIdentity;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Certificates made for one test each. */
public final class TestIdentities {
    private TestIdentities() {}

    /** A leaf that may be trusted by its hash: P-256, valid from yesterday for ten days. No name yet. */
    public static CertificateBuilder leaf() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        return new CertificateBuilder()
                .algorithm(Algorithm.ecp256)
                .subject("CN=test")
                .notBefore(now.minus(Duration.ofDays(1)))
                .notAfter(now.plus(Duration.ofDays(9)));
    }

    /** An authority valid as long as the leafs. */
    public static X509Bundle authority(String name) throws Exception {
        return leaf().subject("CN=" + name).setIsCertificateAuthority(true).buildSelfSigned();
    }

    /** A leaf below a root and so many intermediates, all with keys of one kind. */
    public static X509Bundle issuedThrough(int intermediates, Algorithm algorithm, CertificateBuilder leaf)
            throws Exception {
        X509Bundle issuer = leaf().algorithm(algorithm)
                .subject("CN=root")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        for (int i = 0; i < intermediates; i++) {
            issuer = leaf().algorithm(algorithm)
                    .subject("CN=intermediate " + i)
                    .setIsCertificateAuthority(true)
                    .buildIssuedBy(issuer);
        }
        return leaf.algorithm(algorithm).buildIssuedBy(issuer);
    }

    /** Key and chain without the root. */
    public static TlsIdentity identity(X509Bundle bundle) {
        return TlsIdentity.of(bundle.getKeyPair().getPrivate(), bundle.getCertificatePathList());
    }

    /** Signs a leaf with its own key. The builder makes self-signed authorities only, so one with the same name and key signs. */
    public static X509Bundle selfSigned(CertificateBuilder leaf) throws Exception {
        X509Bundle twin = leaf.copy().setIsCertificateAuthority(true).buildSelfSigned();
        return leaf.keyPair(twin.getKeyPair()).buildIssuedBy(twin);
    }

    /** A DNS name as it stands, wildcards and nonsense too, which the builder's own method does not take. */
    public static CertificateBuilder dnsName(CertificateBuilder leaf, String name) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        byte[] san = new byte[4 + text.length];
        san[0] = 0x30;
        san[1] = (byte) (2 + text.length);
        san[2] = (byte) 0x82;
        san[3] = (byte) text.length;
        System.arraycopy(text, 0, san, 4, text.length);
        return leaf.addExtensionOctetString("2.5.29.17", false, san);
    }

    /** A self-signed identity for 127.0.0.1. */
    public static TlsIdentity localhost(Algorithm algorithm) throws Exception {
        return identity(selfSigned(leaf().algorithm(algorithm).addSanIpAddress("127.0.0.1")));
    }
}
