package dev.webtransport.config;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Whose certificates are accepted: the system's authorities, given authorities, or given certificates by their hash.
 */
public abstract sealed class Trust {
    private Trust() {}

    /**
     * The authorities of the platform's trust store.
     *
     * @return the trust
     */
    public static Trust system() {
        return System.INSTANCE;
    }

    /**
     * These authorities and no others.
     *
     * @param certificates certificates of authorities, or self-signed ones, at least one
     * @return the trust
     * @throws IllegalArgumentException if there is none
     */
    public static Trust authorities(List<X509Certificate> certificates) {
        return new Authorities(List.copyOf(certificates));
    }

    /**
     * Certificates with one of these hashes, under the rules of W3C WebTransport ({@code serverCertificateHashes}):
     * valid
     * for at most two weeks, valid now, no RSA key. Names and chain are not looked at.
     *
     * @param hashes at least one
     * @return the trust
     * @throws IllegalArgumentException if there is none
     */
    public static Trust serverCertificateHashes(List<ServerCertificateHash> hashes) {
        return new Hashes(List.copyOf(hashes));
    }

    /** The platform's trust store. */
    public static final class System extends Trust {
        static final System INSTANCE = new System();

        private System() {}

        @Override
        public String toString() {
            return "the system's trust store";
        }
    }

    /** Given authorities. */
    public static final class Authorities extends Trust {
        private final List<X509Certificate> certificates;

        private Authorities(List<X509Certificate> certificates) {
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException("no authority given; nothing would be trusted");
            }
            this.certificates = certificates;
        }

        /**
         * The certificates.
         *
         * @return an immutable list
         */
        public List<X509Certificate> certificates() {
            return certificates;
        }

        @Override
        public String toString() {
            return certificates.size() + " given authorities";
        }
    }

    /** Given certificates, by hash. */
    public static final class Hashes extends Trust {
        private final List<ServerCertificateHash> hashes;

        private Hashes(List<ServerCertificateHash> hashes) {
            if (hashes.isEmpty()) {
                throw new IllegalArgumentException("no certificate hash given; nothing would be trusted");
            }
            this.hashes = hashes;
        }

        /**
         * The hashes.
         *
         * @return an immutable list
         */
        public List<ServerCertificateHash> hashes() {
            return hashes;
        }

        @Override
        public String toString() {
            return hashes.size() + " certificate hashes";
        }
    }
}
