package dev.webtransport.config;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;

/**
 * The SHA-256 hash of a server's whole leaf certificate in DER (W3C WebTransport, {@code WebTransportHash}). A
 * certificate that is trusted by its hash needs no authority behind it, and its names are not looked at; it must
 * instead
 * be valid for at most two weeks, be valid now, and hold no RSA key.
 */
public final class ServerCertificateHash {
    private final byte[] sha256;

    private ServerCertificateHash(byte[] sha256) {
        this.sha256 = sha256;
    }

    /**
     * A hash given as bytes.
     *
     * @param value the 32 bytes
     * @return the hash
     * @throws IllegalArgumentException if there are not 32
     */
    public static ServerCertificateHash sha256(byte[] value) {
        if (value.length != 32) {
            throw new IllegalArgumentException("a SHA-256 hash has 32 bytes, not " + value.length);
        }
        return new ServerCertificateHash(value.clone());
    }

    /**
     * A hash given as text.
     *
     * @param hex 64 hexadecimal digits, colons between them allowed
     * @return the hash
     * @throws IllegalArgumentException if the text is something else
     */
    public static ServerCertificateHash sha256(String hex) {
        String digits = hex.replace(":", "");
        if (digits.length() != 64 || !digits.chars().allMatch(c -> c < 0x80 && Character.digit(c, 16) >= 0)) {
            throw new IllegalArgumentException("a SHA-256 hash is 64 hexadecimal digits; got \"" + hex + "\"");
        }
        byte[] value = new byte[32];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
        }
        return new ServerCertificateHash(value);
    }

    /**
     * The hash of a certificate.
     *
     * @param certificate the leaf certificate of a server
     * @return its hash
     * @throws IllegalArgumentException if the certificate has no DER form
     */
    public static ServerCertificateHash of(X509Certificate certificate) {
        try {
            return new ServerCertificateHash(
                    MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (CertificateEncodingException noDer) {
            throw new IllegalArgumentException("the certificate has no DER form", noDer);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /**
     * The 32 bytes.
     *
     * @return a copy
     */
    public byte[] value() {
        return sha256.clone();
    }

    /**
     * The hash as 64 lower-case hexadecimal digits.
     *
     * @return the text
     */
    public String toHex() {
        StringBuilder text = new StringBuilder(64);
        for (byte b : sha256) {
            text.append(Character.forDigit(b >> 4 & 0xf, 16)).append(Character.forDigit(b & 0xf, 16));
        }
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServerCertificateHash that && MessageDigest.isEqual(sha256, that.sha256);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sha256);
    }

    @Override
    public String toString() {
        return "sha-256 " + toHex();
    }
}
