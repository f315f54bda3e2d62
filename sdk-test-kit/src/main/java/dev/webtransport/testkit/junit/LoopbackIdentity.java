package dev.webtransport.testkit.junit;

import dev.webtransport.config.TlsIdentity;
import java.io.IOException;

/** A certificate for servers in memory, which must have one and never show it. Its key is no secret. */
final class LoopbackIdentity {
    static final TlsIdentity VALUE = read();

    private static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBmDCCAT+gAwIBAgIUW4ooqX2PaHCMygayf3711pirzRcwCgYIKoZIzj0EAwIw
            EzERMA8GA1UEAwwIbG9vcGJhY2swIBcNMjYxMTIwMjE1MzA1WhgPMjEyNjEwMjcy
            MTUzMDVaMBMxETAPBgNVBAMMCGxvb3BiYWNrMFkwEwYHKoZIzj0CAQYIKoZIzj0D
            AQcDQgAEb4vPUEMa08uHkcs7PeWnjCReNKlIulztL+X4sOUXWIeXUuckpkjxqQCt
            7PwUAlP+So8s5jdjWLNyfDiwnNxM46NvMG0wHQYDVR0OBBYEFMoNHKv9QCT18Ivp
            bS5aVjXf/58oMB8GA1UdIwQYMBaAFMoNHKv9QCT18IvpbS5aVjXf/58oMA8GA1Ud
            EwEB/wQFMAMBAf8wGgYDVR0RBBMwEYcEfwAAAYIJbG9jYWxob3N0MAoGCCqGSM49
            BAMCA0cAMEQCIFVaejMSEmWR4QRCqGypyz38lfa9tiWyZjbvZnFTkM7+AiAyoDNs
            HblJx94qscavqoIvl+QU24voAThuHc/rZofpuw==
            -----END CERTIFICATE-----
            """;

    private static final String KEY = """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNZqsb9xlyIbw4q0g
            nk7bIBLbxPEX5J1MO2fwd55ZRluhRANCAARvi89QQxrTy4eRyzs95aeMJF40qUi6
            XO0v5fiw5RdYh5dS5ySmSPGpAK3s/BQCU/5KjyzmN2NYs3J8OLCc3Ezj
            -----END PRIVATE KEY-----
            """;

    private LoopbackIdentity() {}

    private static TlsIdentity read() {
        try {
            return TlsIdentity.fromPem(CERTIFICATE, KEY);
        } catch (IOException unreadable) {
            throw new IllegalStateException("the certificate of the loopback", unreadable);
        }
    }
}
