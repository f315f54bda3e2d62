package dev.webtransport.testkit.certificate;

import dev.webtransport.config.ServerCertificateHash;
import dev.webtransport.config.TlsIdentity;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A certificate that vouches for itself, with its key.
 *
 * <p>With the defaults it is what browsers accept by its hash ({@code serverCertificateHashes}) without any authority. The
 * name of a host is not looked at then; it is for clients that take the certificate as an authority.
 *
 * <p>Specification: RFC 5280; W3C WebTransport, custom certificate requirements.
 */
public final class SelfSignedCertificate {
    /** The longest that browsers accept a certificate by its hash. */
    public static final Duration LONGEST_VALIDITY = Duration.ofDays(14);

    /** Used when nothing else is asked for: long enough for a week of work, short enough for every browser. */
    public static final Duration DEFAULT_VALIDITY = Duration.ofDays(10);

    /** The names of the machine itself. */
    public static final List<String> LOOPBACK_HOSTS = List.of("localhost", "127.0.0.1", "::1");

    /** Clocks differ: a certificate made now is already valid where the clock is this much behind. */
    private static final Duration BACKDATING = Duration.ofHours(1);

    private static final int SERIAL_BITS = 127;

    private final X509Certificate certificate;
    private final PrivateKey privateKey;

    private SelfSignedCertificate(X509Certificate certificate, PrivateKey privateKey) {
        this.certificate = certificate;
        this.privateKey = privateKey;
    }

    /**
     * One for this machine, with every default.
     *
     * @return a new certificate with a new key
     */
    public static SelfSignedCertificate forLoopback() {
        return builder().build();
    }

    /**
     * One that browsers accept by its hash: P-256, valid from an hour ago.
     *
     * @param hosts DNS names and IP addresses it is valid for, at least one
     * @param validity from its first to its last moment, one day to 14
     * @return a new certificate with a new key
     * @throws IllegalArgumentException if there is no host, one is malformed, or the validity is out of range
     */
    public static SelfSignedCertificate create(List<String> hosts, Duration validity) {
        if (validity.compareTo(LONGEST_VALIDITY) > 0) {
            throw new IllegalArgumentException(
                    validity.toDays() + " days are too long: browsers accept a certificate by its"
                            + " hash only if it is valid for at most " + LONGEST_VALIDITY.toDays() + " days");
        }
        if (validity.compareTo(Duration.ofDays(1)) < 0) {
            throw new IllegalArgumentException("a certificate must be valid for at least 1 day, not " + validity);
        }
        return builder().hosts(hosts).validity(validity).build();
    }

    /**
     * A builder that starts with the defaults.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The certificate.
     *
     * @return the certificate
     */
    public X509Certificate certificate() {
        return certificate;
    }

    /**
     * Certificate and key as a server takes them.
     *
     * @return the identity
     */
    public TlsIdentity identity() {
        return TlsIdentity.of(privateKey, List.of(certificate));
    }

    /**
     * What a client needs to trust it.
     *
     * @return the SHA-256 hash
     */
    public ServerCertificateHash hash() {
        return ServerCertificateHash.of(certificate);
    }

