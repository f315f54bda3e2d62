package dev.webtransport.netty

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.TlsIdentity
import dev.webtransport.config.Trust
import io.netty.pkitesting.CertificateBuilder
import java.time.Duration
import java.time.Instant

/** A self-signed certificate for 127.0.0.1, ::1 and localhost, and those who trust it or do not. */
internal class TestIdentity {
    private val bundle = CertificateBuilder()
        .subject("CN=localhost")
        .algorithm(CertificateBuilder.Algorithm.ecp256)
        .setIsCertificateAuthority(true)
        .addSanDnsName("localhost")
        .addSanIpAddress("127.0.0.1")
        .addSanIpAddress("::1")
        .notBefore(Instant.now().minus(Duration.ofHours(1)))
        .notAfter(Instant.now().plus(Duration.ofDays(1)))
        .buildSelfSigned()

    val identity: TlsIdentity = TlsIdentity.of(bundle.keyPair.private, listOf(bundle.certificate))
    val server: ServerTlsConfig = ServerTlsConfig.builder(identity).build()
    val client: ClientTlsConfig = ClientTlsConfig.builder().trust(Trust.authorities(listOf(bundle.certificate))).build()
}
