package dev.webtransport.tls;

import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/**
 * The public keys that a certificate trusted by its hash may hold. They are told apart by the algorithm identifier in
 * their DER form (RFC 5480, RFC 8410): the names that Java gives to keys differ from platform to platform.
 */
enum LeafKey {
    P256("ECDSA P-256", "301306072a8648ce3d020106082a8648ce3d030107"),
    P384("ECDSA P-384", "301006072a8648ce3d020106052b81040022"),
    ED25519("Ed25519", "300506032b6570");

    private final String label;
    private final String algorithm;

    LeafKey(String label, String algorithm) {
        this.label = label;
        this.algorithm = algorithm;
    }

    /** The kind of a key, or null when it is none of these. */
    static @Nullable LeafKey of(PublicKey key) {
        byte[] der = key.getEncoded();
        if (der == null || der.length < 2) {
            return null;
        }
        // SEQUENCE, its length (short form, or a count of length bytes), then the algorithm identifier.
        int start = 2 + ((der[1] & 0x80) == 0 ? 0 : der[1] & 0x7f);
        for (LeafKey kind : values()) {
            if (kind.startsAt(der, start)) {
                return kind;
            }
        }
        return null;
    }

    private boolean startsAt(byte[] der, int start) {
        int length = algorithm.length() / 2;
        if (start + length > der.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if ((der[start + i] & 0xff) != Integer.parseInt(algorithm.substring(2 * i, 2 * i + 2), 16)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return label;
    }
}
