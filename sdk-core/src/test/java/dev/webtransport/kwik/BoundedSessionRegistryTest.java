package dev.webtransport.kwik;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.TlsIdentity;
import dev.webtransport.tls.TestIdentities;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tech.kwik.agent15.TlsConstants.CipherSuite;
import tech.kwik.agent15.engine.TlsSession;
import tech.kwik.agent15.engine.TlsSessionRegistry;
import tech.kwik.agent15.engine.impl.TlsState;
import tech.kwik.agent15.extension.ClientHelloPreSharedKeyExtension.PskIdentity;
import tech.kwik.agent15.handshake.NewSessionTicketMessage;
import tech.kwik.core.log.NullLogger;
import tech.kwik.core.server.ServerConnector;

final class BoundedSessionRegistryTest {
    private final Sessions sessions = new Sessions();
    private final BoundedSessionRegistry registry = new BoundedSessionRegistry(sessions, 3);

    @Test
    void the_latest_sessions_are_kept_and_older_ones_forgotten() {
        for (int i = 0; i < 5; i++) {
            issue();
        }

        assertEquals(List.of("0", "1"), sessions.forgotten);
        assertNull(registry.useSession(identity("1")));
        assertNotNull(registry.useSession(identity("2")));
        assertNotNull(registry.useSession(identity("4")));
    }

    @Test
    void a_session_that_was_used_makes_no_trouble_when_its_turn_to_be_forgotten_comes() {
        issue();
        assertNotNull(registry.useSession(identity("0")));
        sessions.forgotten.clear();
        for (int i = 0; i < 3; i++) {
            issue();
        }

        assertEquals(List.of(), sessions.forgotten);
        assertEquals(3, sessions.kept.size());
    }

    @Test
    void a_registry_that_issues_nothing_any_more_is_none_of_its_business() {
        sessions.shutdown();

        assertNull(registry.createNewSessionTicketMessage((byte) 0, CipherSuite.TLS_AES_128_GCM_SHA256, null, "h3"));
    }

    @Test
    void the_servers_of_the_kwik_in_use_can_be_bounded() throws Exception {
        TlsIdentity identity = TestIdentities.localhost(Algorithm.ecp256);
        try (DatagramSocket socket = new DatagramSocket()) {
            ServerConnector connector = ServerConnector.builder()
                    .withSocket(socket)
                    .withKeyStore(
                            KwikTls.keyStore(identity), KwikTls.ALIAS, KwikTls.password(), KwikTls.curve(identity))
                    .withLogger(new NullLogger())
                    .build();

            assertTrue(SessionRegistryAccess.bound(connector));
        }
    }

    private void issue() {
        registry.createNewSessionTicketMessage((byte) 0, CipherSuite.TLS_AES_128_GCM_SHA256, null, "h3");
    }

    private static PskIdentity identity(String ticket) {
        return new PskIdentity(ticket.getBytes(StandardCharsets.US_ASCII), 0);
    }

    /** Numbers its tickets. */
    private static final class Sessions implements TlsSessionRegistry {
        final Map<String, TlsSession> kept = new HashMap<>();
        final List<String> forgotten = new ArrayList<>();
        private int issued;
        private boolean closed;

        @Override
        public NewSessionTicketMessage createNewSessionTicketMessage(
                byte nonce, CipherSuite cipher, TlsState state, String protocol) {
            return createNewSessionTicketMessage(nonce, cipher, state, protocol, null, null);
        }

        @Override
        public NewSessionTicketMessage createNewSessionTicketMessage(
                byte nonce, CipherSuite cipher, TlsState state, String protocol, Long maxEarlyData, byte[] data) {
            if (closed) {
                return null;
            }
            String ticket = Integer.toString(issued++);
            kept.put(ticket, new Session());
            return new NewSessionTicketMessage(1, 0, new byte[1], ticket.getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public Integer selectIdentity(List<PskIdentity> identities, CipherSuite cipher) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TlsSession useSession(PskIdentity identity) {
            String ticket = new String(identity.getIdentity(), StandardCharsets.US_ASCII);
            TlsSession session = kept.remove(ticket);
            if (session != null) {
                forgotten.add(ticket);
            }
            return session;
        }

        @Override
        public byte[] peekSessionData(PskIdentity identity) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void shutdown() {
            closed = true;
        }
    }

    private static final class Session implements TlsSession {
        @Override
        public byte[] getPsk() {
            return new byte[0];
        }

        @Override
        public String getApplicationLayerProtocol() {
            return "h3";
        }

        @Override
        public byte[] getData() {
            return null;
        }
    }
}
