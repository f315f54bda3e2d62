package dev.webtransport.netty;

import java.security.GeneralSecurityException;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A cipher suite that protects QUIC packets, and its key derivation (RFC 9001 sections 5.1 and 5.3). */
enum PacketSuite {
    AES_128_GCM("HmacSHA256", 32, 16),
    AES_256_GCM("HmacSHA384", 48, 32),
    CHACHA20_POLY1305("HmacSHA256", 32, 32);

    private final String hmac;
    private final int secretLength;
    private final int keyLength;

    PacketSuite(String hmac, int secretLength, int keyLength) {
        this.hmac = hmac;
        this.secretLength = secretLength;
        this.keyLength = keyLength;
    }

    /** The suites whose secrets have this many bytes: the length alone does not tell AES-128 from ChaCha20. */
    static Set<PacketSuite> withSecretOf(int length) {
        Set<PacketSuite> suites = EnumSet.noneOf(PacketSuite.class);
        for (PacketSuite suite : values()) {
            if (suite.secretLength == length) {
                suites.add(suite);
            }
        }
        return suites;
    }

    int keyLength() {
        return keyLength;
    }

    int secretLength() {
        return secretLength;
    }

    /**
     * HKDF-Expand-Label with an empty context (RFC 8446 section 7.1).
     *
     * @param secret of {@link #secretLength()} bytes
     * @param label without its prefix {@code tls13}, which is added
     * @param length at most the length of the secret: one round of the hash is enough for all that QUIC derives
     */
    byte[] expandLabel(byte[] secret, String label, int length) {
        byte[] info = new byte[2 + 1 + 6 + label.length() + 1 + 1];
        int at = 0;
        info[at++] = (byte) (length >>> 8);
        info[at++] = (byte) length;
        info[at++] = (byte) (6 + label.length());
        String full = "tls13 " + label;
        for (int i = 0; i < full.length(); i++) {
            info[at++] = (byte) full.charAt(i);
        }
        info[at++] = 0; // no context
        info[at] = 1; // the first and only round of HKDF-Expand
        try {
            Mac mac = Mac.getInstance(hmac);
            mac.init(new SecretKeySpec(secret, hmac));
            byte[] round = mac.doFinal(info);
            byte[] out = new byte[length];
            System.arraycopy(round, 0, out, 0, length);
            return out;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot compute " + hmac + ", which TLS 1.3 needs", e);
        }
    }
}
