package dev.webtransport.testkit.certificate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.TlsIdentity;
import dev.webtransport.config.Trust;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SelfSignedCertificateTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 10, 14})
    void it_is_valid_now_and_in_all_as_long_as_asked_for(int days) throws GeneralSecurityException {
        X509Certificate made = SelfSignedCertificate.create(List.of("localhost"), Duration.ofDays(days))
                .certificate();

        made.checkValidity();
        Instant begin = made.getNotBefore().toInstant();
        assertTrue(
                begin.isBefore(Instant.now().minusSeconds(60)),
                "clocks that are a minute behind take it too: " + begin);
        assertEquals(
                Duration.ofDays(days),
                Duration.between(begin, made.getNotAfter().toInstant()));
    }

    @Test
    void longer_than_browsers_accept_is_refused() {
        Duration tooLong = SelfSignedCertificate.LONGEST_VALIDITY.plusDays(1);

        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> SelfSignedCertificate.create(List.of("localhost"), tooLong));
        assertTrue(refusal.getMessage().contains("at most 14 days"), refusal.getMessage());
    }

    @Test
    void it_holds_a_p256_key_and_vouches_for_itself_as_a_server_only() throws GeneralSecurityException {
        X509Certificate made = SelfSignedCertificate.forLoopback().certificate();

        made.verify(made.getPublicKey());
        assertEquals(
                256,
                ((ECPublicKey) made.getPublicKey())
                        .getParams()
                        .getCurve()
                        .getField()
                        .getFieldSize());
        assertEquals("SHA256withECDSA", made.getSigAlgName());
        assertEquals(3, made.getVersion());
        assertEquals(List.of("1.3.6.1.5.5.7.3.1"), made.getExtendedKeyUsage());
        assertEquals(-1, made.getBasicConstraints(), "it is no authority");
        assertTrue(made.getKeyUsage()[0], "digitalSignature");
    }

    @Test
    void names_and_addresses_are_told_apart() throws GeneralSecurityException {
        X509Certificate made = SelfSignedCertificate.create(
                        List.of(
                                "localhost",
                                "127.0.0.1",
                                "::1",
                                "[2001:db8::1]",
                                "*.example.com",
                                "b\u00fccher.example"),
                        SelfSignedCertificate.DEFAULT_VALIDITY)
                .certificate();

        String names = made.getSubjectAlternativeNames().stream()
                .map(name -> name.get(0) + "=" + name.get(1))
                .collect(Collectors.joining(" "));
        assertEquals(
                "2=localhost 7=127.0.0.1 7=0:0:0:0:0:0:0:1 7=2001:db8:0:0:0:0:0:1 2=*.example.com 2=xn--bcher-kva.example",
                names);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not/a/name", "256.0.0.1", "1:2:3", "white space", "-dash.example", "a..b"})
    void what_is_no_name_is_refused(String name) {
        assertThrows(
                IllegalArgumentException.class,
                () -> SelfSignedCertificate.create(List.of(name), SelfSignedCertificate.DEFAULT_VALIDITY));
    }

    @Test
    void no_name_at_all_is_refused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> SelfSignedCertificate.create(List.of(), SelfSignedCertificate.DEFAULT_VALIDITY));
    }

    @Test
    void its_pem_text_reads_back_as_the_same() throws IOException {
        SelfSignedCertificate made = SelfSignedCertificate.forLoopback();

        TlsIdentity read = TlsIdentity.fromPem(made.certificatePem(), made.privateKeyPem());

        assertEquals(made.hash(), read.hash());
        assertEquals(made.identity().privateKey(), read.privateKey());
        assertFalse(made.certificatePem().contains("\r"));
    }

    @Test
    void two_of_them_have_different_keys_and_numbers() {
        X509Certificate one = SelfSignedCertificate.forLoopback().certificate();
        X509Certificate other = SelfSignedCertificate.forLoopback().certificate();

        assertNotEquals(one.getPublicKey(), other.getPublicKey());
        assertNotEquals(one.getSerialNumber(), other.getSerialNumber());
        assertEquals(1, one.getSerialNumber().signum());
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void each_kind_of_key_signs_itself_and_serves_as_an_identity(KeyType type) throws GeneralSecurityException {
        SelfSignedCertificate made =
                SelfSignedCertificate.builder().keyType(type).build();

        made.certificate().verify(made.certificate().getPublicKey());
        assertEquals(type.signature(), made.certificate().getSigAlgName());
        assertEquals(type.algorithm(), made.certificate().getPublicKey().getAlgorithm());
        assertEquals(made.hash(), made.identity().hash());
    }

    @Test
    void one_that_has_ended_or_has_not_begun_can_be_made() {
        Instant now = Instant.now();
        X509Certificate ended = SelfSignedCertificate.builder()
                .notBefore(now.minus(Duration.ofDays(3)))
                .validity(Duration.ofDays(1))
                .build()
                .certificate();
        X509Certificate later = SelfSignedCertificate.builder()
                .notBefore(now.plus(Duration.ofDays(3)))
                .build()
                .certificate();

        assertThrows(CertificateExpiredException.class, ended::checkValidity);
        assertThrows(CertificateNotYetValidException.class, later::checkValidity);
    }

    @Test
    void a_validity_of_nothing_is_refused() {
        SelfSignedCertificate.Builder builder = SelfSignedCertificate.builder();

        assertThrows(IllegalArgumentException.class, () -> builder.validity(Duration.ZERO));
    }

    @Test
    void what_a_test_needs_of_tls_belongs_together() {
        TestCertificates made = TestCertificates.forLoopback();

        assertEquals(made.identity(), made.server().identity());
        assertEquals(
                List.of(made.certificate().certificate()),
                ((Trust.Authorities) made.client().trust()).certificates());
        assertEquals(
                List.of(made.identity().hash()),
                ((Trust.Hashes) made.clientByHash().trust()).hashes());
    }
}
