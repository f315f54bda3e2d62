package dev.webtransport.config;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and private keys from PEM text (RFC 7468). */
final class Pem {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final byte[] RSA_ALGORITHM = hex("300d06092a864886f70d0101010500");
    private static final byte[] P256_ALGORITHM = hex("301306072a8648ce3d020106082a8648ce3d030107");
    private static final byte[] P384_ALGORITHM = hex("301006072a8648ce3d020106052b81040022");

    private Pem() {}

    static List<X509Certificate> certificates(String text, String where) throws IOException {
        List<X509Certificate> chain = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            if (block.group(1).equals("CERTIFICATE")) {
                chain.add(certificate(decode(block.group(2), where), where));
            }
        }
        if (chain.isEmpty()) {
            throw new IOException(where + " holds no certificate (BEGIN CERTIFICATE)");
        }
        return chain;
    }

    static PrivateKey privateKey(String text, String where) throws IOException {
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            switch (block.group(1)) {
                case "PRIVATE KEY":
                    return pkcs8(decode(block.group(2), where), where);
                case "RSA PRIVATE KEY":
                    return pkcs8(wrap(RSA_ALGORITHM, decode(block.group(2), where)), where);
                case "EC PRIVATE KEY":
                    byte[] sec1 = decode(block.group(2), where);
                    return pkcs8(wrap(curveAlgorithm(sec1, where), sec1), where);
                case "ENCRYPTED PRIVATE KEY":
                    throw encrypted(where);
                default:
                    break;
            }
        }
        // The older forms say so in a header (RFC 1421), which RFC 7468 does not know.
        if (text.contains("Proc-Type: 4,ENCRYPTED")) {
            throw encrypted(where);
        }
        throw new IOException(where + " holds no private key (BEGIN PRIVATE KEY)");
    }

    private static IOException encrypted(String where) {
        return new IOException(where + ": the private key is encrypted; decrypt it first");
    }

    private static X509Certificate certificate(byte[] der, String where) throws IOException {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException malformed) {
            throw new IOException(where + ": not an X.509 certificate: " + malformed.getMessage(), malformed);
        }
    }

    private static PrivateKey pkcs8(byte[] der, String where) throws IOException {
        GeneralSecurityException first = null;
        for (String algorithm : new String[] {"EC", "RSA"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (GeneralSecurityException notThisOne) {
                first = first == null ? notThisOne : first;
            }
        }
        throw new IOException(where + ": the private key is neither EC nor RSA", first);
    }

    private static byte[] decode(String base64, String where) throws IOException {
        try {
            return Base64.getMimeDecoder().decode(base64.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException malformed) {
            throw new IOException(where + ": the base64 is damaged", malformed);
        }
    }

    /**
     * The algorithm of a key in SEC 1 form (RFC 5915), by the length of its secret number: the curve itself may be left
     * out
     * of that form, and so may the public point.
     */
    private static byte[] curveAlgorithm(byte[] sec1, String where) throws IOException {
        // SEQUENCE and its length in short or long form, then INTEGER 1, then OCTET STRING and its length.
        int version = sec1.length > 1 && (sec1[1] & 0x80) != 0 ? 2 + (sec1[1] & 0x7f) : 2;
        int secretLength = sec1.length > version + 4 ? sec1[version + 4] : -1;
        switch (secretLength) {
            case 32:
                return P256_ALGORITHM;
            case 48:
                return P384_ALGORITHM;
            default:
                throw new IOException(where + ": the private key is of neither P-256 nor P-384");
        }
    }

    /** A PKCS #8 structure around the older forms of keys (RFC 5208): version 0, algorithm, key as octets. */
    private static byte[] wrap(byte[] algorithm, byte[] key) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        write(body, new byte[] {0x02, 0x01, 0x00});
        write(body, algorithm);
        body.write(0x04);
        writeLength(body, key.length);
        write(body, key);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(0x30);
        writeLength(whole, body.size());
        write(whole, body.toByteArray());
        return whole.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, byte[] bytes) {
        out.write(bytes, 0, bytes.length);
    }

    private static void writeLength(ByteArrayOutputStream out, int length) {
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length & 0xff);
        }
    }

    private static byte[] hex(String digits) {
        byte[] bytes = new byte[digits.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
        }
        return bytes;
    }
}
