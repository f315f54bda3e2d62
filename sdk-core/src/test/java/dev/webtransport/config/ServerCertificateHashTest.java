package dev.webtransport.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.tls.TestIdentities;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerCertificateHashTest {
    private static final String HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1bf0fdfeff";

    @Test
    void the_forms_of_a_hash_are_the_same_hash() {
        ServerCertificateHash hash = ServerCertificateHash.sha256(HEX);
        String colons = HEX.toUpperCase(java.util.Locale.ROOT).replaceAll("(..)(?!$)", "$1:");
        assertEquals(95, colons.length());
        assertEquals(hash, ServerCertificateHash.sha256(colons));
        assertEquals(hash, ServerCertificateHash.sha256(hash.value()));
        assertEquals(hash.hashCode(), ServerCertificateHash.sha256(colons).hashCode());
        assertEquals(HEX, hash.toHex());
        assertEquals("sha-256 " + HEX, hash.toString());
        assertEquals((byte) 0xff, hash.value()[31]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "000102030405060708090a0b0c0d0e0f101112131415161718191a1bf0fdfe",
                "000102030405060708090a0b0c0d0e0f101112131415161718191a1bf0fdfeff00",
                "g00102030405060708090a0b0c0d0e0f101112131415161718191a1bf0fdfeff",
                "+00102030405060708090a0b0c0d0e0f101112131415161718191a1bf0fdfeff",
                "\uff10\uff100102030405060708090a0b0c0d0e0f101112131415161718191a1bf0fdfeff",
                " 00102030405060708090a0b0c0d0e0f101112131415161718191a1bf0fdfeff",
            })
    void text_that_is_no_hash_is_refused(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> ServerCertificateHash.sha256(text))
                .getMessage();
        assertTrue(message.contains("\"" + text + "\""), message);
    }

    @Test
    void a_hash_has_32_bytes() {
        for (int length : new int[] {0, 31, 33}) {
            String message = assertThrows(
                            IllegalArgumentException.class, () -> ServerCertificateHash.sha256(new byte[length]))
                    .getMessage();
            assertTrue(message.endsWith("not " + length), message);
        }
    }

    @Test
    void a_hash_cannot_be_changed_from_outside() {
        byte[] bytes = new byte[32];
        ServerCertificateHash hash = ServerCertificateHash.sha256(bytes);
        bytes[0] = 1;
        hash.value()[0] = 1;
        assertArrayEquals(new byte[32], hash.value());
    }

    @Test
    void the_hash_of_a_certificate_is_that_of_its_whole_der_form() throws Exception {
        TlsIdentity identity = TestIdentities.localhost(Algorithm.ecp256);
        byte[] expected = MessageDigest.getInstance("SHA-256")
                .digest(identity.chain().get(0).getEncoded());
        assertArrayEquals(expected, identity.hash().value());
        assertNotEquals(
                identity.hash(), TestIdentities.localhost(Algorithm.ecp256).hash());
    }
}
