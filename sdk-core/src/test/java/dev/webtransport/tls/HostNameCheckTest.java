package dev.webtransport.tls;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.pkitesting.CertificateBuilder;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostNameCheckTest {
    @ParameterizedTest
    @CsvSource({
        "example.com, example.com",
        "EXAMPLE.com, example.COM",
        "example.com, example.com.",
        "example.com., example.com",
        "localhost, localhost",
        "*.example.com, www.example.com",
        "*.EXAMPLE.com, WWW.example.com",
        "xn--bcher-kva.example, b\u00fccher.example",
        "a_b.example.com, a_b.example.com",
    })
    void a_dns_name_matches(String presented, String asked) throws Exception {
        X509Certificate certificate = withDnsName(presented);
        assertDoesNotThrow(() -> HostNameCheck.check(asked, certificate));
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, www.example.com",
        "www.example.com, example.com",
        "example.com, example.com.evil.example",
        "example.com, notexample.com",
        "*.example.com, example.com",
        "*.example.com, a.b.example.com",
        "w*.example.com, www.example.com",
        "*w.example.com, www.example.com",
        "www.*.com, www.example.com",
        "*.*.com, www.example.com",
        "*.com, example.com",
        "*, localhost",
        "*., localhost",
        "*.example.com, *.example.com.evil.example",
        "127.0.0.1, 127.0.0.1",
        "*.0.0.1, 127.0.0.1",
    })
    void a_dns_name_does_not_match(String presented, String asked) throws Exception {
        X509Certificate certificate = withDnsName(presented);
        CertificateException refused =
                assertThrows(CertificateException.class, () -> HostNameCheck.check(asked, certificate));
        assertTrue(refused.getMessage().contains("\"" + asked + "\""), refused.getMessage());
        assertTrue(refused.getMessage().contains("[" + presented + "]"), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "192.0.2.1, example.com, false",
        "::1, ::1, true",
        "::1, [::1], true",
        "2001:db8::1, 2001:DB8:0:0::1, true",
        "2001:db8::1, 2001:db8::2, false",
        "0.0.0.1, ::1, false",
    })
    void an_address_matches_the_same_address_only(String presented, String asked, boolean matches) throws Exception {
        X509Certificate certificate = certificate(TestIdentities.leaf().addSanIpAddress(presented));
        if (matches) {
            assertDoesNotThrow(() -> HostNameCheck.check(asked, certificate));
        } else {
            assertThrows(CertificateException.class, () -> HostNameCheck.check(asked, certificate));
        }
    }

    @Test
    void one_name_among_several_is_enough() throws Exception {
        X509Certificate certificate = certificate(TestIdentities.leaf()
                .addSanRfc822Name("a@example.com")
                .addSanUriName("https://uri.example")
                .addSanDnsName("first.example")
                .addSanIpAddress("192.0.2.1")
                .addSanDnsName("second.example"));
        assertDoesNotThrow(() -> HostNameCheck.check("second.example", certificate));
        assertDoesNotThrow(() -> HostNameCheck.check("192.0.2.1", certificate));
        assertThrows(CertificateException.class, () -> HostNameCheck.check("uri.example", certificate));
    }

    @Test
    void the_common_name_counts_for_nothing() throws Exception {
        X509Certificate certificate = certificate(TestIdentities.leaf().subject("CN=example.com"));
        CertificateException refused =
                assertThrows(CertificateException.class, () -> HostNameCheck.check("example.com", certificate));
        assertTrue(refused.getMessage().contains("no DNS name and no IP address"), refused.getMessage());
    }

    @Test
    void what_is_no_host_name_matches_nothing() throws Exception {
        X509Certificate certificate = withDnsName("*.example.com");
        String tooLong = "a".repeat(64) + ".example.com";
        for (String asked : new String[] {"", ".", "..", " ", tooLong, ".example.com", "\u0000example.com"}) {
            assertThrows(CertificateException.class, () -> HostNameCheck.check(asked, certificate), asked);
        }
    }

    @Test
    void an_empty_name_in_the_certificate_matches_nothing() throws Exception {
        X509Certificate certificate = withDnsName(".");
        assertThrows(CertificateException.class, () -> HostNameCheck.check(".", certificate));
    }

    private static X509Certificate withDnsName(String name) throws Exception {
        return certificate(TestIdentities.dnsName(TestIdentities.leaf(), name));
    }

    private static X509Certificate certificate(CertificateBuilder leaf) throws Exception {
        return TestIdentities.selfSigned(leaf).getCertificate();
    }
}
