package dev.webtransport.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.ClientAuthentication;
import dev.webtransport.config.ClientTlsConfig;
import dev.webtransport.config.ServerCertificateHash;
import dev.webtransport.config.ServerTlsConfig;
import dev.webtransport.config.TlsIdentity;
import dev.webtransport.config.Trust;
import dev.webtransport.netty.TlsHandshake.Outcome;
import dev.webtransport.tls.TestIdentities;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.File;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What really happens between Netty QUIC's client and server with the contexts made from this SDK's settings. */
class NettyTlsTest {
    private static final String HERE = "127.0.0.1";

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"ecp256", "ecp384", "rsa2048"})
    void a_server_may_hold_an_ecdsa_or_rsa_key_and_the_protocol_is_h3(Algorithm algorithm) throws Exception {
        TlsIdentity identity = TestIdentities.localhost(algorithm);
        Outcome outcome = handshake(identity, Trust.authorities(identity.chain()), HERE);
        assertAccepted(outcome);
        assertEquals("h3", outcome.client().alpn());
        assertEquals("h3", outcome.server().alpn());
    }

    @ParameterizedTest
    @CsvSource({
        "CN=any, dns:good.example, good.example, true",
        "CN=any, dns:good.example, GOOD.example, true",
        "CN=any, dns:good.example, bad.example, false",
        "O=no common name, dns:good.example, good.example, true",
        "O=no common name, dns:good.example, bad.example, false",
        "CN=any, dns:*.good.example, a.good.example, true",
        "CN=any, dns:*.good.example, a.b.good.example, false",
        "CN=any, dns:localhost, localhost, true",
        "CN=any, ip:127.0.0.1, 127.0.0.1, true",
        "CN=any, ip:127.0.0.1, 127.0.0.2, false",
        "O=no common name, ip:127.0.0.1, 127.0.0.1, true",
        "O=no common name, ip:127.0.0.1, 127.0.0.2, false",
        "CN=any, ip:::1, ::1, true",
        "CN=good.example, none, good.example, false",
    })
    void the_name_asked_for_must_be_among_the_alternative_names(
            String subject, String alternative, String asked, boolean accepted) throws Exception {
        CertificateBuilder leaf = TestIdentities.leaf().subject(subject);
        if (alternative.startsWith("dns:")) {
            TestIdentities.dnsName(leaf, alternative.substring(4));
        } else if (alternative.startsWith("ip:")) {
            leaf.addSanIpAddress(alternative.substring(3));
        }
        TlsIdentity identity = TestIdentities.identity(TestIdentities.selfSigned(leaf));
        Outcome outcome = handshake(identity, Trust.authorities(identity.chain()), asked);
        if (accepted) {
            assertAccepted(outcome);
        } else {
            assertRefusedByClient(outcome, "the certificate is not for \"" + asked + "\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"good.example, true", "bad.example, false"})
    void the_trust_store_of_the_system_counts_and_so_does_the_name(
            String asked, boolean accepted, @TempDir Path directory) throws Exception {
        X509Bundle authority = TestIdentities.authority("system authority");
        TlsIdentity identity = TestIdentities.identity(
                TestIdentities.leaf().addSanDnsName("good.example").buildIssuedBy(authority));
        File store = trustStore(directory, authority.getCertificate());
        String before = System.setProperty("javax.net.ssl.trustStore", store.toString());
        Outcome outcome;
        try {
            outcome = handshake(identity, Trust.system(), asked);
        } finally {
            restore(before);
        }
        if (accepted) {
            assertAccepted(outcome);
        } else {
            assertRefusedByClient(outcome, "not for \"bad.example\"");
        }
    }

    @Test
    void an_authority_the_system_does_not_know_is_refused() throws Exception {
        Outcome outcome = handshake(TestIdentities.localhost(Algorithm.ecp256), Trust.system(), HERE);
        assertRefusedByClient(outcome, "PKIX path building failed");
    }

    @Test
    void a_chain_with_an_intermediate_leads_to_a_given_authority() throws Exception {
        X509Bundle root = TestIdentities.authority("root");
        X509Bundle intermediate = TestIdentities.leaf()
                .subject("CN=intermediate")
                .setIsCertificateAuthority(true)
                .buildIssuedBy(root);
        X509Bundle leaf = TestIdentities.leaf().addSanIpAddress(HERE).buildIssuedBy(intermediate);
        TlsIdentity identity = TestIdentities.identity(leaf);
        assertEquals(2, identity.chain().size());
        assertAccepted(handshake(identity, Trust.authorities(List.of(root.getCertificate())), HERE));
    }

    @Test
    void only_the_given_authorities_count() throws Exception {
        X509Bundle root = TestIdentities.authority("root");
        X509Bundle stranger = TestIdentities.authority("stranger");
        TlsIdentity identity = TestIdentities.identity(
                TestIdentities.leaf().addSanIpAddress(HERE).buildIssuedBy(stranger));
        assertRefusedByClient(
                handshake(identity, Trust.authorities(List.of(root.getCertificate())), HERE),
                "PKIX path building failed");
    }

    @Test
    void an_expired_leaf_is_refused_even_when_it_is_given_itself() throws Exception {
        TlsIdentity identity = TestIdentities.identity(TestIdentities.selfSigned(
                TestIdentities.leaf().notAfter(Instant.now().minusSeconds(3600)).addSanIpAddress(HERE)));
        assertRefusedByClient(handshake(identity, Trust.authorities(identity.chain()), HERE), "NotAfter");
    }

    @Test
    void a_certificate_trusted_by_its_hash_needs_no_name() throws Exception {
        for (Algorithm algorithm : List.of(Algorithm.ecp256, Algorithm.ecp384)) {
            TlsIdentity identity = TestIdentities.localhost(algorithm);
            Trust trust = Trust.serverCertificateHashes(
                    List.of(TestIdentities.localhost(algorithm).hash(), identity.hash()));
            assertAccepted(handshake(identity, trust, "other.example"));
        }
    }

    @Test
    void a_certificate_with_another_hash_is_refused() throws Exception {
        TlsIdentity identity = TestIdentities.localhost(Algorithm.ecp256);
        ServerCertificateHash other = TestIdentities.localhost(Algorithm.ecp256).hash();
        assertRefusedByClient(
                handshake(identity, Trust.serverCertificateHashes(List.of(other)), HERE),
                "has the hash " + identity.hash());
    }

    @Test
    void a_hash_does_not_help_an_rsa_key_a_long_or_a_past_validity() throws Exception {
        Instant now = Instant.now();
        CertificateBuilder leaf = TestIdentities.leaf();
        assertPinnedIsRefused(leaf.copy().algorithm(Algorithm.rsa2048), "its public key is RSA");
        assertPinnedIsRefused(leaf.copy().notAfter(now.plus(Duration.ofDays(14))), "longer than the 1209600 s");
        assertPinnedIsRefused(leaf.copy().notAfter(now.minusSeconds(60)), "it expired at");
        assertPinnedIsRefused(leaf.copy().notBefore(now.plusSeconds(3600)), "it is not valid before");
    }

    @Test
    void a_server_that_does_not_ask_sees_no_client_certificate() throws Exception {
        TlsIdentity client = TestIdentities.localhost(Algorithm.ecp256);
        Outcome outcome = mutual(ClientAuthentication.NONE, Trust.authorities(client.chain()), client);
        assertAccepted(outcome);
        assertTrue(outcome.server().peer().isEmpty());
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"ecp256", "ecp384", "rsa2048"})
    void a_server_that_asks_sees_the_certificate_of_the_client(Algorithm algorithm) throws Exception {
        TlsIdentity client = TestIdentities.localhost(algorithm);
        for (ClientAuthentication asked : List.of(ClientAuthentication.OPTIONAL, ClientAuthentication.REQUIRED)) {
            Outcome outcome = mutual(asked, Trust.authorities(client.chain()), client);
            assertAccepted(outcome);
            assertEquals(
                    client.hash(),
                    ServerCertificateHash.of(outcome.server().peer().orElseThrow()));
        }
    }

    @Test
    void a_client_certificate_may_be_trusted_by_its_hash_or_by_a_chain() throws Exception {
        TlsIdentity pinned = TestIdentities.localhost(Algorithm.ecp256);
        Trust hash = Trust.serverCertificateHashes(List.of(pinned.hash()));
        assertAccepted(mutual(ClientAuthentication.REQUIRED, hash, pinned));

        X509Bundle root = TestIdentities.authority("clients");
        X509Bundle intermediate = TestIdentities.leaf()
                .subject("CN=intermediate")
                .setIsCertificateAuthority(true)
                .buildIssuedBy(root);
        TlsIdentity issued = TestIdentities.identity(TestIdentities.leaf().buildIssuedBy(intermediate));
        Trust chain = Trust.authorities(List.of(root.getCertificate()));
        assertAccepted(mutual(ClientAuthentication.REQUIRED, chain, issued));
    }

    @Test
    void a_client_without_certificate_is_let_in_where_it_is_optional() throws Exception {
        Trust trust =
                Trust.authorities(TestIdentities.localhost(Algorithm.ecp256).chain());
        Outcome outcome = mutual(ClientAuthentication.OPTIONAL, trust, null);
        assertAccepted(outcome);
        assertTrue(outcome.server().peer().isEmpty());
    }

    @Test
    void a_client_without_certificate_is_not_let_in_where_it_is_required() throws Exception {
        Trust trust =
                Trust.authorities(TestIdentities.localhost(Algorithm.ecp256).chain());
        Outcome outcome = mutual(ClientAuthentication.REQUIRED, trust, null);
        assertFalse(outcome.server().established());
    }

    @ParameterizedTest
    @EnumSource(
            value = ClientAuthentication.class,
            names = {"OPTIONAL", "REQUIRED"})
    void a_client_certificate_that_is_not_trusted_is_refused_and_the_reason_found(ClientAuthentication asked)
            throws Exception {
        TlsIdentity trusted = TestIdentities.localhost(Algorithm.ecp256);
        TlsIdentity shown = TestIdentities.localhost(Algorithm.ecp256);

        Outcome byChain = mutual(asked, Trust.authorities(trusted.chain()), shown);
        assertFalse(byChain.server().established());
        assertTrue(byChain.server().refusal().orElseThrow().getMessage().contains("PKIX"));

        Outcome byHash = mutual(asked, Trust.serverCertificateHashes(List.of(trusted.hash())), shown);
        assertFalse(byHash.server().established());
        assertTrue(
                byHash.server().refusal().orElseThrow().getMessage().contains("none of the 1 given"),
                byHash.toString());
    }

    @Test
    void a_client_of_another_protocol_is_refused() throws Exception {
        QuicSslContext client = QuicSslContextBuilder.forClient()
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .applicationProtocols("hq-interop")
                .build();
        Outcome outcome = TlsHandshake.run(server(TestIdentities.localhost(Algorithm.ecp256)), client, HERE);
        assertFalse(outcome.client().established());
    }

    @Test
    void the_key_log_gets_the_secrets_of_either_end() throws Exception {
        TlsIdentity identity = TestIdentities.localhost(Algorithm.ecp256);
        Queue<String> ofServer = new ConcurrentLinkedQueue<>();
        Queue<String> ofClient = new ConcurrentLinkedQueue<>();
        ServerTlsConfig serverTls = ServerTlsConfig.builder(identity).build();
        ClientTlsConfig clientTls = ClientTlsConfig.builder()
                .trust(Trust.authorities(identity.chain()))
                .build();
        assertAccepted(TlsHandshake.run(
                NettyTls.server(serverTls, (engine, line) -> ofServer.add(line)),
                NettyTls.client(clientTls, HERE, (engine, line) -> ofClient.add(line)),
                HERE));
        for (Queue<String> log : List.of(ofServer, ofClient)) {
            assertTrue(
                    log.stream().anyMatch(line -> line.startsWith("CLIENT_HANDSHAKE_TRAFFIC_SECRET ")), log.toString());
        }
    }

    @Test
    void a_key_that_cannot_be_exported_is_refused_at_once() throws Exception {
        TlsIdentity plain = TestIdentities.localhost(Algorithm.ecp256);
        TlsIdentity kept = TlsIdentity.of(new KeptKey((ECPrivateKey) plain.privateKey()), plain.chain());
        assertThrows(InvalidKeyException.class, () -> server(kept));
        ClientTlsConfig client = ClientTlsConfig.builder().identity(kept).build();
        assertThrows(InvalidKeyException.class, () -> NettyTls.client(client, HERE, null));
    }

    private static void assertPinnedIsRefused(CertificateBuilder leaf, String why) throws Exception {
        TlsIdentity identity = TestIdentities.identity(TestIdentities.selfSigned(leaf));
        assertRefusedByClient(handshake(identity, Trust.serverCertificateHashes(List.of(identity.hash())), HERE), why);
    }

    private static void assertAccepted(Outcome outcome) {
        assertTrue(outcome.client().established(), outcome::toString);
        assertTrue(outcome.server().established(), outcome::toString);
        assertTrue(outcome.client().refusal().isEmpty());
        assertTrue(outcome.server().refusal().isEmpty());
    }

    private static void assertRefusedByClient(Outcome outcome, String why) {
        assertFalse(outcome.client().established());
        String message = outcome.client().refusal().orElseThrow().getMessage();
        assertTrue(message.contains(why), message);
    }

    private static Outcome handshake(TlsIdentity identity, Trust trust, String serverName) throws Exception {
        ClientTlsConfig tls = ClientTlsConfig.builder().trust(trust).build();
        return TlsHandshake.run(server(identity), NettyTls.client(tls, serverName, null), serverName);
    }

    private static Outcome mutual(ClientAuthentication asked, Trust clientTrust, @Nullable TlsIdentity client)
            throws Exception {
        TlsIdentity identity = TestIdentities.localhost(Algorithm.ecp256);
        ServerTlsConfig serverTls = ServerTlsConfig.builder(identity)
                .clientAuthentication(asked)
                .clientTrust(clientTrust)
                .build();
        ClientTlsConfig clientTls = ClientTlsConfig.builder()
                .trust(Trust.authorities(identity.chain()))
                .identity(client)
                .build();
        return TlsHandshake.run(NettyTls.server(serverTls, null), NettyTls.client(clientTls, HERE, null), HERE);
    }

    private static QuicSslContext server(TlsIdentity identity) throws Exception {
        return NettyTls.server(ServerTlsConfig.builder(identity).build(), null);
    }

    private static File trustStore(Path directory, X509Certificate authority) throws Exception {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        store.setCertificateEntry("authority", authority);
        Path file = directory.resolve("trust.jks");
        try (OutputStream out = Files.newOutputStream(file)) {
            // Of the formats that the platform detects, this one needs no password to be read.
            store.store(out, "unused".toCharArray());
        }
        return file.toFile();
    }

    private static void restore(@Nullable String before) {
        if (before == null) {
            System.clearProperty("javax.net.ssl.trustStore");
        } else {
            System.setProperty("javax.net.ssl.trustStore", before);
        }
    }

    /** A key that signs, but does not show itself, as keys in hardware do. */
    private static final class KeptKey implements ECPrivateKey {
        private static final long serialVersionUID = 1L;

        private final transient ECPrivateKey key;

        KeptKey(ECPrivateKey key) {
            this.key = key;
        }

        @Override
        public BigInteger getS() {
            return key.getS();
        }

        @Override
        public ECParameterSpec getParams() {
            return key.getParams();
        }

        @Override
        public String getAlgorithm() {
            return key.getAlgorithm();
        }

        @Override
        public @Nullable String getFormat() {
            return null;
        }

        @Override
        public byte @Nullable [] getEncoded() {
            return null;
        }
    }
}
