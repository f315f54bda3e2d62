package dev.webtransport.kwik;

import dev.webtransport.config.ClientTlsConfig;
import dev.webtransport.config.SessionResumption;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tech.kwik.core.QuicClientConnection;
import tech.kwik.core.QuicSessionTicket;

/**
 * The session tickets of a client, each good for one connection. A ticket serves one server name and port under one and the same
 * settings object only: what was trusted under other settings counts for nothing. The certificate that it stands for is checked
 * again before it is used. Bounded, in memory only. Safe for several threads.
 */
final class SessionTickets {
    private static final Logger LOG = LoggerFactory.getLogger(SessionTickets.class);

    /** How many servers are remembered, the latest heard of, and how many tickets of each, the newest. */
    private static final int MAX_SERVERS = 32;

    private static final int MAX_TICKETS = 4;

    private final Map<Key, Deque<Ticket>> servers = new LinkedHashMap<>();

    /** Whose tickets they are. */
    static final class Key {
        private final ClientTlsConfig tls;
        private final String serverName;
        private final int port;

        Key(ClientTlsConfig tls, String serverName, int port) {
            this.tls = tls;
            this.serverName = serverName.toLowerCase(Locale.ROOT);
            this.port = port;
        }

        @Override
        @SuppressWarnings("ReferenceEquality")
        public boolean equals(@Nullable Object other) {
            return other instanceof Key
                    && tls == ((Key) other).tls
                    && port == ((Key) other).port
                    && serverName.equals(((Key) other).serverName);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * System.identityHashCode(tls) + serverName.hashCode()) + port;
        }
    }

    /** A ticket, and the certificates of the full handshake that it goes back to. */
    static final class Ticket {
        private final QuicSessionTicket ticket;
        private final X509Certificate[] chain;

        Ticket(QuicSessionTicket ticket, X509Certificate[] chain) {
            this.ticket = ticket;
            this.chain = chain;
        }

        QuicSessionTicket ticket() {
            return ticket;
        }

        X509Certificate[] chain() {
            return chain;
        }
    }

    /** Whether there is a ticket for this. */
    boolean has(Key key) {
        synchronized (servers) {
            return servers.containsKey(key);
        }
    }

    /**
     * A ticket to use now, which is not used again.
     *
     * @param key for what
     * @param judge checks the certificate that it stands for
     */
    Optional<Ticket> take(Key key, KwikTls.Judge judge) {
        Ticket newest;
        synchronized (servers) {
            Deque<Ticket> tickets = servers.get(key);
            newest = tickets == null ? null : tickets.pollLast();
        }
        if (newest == null) {
            return Optional.empty();
        }
        try {
            judge.check(newest.chain());
            return Optional.of(newest);
        } catch (CertificateException refused) {
            LOG.debug(
                    "A session ticket is not used, for its certificate is not trusted any more: {}",
                    refused.toString());
            forget(key);
            return Optional.empty();
        }
    }

    /**
     * Keeps the tickets that a server has sent so far.
     *
     * @param key for what
     * @param connection to the server
     * @param chain the certificates that its handshake goes back to
     */
    void keep(Key key, QuicClientConnection connection, X509Certificate[] chain) {
        if (key.tls.sessionResumption() == SessionResumption.NEVER) {
            return;
        }
        List<QuicSessionTicket> sent = connection.getNewSessionTickets();
        synchronized (servers) {
            List<QuicSessionTicket> news;
            synchronized (sent) {
                news = new ArrayList<>(sent);
                sent.clear();
            }
            if (news.isEmpty()) {
                return;
            }
            // The server that was heard of last is the last to go.
            Deque<Ticket> tickets = servers.remove(key);
            tickets = tickets == null ? new ArrayDeque<>() : tickets;
            servers.put(key, tickets);
            for (QuicSessionTicket ticket : news) {
                tickets.addLast(new Ticket(ticket, chain));
            }
            while (tickets.size() > MAX_TICKETS) {
                tickets.removeFirst();
            }
            if (servers.size() > MAX_SERVERS) {
                Iterator<Key> eldest = servers.keySet().iterator();
                eldest.next();
                eldest.remove();
            }
        }
    }

    /** Forgets the tickets of one server. */
    private void forget(Key key) {
        synchronized (servers) {
            servers.remove(key);
        }
    }

    /** Forgets everything. */
    void clear() {
        synchronized (servers) {
            servers.clear();
        }
    }
}