    /**
     * The certificate as a PEM file holds it.
     *
     * @return the text
     */
    public String certificatePem() {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("a certificate read from DER has a DER form", impossible);
        }
    }

    /**
     * The private key as a PEM file holds it, not encrypted.
     *
     * @return the text, PKCS #8
     */
    public String privateKeyPem() {
        return pem("PRIVATE KEY", privateKey.getEncoded());
    }

    private static String pem(String label, byte[] der) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    /** Collects what a certificate says. Not for several threads at once. */
    public static final class Builder {
        private KeyType keyType = KeyType.P256;
        private List<HostName> hosts = parse(LOOPBACK_HOSTS);
        private @Nullable Instant notBefore;
        private Duration validity = DEFAULT_VALIDITY;

        private Builder() {}

        /**
         * The kind of key. Default P-256.
         *
         * @param keyType the value
         * @return this
         */
        public Builder keyType(KeyType keyType) {
            this.keyType = Objects.requireNonNull(keyType, "keyType");
            return this;
        }

        /**
         * Whom the certificate is for. Default: the names of this machine, {@link #LOOPBACK_HOSTS}.
         *
         * @param hosts DNS names, IPv4 addresses, IPv6 addresses with or without brackets; the first is the subject's name
         * @return this
         * @throws IllegalArgumentException if there is none or one is malformed
         */
        public Builder hosts(List<String> hosts) {
            this.hosts = parse(hosts);
            return this;
        }

        /**
         * When it begins to be valid, in whole seconds; earlier or later than now makes a certificate that has ended or has
         * not begun. Default: an hour ago.
         *
         * @param notBefore the value
         * @return this
         */
        public Builder notBefore(Instant notBefore) {
            this.notBefore = Objects.requireNonNull(notBefore, "notBefore");
            return this;
        }

        /**
         * How long it is valid, from its first to its last moment. Default 10 days; browsers accept at most 14 by a hash.
         *
         * @param validity the value
         * @return this
         * @throws IllegalArgumentException if it is shorter than a second
         */
        public Builder validity(Duration validity) {
            if (validity.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("validity " + validity + " is shorter than a second");
            }
            this.validity = validity;
            return this;
        }

        /**
         * The certificate.
         *
         * @return a new certificate with a new key
         */
        public SelfSignedCertificate build() {
            Instant begin = notBefore != null ? notBefore : Instant.now().minus(BACKDATING);
            try {
                KeyPairGenerator generator = KeyPairGenerator.getInstance(keyType.algorithm());
                generator.initialize(keyType.bits());
                KeyPair keys = generator.generateKeyPair();
                byte[] content = content(begin.truncatedTo(ChronoUnit.SECONDS), keys);
                return new SelfSignedCertificate(sign(content, keys.getPrivate()), keys.getPrivate());
            } catch (GeneralSecurityException missing) {
                throw new IllegalStateException("this Java platform cannot make " + keyType + " certificates", missing);
            }
        }

        private static List<HostName> parse(List<String> hosts) {
            if (hosts.isEmpty()) {
                throw new IllegalArgumentException("name at least one host");
            }
            List<HostName> names = new ArrayList<>();
            for (String host : hosts) {
                names.add(HostName.parse(host));
            }
            return Collections.unmodifiableList(names);
        }

        private byte[] content(Instant begin, KeyPair keys) {
            byte[] subject = Der.sequence(Der.set(
                    Der.sequence(Der.oid("2.5.4.3"), Der.utf8(hosts.get(0).text()))));
            byte[][] names = new byte[hosts.size()][];
            for (int i = 0; i < names.length; i++) {
                names[i] = hosts.get(i).subjectAlternativeName();
            }
            byte[] digitalSignature = Der.bits(7, new byte[] {(byte) 0x80});
            byte[] serverAuthentication = Der.sequence(Der.oid("1.3.6.1.5.5.7.3.1"));
            return Der.sequence(
                    Der.explicit(0, Der.integer(BigInteger.valueOf(2))),
                    Der.integer(new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS - 1)),
                    keyType.signatureIdentifier(),
                    subject,
                    Der.sequence(Der.time(begin), Der.time(begin.plus(validity))),
                    subject,
                    keys.getPublic().getEncoded(),
                    Der.explicit(
                            3,
                            Der.sequence(
                                    // No basic constraints: strict clients refuse an authority as a server's
                                    // certificate.
                                    Der.sequence(Der.oid("2.5.29.15"), Der.yes(), Der.octets(digitalSignature)),
                                    Der.sequence(Der.oid("2.5.29.37"), Der.octets(serverAuthentication)),
                                    Der.sequence(Der.oid("2.5.29.17"), Der.octets(Der.sequence(names))))));
        }

        private X509Certificate sign(byte[] content, PrivateKey key) throws GeneralSecurityException {
            Signature signature = Signature.getInstance(keyType.signature());
            signature.initSign(key);
            signature.update(content);
            byte[] der = Der.sequence(content, keyType.signatureIdentifier(), Der.bits(0, signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        }
    }
}
