package dev.webtransport.config;

import dev.webtransport.tls.TestIdentities;
import io.netty.pkitesting.CertificateBuilder.Algorithm;

/** An identity where it does not matter which. */
final class SomeIdentity {
    private SomeIdentity() {}

    static ServerTlsConfig server() throws Exception {
        return ServerTlsConfig.builder(TestIdentities.localhost(Algorithm.ecp256))
                .build();
    }
}
