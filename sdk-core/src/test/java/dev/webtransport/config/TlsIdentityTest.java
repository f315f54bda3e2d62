package dev.webtransport.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.tls.TestIdentities;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Identities from PEM (the files are OpenSSL's), KeyStores and memory. */
class TlsIdentityTest {
    @ParameterizedTest
    @CsvSource({
        "p256, p256-pkcs8, EC",
        "p256, p256-sec1, EC",
        "p256, p256-sec1-bare, EC",
        "p384, p384-pkcs8, EC",
        "p384, p384-sec1, EC",
        "p384, p384-sec1-bare, EC",
        "rsa, rsa-pkcs8, RSA",
        "rsa, rsa-pkcs1, RSA",
    })
    void a_key_in_each_of_its_forms_is_read(String certificate, String key, String algorithm) throws Exception {
        TlsIdentity identity = TlsIdentity.fromPem(text(certificate + ".crt"), text(key + ".key"));
        assertEquals(algorithm, identity.privateKey().getAlgorithm());
        assertEquals("identity of CN=" + certificate, identity.toString());
        assertEquals(1, identity.chain().size());
    }

    @ParameterizedTest
    @CsvSource({
        "p256, encrypted-pkcs8, the private key is encrypted; decrypt it first",
        "p256, encrypted-sec1, the private key is encrypted; decrypt it first",
        "rsa, encrypted-pkcs1, the private key is encrypted; decrypt it first",
        "p521, p521-sec1, the private key is of neither P-256 nor P-384",
        "p521, p521-pkcs8, the key is of a curve of 521 bits; P-256 or P-384 is needed",
        "ed25519, ed25519-pkcs8, the private key is neither EC nor RSA",
        "p256, p384-sec1, the private key is not that of the certificate of CN=p256",
        "p384, p256-sec1, the private key is not that of the certificate of CN=p384",
        "p256, rsa-pkcs1, 'the private key is RSA, but the certificate holds EC'",
        "rsa, p256-pkcs8, 'the private key is EC, but the certificate holds RSA'",
    })
    void what_cannot_be_used_is_refused_with_the_reason(String certificate, String key, String why) throws Exception {
        String certificates = text(certificate + ".crt");
        String privateKey = text(key + ".key");
        String message = assertThrows(IOException.class, () -> TlsIdentity.fromPem(certificates, privateKey))
                .getMessage();
        assertTrue(message.startsWith("the private key: " + why), message);
    }

    @Test
    void a_key_of_the_same_kind_that_is_not_the_certificates_is_refused() throws Exception {
        for (Algorithm algorithm : List.of(Algorithm.ecp256, Algorithm.ecp384, Algorithm.rsa2048)) {
            TlsIdentity one = TestIdentities.localhost(algorithm);
            TlsIdentity other = TestIdentities.localhost(algorithm);
            assertThrows(IllegalArgumentException.class, () -> TlsIdentity.of(one.privateKey(), other.chain()));
        }
    }

    @Test
    void a_chain_is_needed_and_kept_in_order() throws Exception {
        X509Bundle authority = TestIdentities.authority("authority");
        X509Bundle intermediate = TestIdentities.leaf()
                .subject("CN=intermediate")
                .setIsCertificateAuthority(true)
                .buildIssuedBy(authority);
        X509Bundle leaf = TestIdentities.leaf().buildIssuedBy(intermediate);
        TlsIdentity identity = TlsIdentity.fromPem(leaf.getCertificatePathPEM(), leaf.getPrivateKeyPEM());
        assertEquals(List.of(leaf.getCertificate(), intermediate.getCertificate()), identity.chain());
        assertThrows(
                IllegalArgumentException.class,
                () -> TlsIdentity.of(leaf.getKeyPair().getPrivate(), List.of()));
        assertThrows(UnsupportedOperationException.class, () -> identity.chain().clear());
    }

    @Test
    void certificate_and_key_may_stand_in_one_text_with_others_around() throws Exception {
        String both = "Bag Attributes\n" + text("p256-sec1.key") + "subject=p256\r\n" + text("p256.crt");
        assertEquals(1, TlsIdentity.fromPem(both, both).chain().size());
    }

    @Test
    void files_are_read_and_named_in_errors(@TempDir Path directory) throws Exception {
        Path certificate = Files.writeString(directory.resolve("chain.pem"), text("p256.crt"));
        Path key = Files.writeString(directory.resolve("key.pem"), text("p256-sec1.key"));
        assertEquals("CN=p256", subject(TlsIdentity.fromPem(certificate, key)));

        assertNames(key, () -> TlsIdentity.fromPem(key, key));
        assertNames(certificate, () -> TlsIdentity.fromPem(certificate, certificate));
        assertNames(directory.resolve("none"), () -> TlsIdentity.fromPem(directory.resolve("none"), key));
        Path other = Files.writeString(directory.resolve("other.pem"), text("rsa-pkcs1.key"));
        assertNames(other, () -> TlsIdentity.fromPem(certificate, other));
    }

    @Test
    void a_key_store_entry_is_read() throws Exception {
        char[] password = "secret".toCharArray();
        X509Bundle leaf = TestIdentities.leaf().buildIssuedBy(TestIdentities.authority("authority"));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", leaf.getKeyPair().getPrivate(), password, leaf.getCertificatePath());
        store.setCertificateEntry("certificate", leaf.getCertificate());
        X509Bundle stranger = TestIdentities.authority("stranger");
        store.setKeyEntry("mismatched", stranger.getKeyPair().getPrivate(), password, leaf.getCertificatePath());

        assertEquals(
                List.of(leaf.getCertificate()),
                TlsIdentity.fromKeyStore(store, "server", password).chain());
        for (String alias : List.of("certificate", "absent", "mismatched")) {
            String message = assertThrows(
                            GeneralSecurityException.class, () -> TlsIdentity.fromKeyStore(store, alias, password))
                    .getMessage();
            assertTrue(message.contains("\"" + alias + "\""), message);
        }
        assertThrows(
                GeneralSecurityException.class, () -> TlsIdentity.fromKeyStore(store, "server", "wrong".toCharArray()));
    }

    @Test
    void text_without_a_certificate_or_key_is_refused() throws Exception {
        String certificate = text("p256.crt");
        String key = text("p256-pkcs8.key");
        for (String garbage : List.of("", "garbage", block("CERTIFICATE", ""), block("CERTIFICATE", "AAAA"))) {
            assertThrows(IOException.class, () -> TlsIdentity.fromPem(garbage, key), garbage);
        }
        for (String label : List.of("PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY")) {
            for (String base64 : List.of("", "AAAA", "MA==", "MIGA", "MAMCAQE=", "MIL/", "====")) {
                String garbage = block(label, base64);
                assertThrows(IOException.class, () -> TlsIdentity.fromPem(certificate, garbage), garbage);
            }
        }
    }

    @Test
    void damage_ends_in_an_io_exception_and_in_no_other() throws Exception {
        long seed = System.nanoTime();
        System.out.println("TlsIdentityTest seed " + seed);
        Random random = new Random(seed);
        String[][] pairs = {{"p256", "p256-sec1"}, {"p384", "p384-pkcs8"}, {"rsa", "rsa-pkcs1"}, {"rsa", "rsa-pkcs8"}};
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            String[] pair = pairs[random.nextInt(pairs.length)];
            String certificate = text(pair[0] + ".crt");
            String key = text(pair[1] + ".key");
            boolean damageKey = random.nextBoolean();
            String one = damageKey ? certificate : damaged(certificate, random);
            String other = damageKey ? damaged(key, random) : key;
            try {
                TlsIdentity.fromPem(one, other);
            } catch (IOException expected) {
                refused++;
            }
        }
        // Damage to a name, a date or a signature in a certificate goes unseen here, most other damage does not.
        assertTrue(refused > 500, "only " + refused + " refused");
    }

    /** Some bytes of the DER form changed, or the end cut off. */
    private static String damaged(String pem, Random random) {
        int last = pem.lastIndexOf("-----BEGIN");
        String label = pem.substring(last + 11, pem.indexOf("-----", last + 11));
        int start = pem.indexOf('\n', last) + 1;
        byte[] der = Base64.getMimeDecoder().decode(pem.substring(start, pem.indexOf("-----END", start)));
        if (random.nextInt(4) == 0) {
            der = java.util.Arrays.copyOf(der, random.nextInt(der.length));
        } else {
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                der[random.nextInt(random.nextBoolean() ? der.length : Math.min(40, der.length))] =
                        (byte) random.nextInt(256);
            }
        }
        return block(label, Base64.getMimeEncoder().encodeToString(der));
    }

    private static String block(String label, String base64) {
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }

    private static void assertNames(Path file, org.junit.jupiter.api.function.Executable reading) {
        String message = assertThrows(IOException.class, reading).getMessage();
        assertTrue(message.contains(file.toString()), message);
    }

    private static String subject(TlsIdentity identity) {
        return identity.chain().get(0).getSubjectX500Principal().getName();
    }

    private static String text(String resource) throws IOException {
        try (InputStream in = TlsIdentityTest.class.getResourceAsStream("/pem/" + resource)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
