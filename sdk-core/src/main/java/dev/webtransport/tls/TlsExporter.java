package dev.webtransport.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The exporter of TLS 1.3 (RFC 8446, section 7.5), for engines that hand out the exporter secret but no exporter. The hash is
 * that of the connection's cipher suite, which the length of the secret tells: SHA-256 or SHA-384.
 */
public final class TlsExporter {
    private static final int MAX_LABEL_BYTES = 255 - "tls13 ".length();
    private static final int MAX_ROUNDS = 255;

    private final String hmac;
    private final String digest;
    private final int hashLength;
    private final byte[] secret;

    private TlsExporter(String hmac, String digest, byte[] secret) {
        this.hmac = hmac;
        this.digest = digest;
        this.hashLength = secret.length;
        this.secret = secret.clone();
    }

    /**
     * The exporter of one connection.
     *
     * @param exporterSecret the exporter_master_secret of the connection, as a key log names it: EXPORTER_SECRET
     * @return the exporter
     * @throws IllegalArgumentException if no cipher suite of TLS 1.3 has secrets of that length
     */
    public static TlsExporter of(byte[] exporterSecret) {
        return switch (exporterSecret.length) {
            case 32 -> new TlsExporter("HmacSHA256", "SHA-256", exporterSecret);
            case 48 -> new TlsExporter("HmacSHA384", "SHA-384", exporterSecret);
            default ->
                throw new IllegalArgumentException("the exporter secret has " + exporterSecret.length
                        + " bytes; the hashes of TLS 1.3 make 32 or 48");
        };
    }

    /**
     * Derives keying material: the same at both ends of the connection, and nothing like it for another label or context.
     *
     * @param label ASCII, 1 to 249 characters
     * @param context any bytes; none is the same as an empty context
     * @param length how many bytes, 1 to 255 times the length of the hash: 8,160 with SHA-256, 12,240 with SHA-384
     * @return the bytes
     * @throws IllegalArgumentException if label or length are outside of that
     */
    public byte[] export(String label, byte[] context, int length) {
        byte[] name = label.getBytes(StandardCharsets.US_ASCII);
        if (name.length == 0 || name.length > MAX_LABEL_BYTES) {
            throw new IllegalArgumentException(
                    "the exporter label has " + name.length + " bytes; it must have 1 to " + MAX_LABEL_BYTES);
        }
        int most = MAX_ROUNDS * hashLength;
        if (length < 1 || length > most) {
            throw new IllegalArgumentException(
                    "length is " + length + "; this connection exports 1 to " + most + " bytes");
        }
        try {
            MessageDigest hash = MessageDigest.getInstance(digest);
            byte[] derived = expandLabel(secret, name, hash.digest(), hashLength);
            byte[] exporter = "exporter".getBytes(StandardCharsets.US_ASCII);
            return expandLabel(derived, exporter, hash.digest(context), length);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(
                    "this runtime computes no " + hmac + " or " + digest + ", which TLS 1.3 needs", missing);
        }
    }

    /** HKDF-Expand-Label (RFC 8446, section 7.1) over HKDF-Expand (RFC 5869, section 2.3). */
    private byte[] expandLabel(byte[] key, byte[] label, byte[] context, int length) throws GeneralSecurityException {
        byte[] prefix = "tls13 ".getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        info.write(length >>> 8);
        info.write(length);
        info.write(prefix.length + label.length);
        info.write(prefix, 0, prefix.length);
        info.write(label, 0, label.length);
        info.write(context.length);
        info.write(context, 0, context.length);

        Mac mac = Mac.getInstance(hmac);
        mac.init(new SecretKeySpec(key, hmac));
        byte[] out = new byte[length];
        byte[] round = new byte[0];
        for (int number = 1, at = 0; at < length; number++, at += round.length) {
            mac.update(round);
            mac.update(info.toByteArray());
            mac.update((byte) number);
            round = mac.doFinal();
            System.arraycopy(round, 0, out, at, Math.min(round.length, length - at));
        }
        return out;
    }
}
