package dev.webtransport.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.Trust;
import io.netty.pkitesting.X509Bundle;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;

/** Chains and names; real handshakes are in {@code NettyTlsTest}. */
class PeerTrustManagerTest {
    /** What engines say of a TLS 1.3 server, whose key exchange tells nothing of its certificate. */
    private static final String ANY = "UNKNOWN";

    @Test
    void a_chain_needs_a_given_authority_and_the_name() throws Exception {
        X509Bundle authority = TestIdentities.authority("authority");
        X509Certificate[] chain =
                chain(TestIdentities.leaf().addSanDnsName("a.example").buildIssuedBy(authority));
        assertDoesNotThrow(() -> by(authority, "a.example").checkServerTrusted(chain, ANY));
        assertThrows(
                CertificateException.class, () -> by(authority, "b.example").checkServerTrusted(chain, ANY));
        X509Bundle other = TestIdentities.authority("authority");
        assertThrows(CertificateException.class, () -> by(other, "a.example").checkServerTrusted(chain, ANY));
    }

    @Test
    void a_leaf_that_is_no_authority_vouches_for_nobody() throws Exception {
        X509Bundle authority = TestIdentities.authority("authority");
        X509Bundle pretender = TestIdentities.leaf().subject("CN=pretender").buildIssuedBy(authority);
        X509Bundle fake = TestIdentities.leaf()
                .subject("CN=pretender")
                .keyPair(pretender.getKeyPair())
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        X509Certificate victim = TestIdentities.leaf()
                .addSanDnsName("a.example")
                .buildIssuedBy(fake)
                .getCertificate();
        X509Certificate[] chain = {victim, pretender.getCertificate()};
        assertThrows(
                CertificateException.class, () -> by(authority, "a.example").checkServerTrusted(chain, ANY));
    }

    @Test
    void a_given_certificate_that_is_shown_itself_must_be_valid_now() throws Exception {
        X509Bundle leaf = TestIdentities.selfSigned(TestIdentities.leaf().addSanDnsName("a.example"));
        Trust trust = Trust.authorities(List.of(leaf.getCertificate()));
        Instant now = Instant.now();
        assertDoesNotThrow(() -> at(now, trust).checkServerTrusted(chain(leaf), ANY));
        assertThrows(CertificateExpiredException.class, () -> at(now.plus(Duration.ofDays(10)), trust)
                .checkServerTrusted(chain(leaf), ANY));
        assertThrows(CertificateNotYetValidException.class, () -> at(now.minus(Duration.ofDays(2)), trust)
                .checkServerTrusted(chain(leaf), ANY));
    }

    @Test
    void the_name_of_a_client_is_not_looked_at_and_the_authorities_are_told() throws Exception {
        X509Bundle authority = TestIdentities.authority("authority");
        X509Certificate[] chain = chain(TestIdentities.leaf().buildIssuedBy(authority));
        Trust trust = Trust.authorities(List.of(authority.getCertificate()));
        PeerTrustManager forClients = TrustManagers.of(trust, null);
        assertDoesNotThrow(() -> forClients.checkClientTrusted(chain, ANY));
        assertArrayEquals(new X509Certificate[] {authority.getCertificate()}, forClients.getAcceptedIssuers());
        assertEquals(0, TrustManagers.of(trust, "a.example").getAcceptedIssuers().length);
    }

    @Test
    void the_system_does_not_know_an_authority_made_up_here() throws Exception {
        X509Bundle leaf = TestIdentities.selfSigned(TestIdentities.leaf().addSanDnsName("a.example"));
        PeerTrustManager manager = TrustManagers.of(Trust.system(), "a.example");
        CertificateException refused =
                assertThrows(CertificateException.class, () -> manager.checkServerTrusted(chain(leaf), ANY));
        assertSame(refused, manager.refusal().orElseThrow());
    }

    @Test
    void an_unexpected_exception_of_the_platform_is_a_refusal() {
        IllegalStateException bug = new IllegalStateException("parser");
        PeerTrustManager manager = PeerTrustManager.ofChains(new Throwing(bug), "a.example", Clock.systemUTC());
        CertificateException refused = assertThrows(
                CertificateException.class,
                () -> manager.checkServerTrusted(chain(TestIdentities.authority("any")), ANY));
        assertSame(bug, refused.getCause());
        assertSame(refused, manager.refusal().orElseThrow());
        assertTrue(refused.getMessage().contains("parser"), refused.getMessage());
    }

    @Test
    void no_certificate_at_all_is_refused() throws Exception {
        PeerTrustManager manager = by(TestIdentities.authority("any"), "a.example");
        assertThrows(CertificateException.class, () -> manager.checkServerTrusted(new X509Certificate[0], ANY));
        assertThrows(CertificateException.class, () -> manager.checkServerTrusted(null, ANY));
    }

    private static PeerTrustManager by(X509Bundle authority, String serverName) throws Exception {
        return TrustManagers.of(Trust.authorities(List.of(authority.getCertificate())), serverName);
    }

    private static PeerTrustManager at(Instant now, Trust trust) throws Exception {
        return TrustManagers.of(trust, "a.example", Clock.fixed(now, ZoneOffset.UTC));
    }

    private static X509Certificate[] chain(X509Bundle bundle) {
        return bundle.getCertificatePath();
    }

    /** A platform that fails in a way nobody expects. */
    private static final class Throwing extends X509ExtendedTrustManager {
        private final RuntimeException bug;

        Throwing(RuntimeException bug) {
            this.bug = bug;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
            throw bug;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
            throw bug;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            throw bug;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            throw bug;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw bug;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            throw bug;
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
