package dev.webtransport.session

import dev.webtransport.config.TlsIdentity
import io.netty.pkitesting.CertificateBuilder
import java.time.Duration
import java.time.Instant

/** A self-signed P-256 certificate for 127.0.0.1, good for browsers' rules too. */
object TestIdentity {
    val value: TlsIdentity by lazy {
        val now = Instant.now()
        val bundle =
            CertificateBuilder()
                .subject("CN=localhost")
                .algorithm(CertificateBuilder.Algorithm.ecp256)
                .notBefore(now.minus(Duration.ofHours(1)))
                .notAfter(now.plus(Duration.ofDays(9)))
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .setIsCertificateAuthority(true)
                .buildSelfSigned()
        TlsIdentity.of(bundle.keyPair.private, listOf(bundle.certificate))
    }
}
