package dev.webtransport.kwik;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import tech.kwik.agent15.TlsConstants.CipherSuite;
import tech.kwik.agent15.engine.TlsSession;
import tech.kwik.agent15.engine.TlsSessionRegistry;
import tech.kwik.agent15.engine.impl.TlsState;
import tech.kwik.agent15.extension.ClientHelloPreSharedKeyExtension.PskIdentity;
import tech.kwik.agent15.handshake.NewSessionTicketMessage;

/**
 * The TLS sessions that a server may be asked to resume, the latest ones only. Kwik's TLS keeps each for a day, some 600 bytes, and a client
 * makes one with every handshake; who comes with an older ticket has a full handshake.
 */
final class BoundedSessionRegistry implements TlsSessionRegistry {
    private final TlsSessionRegistry sessions;
    private final int limit;

    /** The tickets of the sessions, used ones among them, oldest first. Under its own lock. */
    private final Queue<byte[]> tickets = new ArrayDeque<>();

    /**
     * A registry that forgets.
     *
     * @param sessions keeps them
     * @param limit how many, at most
     */
    BoundedSessionRegistry(TlsSessionRegistry sessions, int limit) {
        this.sessions = sessions;
        this.limit = limit;
    }

    @Override
    public @Nullable NewSessionTicketMessage createNewSessionTicketMessage(
            byte nonce, CipherSuite cipher, TlsState state, String protocol) {
        return keep(sessions.createNewSessionTicketMessage(nonce, cipher, state, protocol));
    }

    @Override
    public @Nullable NewSessionTicketMessage createNewSessionTicketMessage(
            byte nonce,
            CipherSuite cipher,
            TlsState state,
            String protocol,
            @Nullable Long maxEarlyData,
            byte @Nullable [] data) {
        return keep(sessions.createNewSessionTicketMessage(nonce, cipher, state, protocol, maxEarlyData, data));
    }

    private @Nullable NewSessionTicketMessage keep(@Nullable NewSessionTicketMessage message) {
        if (message == null) {
            // A registry that was shut down issues none.
            return null;
        }
        byte[] oldest = null;
        synchronized (tickets) {
            tickets.add(message.getTicket());
            if (tickets.size() > limit) {
                oldest = tickets.poll();
            }
        }
        if (oldest != null) {
            // A session that is used is taken out.
            sessions.useSession(new PskIdentity(oldest, 0));
        }
        return message;
    }

    @Override
    public @Nullable Integer selectIdentity(List<PskIdentity> identities, CipherSuite cipher) {
        return sessions.selectIdentity(identities, cipher);
    }

    @Override
    public @Nullable TlsSession useSession(PskIdentity identity) {
        return sessions.useSession(identity);
    }

    @Override
    public byte @Nullable [] peekSessionData(PskIdentity identity) {
        return sessions.peekSessionData(identity);
    }

    @Override
    public void shutdown() {
        sessions.shutdown();
    }
}
