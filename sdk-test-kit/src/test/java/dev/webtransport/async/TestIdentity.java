package dev.webtransport.async;

import dev.webtransport.config.TlsIdentity;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.time.Instant;

/** A self-signed P-256 certificate for 127.0.0.1, made once for all tests. */
final class TestIdentity {
    static final TlsIdentity VALUE = make();

    private TestIdentity() {}

    private static TlsIdentity make() {
        try {
            Instant now = Instant.now();
            X509Bundle bundle = new CertificateBuilder()
                    .subject("CN=localhost")
                    .algorithm(CertificateBuilder.Algorithm.ecp256)
                    .notBefore(now.minus(Duration.ofHours(1)))
                    .notAfter(now.plus(Duration.ofDays(9)))
                    .addSanIpAddress("127.0.0.1")
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
            return TlsIdentity.of(bundle.getKeyPair().getPrivate(), bundle.getCertificatePathList());
        } catch (Exception failed) {
            throw new AssertionError("no certificate for the tests", failed);
        }
    }
}
