package dev.webtransport.kwik;

import org.jspecify.annotations.Nullable;
import tech.kwik.agent15.TlsConstants;
import tech.kwik.core.QuicClientConnection;

/** Whether Kwik and its TLS are on the class path. Loading this class fails where they are not. */
final class KwikProbe {
    private KwikProbe() {}

    /** Why Kwik cannot run here, or null. */
    static @Nullable Throwable unavailabilityCause() {
        try {
            // Names a class of each library, so that one that is missing is noticed now.
            QuicClientConnection.newBuilder().cipherSuite(TlsConstants.CipherSuite.TLS_AES_128_GCM_SHA256);
            return null;
        } catch (LinkageError absent) {
            return absent;
        }
    }
}
