package dev.webtransport.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A certificate chain and the private key of its leaf: ECDSA P-256, P-384 or RSA. Immutable. */
public final class TlsIdentity {
    private final PrivateKey privateKey;
    private final List<X509Certificate> chain;

    private TlsIdentity(PrivateKey privateKey, List<X509Certificate> chain) {
        this.privateKey = privateKey;
        this.chain = chain;
    }

    /**
     * From memory.
     *
     * @param privateKey the key of the leaf
     * @param chain the leaf first, then who vouches for it
     * @return the identity
     * @throws IllegalArgumentException if the chain is empty, or key and leaf are not of the same algorithm
     */
    public static TlsIdentity of(PrivateKey privateKey, List<X509Certificate> chain) {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("the certificate chain is empty; the leaf is needed at least");
        }
        String ofLeaf = chain.get(0).getPublicKey().getAlgorithm();
        if (!privateKey.getAlgorithm().equals(ofLeaf)) {
            throw new IllegalArgumentException("the private key is " + privateKey.getAlgorithm()
                    + ", but the certificate holds " + ofLeaf + "; they do not belong together");
        }
        return new TlsIdentity(privateKey, List.copyOf(chain));
    }

    /**
     * From PEM files.
     *
     * @param certificates the chain, leaf first
     * @param privateKey the key, in PKCS #8 ({@code BEGIN PRIVATE KEY}), SEC 1 ({@code BEGIN EC PRIVATE KEY}) or PKCS #1
     *     ({@code BEGIN RSA PRIVATE KEY}), not encrypted
     * @return the identity
     * @throws IOException if a file cannot be read, or holds no such thing; the message names the file
     */
    public static TlsIdentity fromPem(Path certificates, Path privateKey) throws IOException {
        List<X509Certificate> chain = Pem.certificates(read(certificates), certificates.toString());
        PrivateKey key = Pem.privateKey(read(privateKey), privateKey.toString());
        try {
            return of(key, chain);
        } catch (IllegalArgumentException mismatch) {
            throw new IOException(privateKey + ": " + mismatch.getMessage(), mismatch);
        }
    }

    /**
     * From PEM text.
     *
     * @param certificates the chain, leaf first
     * @param privateKey the key, as {@link #fromPem(Path, Path)} takes it
     * @return the identity
     * @throws IOException if a text holds no such thing
     */
    public static TlsIdentity fromPem(String certificates, String privateKey) throws IOException {
        return of(Pem.privateKey(privateKey, "the private key"), Pem.certificates(certificates, "the certificates"));
    }

    /**
     * From a KeyStore.
     *
     * @param keyStore loaded
     * @param alias the entry
     * @param password of the entry
     * @return the identity
     * @throws GeneralSecurityException if the entry cannot be read, or is no private key with a chain
     */
    public static TlsIdentity fromKeyStore(KeyStore keyStore, String alias, char[] password)
            throws GeneralSecurityException {
        Key key = keyStore.getKey(alias, password);
        Certificate[] chain = keyStore.getCertificateChain(alias);
        if (!(key instanceof PrivateKey privateKey) || chain == null) {
            throw new GeneralSecurityException("entry \"" + alias + "\" is no private key with a certificate chain");
        }
        List<X509Certificate> certificates = new ArrayList<>();
        for (Certificate certificate : Arrays.asList(chain)) {
            if (!(certificate instanceof X509Certificate x509)) {
                throw new GeneralSecurityException("entry \"" + alias + "\" holds a certificate that is not X.509");
            }
            certificates.add(x509);
        }
        return of(privateKey, certificates);
    }

    /** The private key of the leaf. @return the key */
    public PrivateKey privateKey() {
        return privateKey;
    }

    /** The chain, leaf first. @return an immutable list */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** The hash of the leaf, for clients that trust it by that. @return the hash */
    public ServerCertificateHash hash() {
        return ServerCertificateHash.of(chain.get(0));
    }

    @Override
    public String toString() {
        return "identity of " + chain.get(0).getSubjectX500Principal();
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
}
