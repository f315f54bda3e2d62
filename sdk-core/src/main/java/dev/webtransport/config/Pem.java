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
    private static final byte[] RSA_ALGORITHM = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    private static final byte[] P256_ALGORITHM = {
        0x30,
        0x13,
        0x06,
        0x07,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0xce,
        0x3d,
        0x02,
        0x01,
        0x06,
        0x08,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0xce,
        0x3d,
        0x03,
        0x01,
        0x07
    };
    private static final byte[] P384_ALGORITHM = {
        0x30,
        0x10,
        0x06,
        0x07,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0xce,
        0x3d,
        0x02,
        0x01,
        0x06,
        0x05,
        0x2b,
        (byte) 0x81,
        0x04,
        0x00,
        0x22
    };

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
                    return pkcs8(wrap(sec1.length < 150 ? P256_ALGORITHM : P384_ALGORITHM, sec1), where);
                case "ENCRYPTED PRIVATE KEY":
                    throw new IOException(where + ": the private key is encrypted; decrypt it first");
                default:
                    break;
            }
        }
        throw new IOException(where + " holds no private key (BEGIN PRIVATE KEY)");
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

    /** A PKCS #8 structure around the older forms of keys (RFC 5208): version 0, algorithm, key as octets. */
    private static byte[] wrap(byte[] algorithm, byte[] key) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(new byte[] {0x02, 0x01, 0x00});
        body.writeBytes(algorithm);
        body.write(0x04);
        writeLength(body, key.length);
        body.writeBytes(key);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(0x30);
        writeLength(whole, body.size());
        whole.writeBytes(body.toByteArray());
        return whole.toByteArray();
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
}
