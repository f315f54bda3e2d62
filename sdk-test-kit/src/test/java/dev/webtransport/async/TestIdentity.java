package dev.webtransport.async;

import dev.webtransport.config.TlsIdentity;
import dev.webtransport.testkit.certificate.TestCertificates;

/** A self-signed P-256 certificate for 127.0.0.1, made once for all tests. */
final class TestIdentity {
    static final TlsIdentity VALUE = TestCertificates.forLoopback().identity();

    private TestIdentity() {}
}
