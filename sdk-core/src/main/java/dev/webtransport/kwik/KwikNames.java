package dev.webtransport.kwik;

import tech.kwik.core.QuicClientConnection;

/**
 * Turns off Kwik's own check of host names, which refuses certificates for IP addresses and accepts any without a common name. The
 * trust manager of this SDK checks them, alike for every engine. Kwik turns its check off together with that of the certificate
 * (which the trust manager takes up again), and warns of that on standard output, for a reason that is not there.
 */
final class KwikNames {
    /** A system property of Kwik, read when a connection is built. */
    private static final String NO_WARNING = "tech.kwik.core.no-security-warnings";

    private KwikNames() {}

    /** Leaves the check of names to the trust manager that is set afterwards. */
    static void checkNone(QuicClientConnection.Builder builder) {
        if (System.getProperty(NO_WARNING) == null) {
            System.setProperty(NO_WARNING, "true");
        }
        builder.noServerCertificateCheck();
    }
}
