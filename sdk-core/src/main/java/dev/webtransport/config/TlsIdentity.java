package dev.webtransport.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
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
     * @throws IllegalArgumentException if the chain is empty, the key is of another kind than those above, or key and
     *     leaf do not belong together
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
        if (!isPair(privateKey, chain.get(0).getPublicKey())) {
            throw new IllegalArgumentException("the private key is not that of the certificate of "
                    + chain.get(0).getSubjectX500Principal());
        }
        return new TlsIdentity(privateKey, List.copyOf(chain));
    }

    /** Whether what the private key signs, the public key verifies. */
    private static boolean isPair(PrivateKey privateKey, PublicKey publicKey) {
        byte[] text = {1, 2, 3, 4};
        try {
            Signature signature = Signature.getInstance(signatureAlgorithm(publicKey));
            signature.initSign(privateKey);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(text);
            return signature.verify(signed);
        } catch (SignatureException doesNotVerify) {
            return false;
        } catch (GeneralSecurityException unusable) {
            throw new IllegalArgumentException("the private key cannot sign: " + unusable.getMessage(), unusable);
        }
    }

    private static String signatureAlgorithm(PublicKey publicKey) {
        if (publicKey instanceof RSAPublicKey) {
            return "SHA256withRSA";
        }
        if (publicKey instanceof ECPublicKey elliptic) {
            int bits = elliptic.getParams().getOrder().bitLength();
            if (bits == 256 || bits == 384) {
                return "SHA256withECDSA";
            }
            throw new IllegalArgumentException("the key is of a curve of " + bits + " bits; P-256 or P-384 is needed");
        }
        throw new IllegalArgumentException(
                "the key is " + publicKey.getAlgorithm() + "; ECDSA P-256, ECDSA P-384 or RSA is needed");
    }

    /**
     * From PEM files.
     *
     * @param certificates the chain, leaf first
     * @param privateKey the key, in PKCS #8 ({@code BEGIN PRIVATE KEY}), SEC 1 ({@code BEGIN EC PRIVATE KEY}) or PKCS
     *     #1
     *     ({@code BEGIN RSA PRIVATE KEY}), not encrypted
     * @return the identity
     * @throws IOException if a file cannot be read or holds no such thing, or the two do not belong together; the
     *     message
     *     names the file
     */
    public static TlsIdentity fromPem(Path certificates, Path privateKey) throws IOException {
        List<X509Certificate> chain = Pem.certificates(read(certificates), certificates.toString());
        return pair(Pem.privateKey(read(privateKey), privateKey.toString()), chain, privateKey.toString());
    }

    /**
     * From PEM text.
     *
     * @param certificates the chain, leaf first
     * @param privateKey the key, as {@link #fromPem(Path, Path)} takes it
     * @return the identity
     * @throws IOException if a text holds no such thing, or the two do not belong together
     */
    public static TlsIdentity fromPem(String certificates, String privateKey) throws IOException {
        List<X509Certificate> chain = Pem.certificates(certificates, "the certificates");
        return pair(Pem.privateKey(privateKey, "the private key"), chain, "the private key");
    }

    private static TlsIdentity pair(PrivateKey key, List<X509Certificate> chain, String where) throws IOException {
        try {
            return of(key, chain);
        } catch (IllegalArgumentException mismatch) {
            throw new IOException(where + ": " + mismatch.getMessage(), mismatch);
        }
    }

    /**
     * From a KeyStore.
     *
     * @param keyStore loaded
     * @param alias the entry
     * @param password of the entry
     * @return the identity
     * @throws GeneralSecurityException if the entry cannot be read, is no private key with a chain, or the two do not
     *     belong
     *     together
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
        try {
            return of(privateKey, certificates);
        } catch (IllegalArgumentException mismatch) {
            throw new GeneralSecurityException("entry \"" + alias + "\": " + mismatch.getMessage(), mismatch);
        }
    }

    /**
     * The private key of the leaf.
     *
     * @return the key
     */
    public PrivateKey privateKey() {
        return privateKey;
    }

    /**
     * The chain, leaf first.
     *
     * @return an immutable list
     */
    public List<X509Certificate> chain() {
        return chain;
    }

    /**
     * The hash of the leaf, for clients that trust it by that.
     *
     * @return the hash
     */
    public ServerCertificateHash hash() {
        return ServerCertificateHash.of(chain.get(0));
    }

    @Override
    public String toString() {
        return "identity of " + chain.get(0).getSubjectX500Principal();
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }
}
