package dev.webtransport.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.webtransport.config.TlsIdentity;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.security.Principal;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

class KeyManagersTest {
    @Test
    void a_server_offers_its_identity_for_the_kind_of_its_key_only() throws Exception {
        TlsIdentity identity = TestIdentities.localhost(Algorithm.ecp256);
        X509ExtendedKeyManager manager = KeyManagers.of(identity);
        String alias = manager.chooseEngineServerAlias("EC", null, null);
        assertNotNull(alias);
        assertSame(identity.privateKey(), manager.getPrivateKey(alias));
        assertArrayEquals(identity.chain().toArray(), manager.getCertificateChain(alias));
        assertArrayEquals(new String[] {alias}, manager.getServerAliases("EC", null));
        assertNull(manager.chooseEngineServerAlias("RSA", null, null));
        assertNull(manager.chooseServerAlias("RSA", null, null));
        assertNull(manager.getServerAliases("RSA", null));
    }

    @Test
    void a_client_shows_its_identity_whatever_is_asked_for() throws Exception {
        TlsIdentity identity = TestIdentities.localhost(Algorithm.rsa2048);
        X509ExtendedKeyManager manager = KeyManagers.of(identity);
        Principal[] strangers = {new X500Principal("CN=somebody else")};
        String alias = manager.chooseEngineClientAlias(new String[0], strangers, null);
        assertSame(identity.privateKey(), manager.getPrivateKey(alias));
        assertNotNull(manager.chooseClientAlias(new String[] {"EC"}, null, null));
        assertArrayEquals(new String[] {alias}, manager.getClientAliases("RSA", strangers));
    }

    @Test
    void there_is_no_other_identity() throws Exception {
        X509ExtendedKeyManager manager = KeyManagers.of(TestIdentities.localhost(Algorithm.ecp256));
        assertNull(manager.getPrivateKey("another"));
        assertNull(manager.getCertificateChain("another"));
    }
}
