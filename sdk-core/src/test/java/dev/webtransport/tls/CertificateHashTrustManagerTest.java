package dev.webtransport.tls;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.ServerCertificateHash;
import dev.webtransport.config.Trust;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules of W3C WebTransport for certificates that are trusted by their hash. */
class CertificateHashTrustManagerTest {
    private static final Instant FROM = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration TWO_WEEKS = Duration.ofSeconds(1_209_600);

    /** Version 1, P-256, valid for ten days from 2026-11-20; no tool of the tests makes such any more. */
    private static final String VERSION_1 = """
            -----BEGIN CERTIFICATE-----
            MIIBEzCBuwIUHC+0t5r+oDk+uEaOUjPQHgD7ScgwCgYIKoZIzj0EAwIwDTELMAkG
            A1UEAwwCdjEwHhcNMjYxMTIwMTkwNjI2WhcNMjYxMTMwMTkwNjI2WjANMQswCQYD
            VQQDDAJ2MTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJ8wcQV8WgKHq95aUYl0
            UKTDjplUcq36rga9sfsyrEJN8jeWxSTw6Oq79OuWsvWwsqFbmszJ0QzB9NaL0Quz
            R/0wCgYIKoZIzj0EAwIDRwAwRAIgOGT0U02q/pZO/C8m1RczPQeIrJ+K2HLjzxgN
            rLv0ot8CIDBzU2tQ2BD3UIYlb+Ykd/zOFus+D3Y2lWEj499vQqqJ
            -----END CERTIFICATE-----
            """;

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"ecp256", "ecp384", "ed25519"})
    void an_elliptic_key_is_accepted(Algorithm algorithm) throws Exception {
        X509Certificate leaf = leaf(twoWeeks().algorithm(algorithm));
        assertDoesNotThrow(() -> check(leaf, FROM));
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"rsa2048", "ed448"})
    void another_key_is_refused(Algorithm algorithm) throws Exception {
        assertRefused(leaf(twoWeeks().algorithm(algorithm)), FROM, "its public key is ");
    }

    @Test
    void another_curve_is_refused() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp521r1"));
        X509Certificate leaf = twoWeeks()
                .keyPair(generator.generateKeyPair())
                .buildIssuedBy(TestIdentities.authority("any"))
                .getCertificate();
        assertRefused(leaf, FROM, "its public key is EC; ECDSA P-256, ECDSA P-384 or Ed25519 is needed");
    }

    @Test
    void the_validity_is_two_weeks_at_most_give_or_take_a_second() throws Exception {
        assertDoesNotThrow(() -> check(lasting(TWO_WEEKS.minusSeconds(1)), FROM));
        assertDoesNotThrow(() -> check(lasting(TWO_WEEKS), FROM));
        assertDoesNotThrow(() -> check(lasting(TWO_WEEKS.plusSeconds(1)), FROM));
        assertRefused(
                lasting(TWO_WEEKS.plusSeconds(2)), FROM, "it is valid for 1209602 s in all, longer than the 1209600 s");
        assertRefused(lasting(Duration.ofDays(3650)), FROM, "longer than");
    }

    @Test
    void it_is_valid_from_the_first_to_the_last_moment() throws Exception {
        X509Certificate leaf = lasting(TWO_WEEKS);
        Instant until = FROM.plus(TWO_WEEKS);
        assertDoesNotThrow(() -> check(leaf, FROM));
        assertDoesNotThrow(() -> check(leaf, until));

        String early = assertThrows(CertificateNotYetValidException.class, () -> check(leaf, FROM.minusMillis(1)))
                .getMessage();
        assertTrue(early.contains("not valid before 2030-01-01T00:00:00Z; it is 2029-12-31T23:59:59.999Z"), early);
        String late = assertThrows(CertificateExpiredException.class, () -> check(leaf, until.plusMillis(1)))
                .getMessage();
        assertTrue(late.contains("expired at 2030-01-15T00:00:00Z; it is 2030-01-15T00:00:00.001Z"), late);
    }

    @Test
    void a_certificate_of_version_1_is_refused() throws Exception {
        X509Certificate leaf = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(VERSION_1.getBytes(StandardCharsets.US_ASCII)));
        assertRefused(leaf, leaf.getNotBefore().toInstant(), "it is X.509v1; X.509v3 is needed");
    }

    @Test
    void another_hash_is_refused_and_both_are_named() throws Exception {
        X509Certificate leaf = leaf(twoWeeks());
        ServerCertificateHash other = ServerCertificateHash.of(leaf(twoWeeks()));
        PeerTrustManager manager = manager(FROM, other);
        String message = assertThrows(
                        CertificateException.class, () -> manager.checkServerTrusted(chain(leaf), "UNKNOWN"))
                .getMessage();
        assertTrue(message.contains(ServerCertificateHash.of(leaf).toHex()), message);
        assertTrue(message.contains(other.toHex()), message);
    }

    @Test
    void any_of_several_hashes_will_do() throws Exception {
        X509Certificate leaf = leaf(twoWeeks());
        PeerTrustManager manager =
                manager(FROM, ServerCertificateHash.of(leaf(twoWeeks())), ServerCertificateHash.of(leaf));
        assertDoesNotThrow(() -> manager.checkServerTrusted(chain(leaf), "UNKNOWN"));
    }

    @Test
    void only_the_leaf_counts() throws Exception {
        X509Certificate pinned = leaf(twoWeeks());
        X509Certificate leaf = leaf(twoWeeks());
        PeerTrustManager manager = manager(FROM, ServerCertificateHash.of(pinned));
        assertThrows(
                CertificateException.class,
                () -> manager.checkServerTrusted(new X509Certificate[] {leaf, pinned}, "UNKNOWN"));
        assertThrows(CertificateException.class, () -> manager.checkServerTrusted(new X509Certificate[0], "UNKNOWN"));
    }

    @Test
    void the_certificate_of_a_client_goes_by_the_same_rules_and_a_refusal_is_remembered() throws Exception {
        X509Certificate leaf = leaf(twoWeeks());
        PeerTrustManager manager = manager(FROM.minusSeconds(1), ServerCertificateHash.of(leaf));
        assertTrue(manager.refusal().isEmpty());
        CertificateException refused = assertThrows(
                CertificateNotYetValidException.class, () -> manager.checkClientTrusted(chain(leaf), "UNKNOWN"));
        assertSame(refused, manager.refusal().orElseThrow());
        assertEquals(0, manager.getAcceptedIssuers().length);
    }

    private static CertificateBuilder twoWeeks() {
        return TestIdentities.leaf().notBefore(FROM).notAfter(FROM.plus(TWO_WEEKS));
    }

    private static X509Certificate lasting(Duration validity) throws Exception {
        return leaf(twoWeeks().notAfter(FROM.plus(validity)));
    }

    private static X509Certificate leaf(CertificateBuilder builder) throws Exception {
        return TestIdentities.selfSigned(builder).getCertificate();
    }

    private static PeerTrustManager manager(Instant now, ServerCertificateHash... hashes) throws Exception {
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        return TrustManagers.of(Trust.serverCertificateHashes(List.of(hashes)), "not.in.the.certificate", clock);
    }

    private static X509Certificate[] chain(X509Certificate leaf) {
        return new X509Certificate[] {leaf};
    }

    private static void check(X509Certificate leaf, Instant now) throws Exception {
        manager(now, ServerCertificateHash.of(leaf)).checkServerTrusted(chain(leaf), "UNKNOWN");
    }

    private static void assertRefused(X509Certificate leaf, Instant now, String why) {
        String message =
                assertThrows(CertificateException.class, () -> check(leaf, now)).getMessage();
        assertTrue(message.contains(why), message);
        assertTrue(message.startsWith("the certificate matches a given hash"), message);
    }
}
