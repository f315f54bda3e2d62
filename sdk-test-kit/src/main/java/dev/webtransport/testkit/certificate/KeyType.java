package dev.webtransport.testkit.certificate;

/** The key of a certificate, and how it signs. */
public enum KeyType {
    /** ECDSA over the curve P-256: what browsers accept by its hash. */
    P256("EC", 256, "SHA256withECDSA", Der.sequence(Der.oid("1.2.840.10045.4.3.2"))),

    /** ECDSA over the curve P-384. */
    P384("EC", 384, "SHA384withECDSA", Der.sequence(Der.oid("1.2.840.10045.4.3.3"))),

    /** RSA with 2,048 bits: no browser accepts it by its hash. */
    RSA("RSA", 2048, "SHA256withRSA", Der.sequence(Der.oid("1.2.840.113549.1.1.11"), Der.none()));

    private final String algorithm;
    private final int bits;
    private final String signature;
    private final byte[] signatureIdentifier;

    KeyType(String algorithm, int bits, String signature, byte[] signatureIdentifier) {
        this.algorithm = algorithm;
        this.bits = bits;
        this.signature = signature;
        this.signatureIdentifier = signatureIdentifier;
    }

    String algorithm() {
        return algorithm;
    }

    int bits() {
        return bits;
    }

    String signature() {
        return signature;
    }

    byte[] signatureIdentifier() {
        return signatureIdentifier.clone();
    }
}
