package dev.webtransport.netty;

import dev.webtransport.config.ClientTlsConfig;
import dev.webtransport.config.SessionResumption;
import dev.webtransport.tls.TrustManagers;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The TLS contexts of a client, each with the session tickets it has got. A context, and so a ticket, serves one server name under
 * one and the same settings object only: what was trusted under other settings counts for nothing. Safe for several threads.
 */
final class ClientContexts {
    /** How many are kept, the latest used; one costs some 100 kB, much of it the anchors of trust. */
    private static final int MAX_CONTEXTS = 32;

    private final Clock clock;
    private final Map<Key, ClientContext> contexts = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * None yet.
     *
     * @param clock tells whether certificates are valid now
     */
    ClientContexts(Clock clock) {
        this.clock = clock;
    }

    /**
     * The context for a connection: the one of earlier connections where tickets may be used, else one of its own.
     *
     * @throws GeneralSecurityException as {@link NettyTls#client} does
     */
    ClientContext of(ClientTlsConfig tls, String serverName, @Nullable Path keyLogFile)
            throws GeneralSecurityException {
        SessionTickets tickets = SessionTickets.find();
        if (tickets == null || tls.sessionResumption() == SessionResumption.NEVER) {
            return make(tls, serverName, keyLogFile);
        }
        Key key = new Key(tls, serverName.toLowerCase(Locale.ROOT), keyLogFile);
        synchronized (contexts) {
            ClientContext known = contexts.get(key);
            if (known != null) {
                return known;
            }
        }
        // Reading anchors of trust takes time: not under the lock. Two at once cost a ticket, no more.
        ClientContext made = make(tls, serverName, keyLogFile);
        tickets.tame(made.tls());
        synchronized (contexts) {
            contexts.put(key, made);
            if (contexts.size() > MAX_CONTEXTS) {
                Iterator<Key> eldest = contexts.keySet().iterator();
                eldest.next();
                eldest.remove();
            }
        }
        return made;
    }

    /** Forgets a context and its tickets. */
    void drop(ClientContext context) {
        synchronized (contexts) {
            contexts.values().remove(context);
        }
    }

    /** Forgets everything. */
    void clear() {
        synchronized (contexts) {
            contexts.clear();
        }
    }

    private ClientContext make(ClientTlsConfig tls, String serverName, @Nullable Path keyLogFile)
            throws GeneralSecurityException {
        X509ExtendedTrustManager trust = TrustManagers.of(tls.trust(), serverName, clock);
        KeyLogFile file = keyLogFile == null ? null : new KeyLogFile(keyLogFile);
        return new ClientContext(NettyTls.client(tls, trust, PeerTrafficSecrets.and(file)), trust);
    }

    /** Equal for the same settings object, not for settings that look alike. */
    private static final class Key {
        private final ClientTlsConfig tls;
        private final String serverName;
        private final @Nullable Path keyLogFile;

        Key(ClientTlsConfig tls, String serverName, @Nullable Path keyLogFile) {
            this.tls = tls;
            this.serverName = serverName;
            this.keyLogFile = keyLogFile;
        }

        @Override
        @SuppressWarnings("ReferenceEquality")
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that
                    && tls == that.tls
                    && serverName.equals(that.serverName)
                    && Objects.equals(keyLogFile, that.keyLogFile);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * System.identityHashCode(tls) + serverName.hashCode()) + Objects.hashCode(keyLogFile);
        }
    }
}
