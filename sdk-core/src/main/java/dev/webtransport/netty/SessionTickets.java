package dev.webtransport.netty;

import io.netty.handler.codec.quic.QuicSslContext;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Netty keeps of earlier TLS sessions, and does not show: whether a handshake resumed one, and the tickets of a client. It
 * reaches into private state, is written for Netty 4.2.18, and is {@link #find() found} only where every member it needs is
 * there; without it nothing is resumed.
 */
final class SessionTickets {
    private static final Logger LOG = LoggerFactory.getLogger(SessionTickets.class);
    private static final String PACKAGE = "io.netty.handler.codec.quic.";
    private static final @Nullable SessionTickets INSTANCE = look();

    /** How many tickets a context keeps: one per port of its one server name. Each has a kB or two. */
    static final int MAX_TICKETS = 16;

    private final Method isSessionReused;
    private final Method getSessionCache;
    private final Field sessions;
    private final Field sessionBytes;

    private SessionTickets() throws ReflectiveOperationException {
        Class<?> cache = Class.forName(PACKAGE + "QuicClientSessionCache");
        isSessionReused = open(Class.forName(PACKAGE + "QuicheQuicSslEngine").getDeclaredMethod("isSessionReused"));
        getSessionCache = open(Class.forName(PACKAGE + "QuicheQuicSslContext").getDeclaredMethod("getSessionCache"));
        sessions = open(cache.getDeclaredField("sessions"));
        sessionBytes = open(Class.forName(cache.getName() + "$SessionHolder").getDeclaredField("sessionBytes"));
    }

    /** The access, or null where this Netty or this module layout does not allow it. */
    static @Nullable SessionTickets find() {
        return INSTANCE;
    }

    /** Whether a handshake that is complete resumed an earlier session. */
    boolean isResumed(SSLEngine engine) {
        try {
            return (boolean) isSessionReused.invoke(engine);
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    /**
     * Makes a new context of a client keep a bounded number of tickets, and nothing of QUIC with them.
     *
     * <p>Netty stores the server's transport parameters in a ticket, and quiche applies them before the handshake, as 0-RTT
     * needs it. There is none here, and what the server allowed then would count on top of what it allows now: a
     * server that came back with lower limits would see them broken.
     */
    void tame(QuicSslContext context) {
        try {
            sessions.set(getSessionCache.invoke(context), new Tickets());
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    /**
     * Empties the transport parameters of a ticket in place: it is the TLS session behind 8 bytes of length, then the
     * parameters behind another 8.
     */
    static void forgetParameters(byte[] ticket) {
        long length = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            length = length << Byte.SIZE | (ticket[i] & 0xff);
        }
        int at = Math.toIntExact(Math.addExact(length, Long.BYTES));
        for (int i = 0; i < Long.BYTES; i++) {
            ticket[at + i] = 0;
        }
    }

    /** Used by Netty under its lock. */
    private final class Tickets extends LinkedHashMap<Object, Object> {
        private static final long serialVersionUID = 1L;

        @Override
        public Object put(Object server, Object ticket) {
            try {
                forgetParameters((byte[]) sessionBytes.get(ticket));
            } catch (ReflectiveOperationException failed) {
                throw broken(failed);
            }
            // The newest stays the longest.
            remove(server);
            return super.put(server, ticket);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Object> eldest) {
            return size() > MAX_TICKETS;
        }
    }

    private static IllegalStateException broken(ReflectiveOperationException failed) {
        return new IllegalStateException("a call into Netty's QUIC codec failed: " + failed, failed);
    }

    private static <T extends AccessibleObject> T open(T member) {
        member.setAccessible(true);
        return member;
    }

    private static @Nullable SessionTickets look() {
        try {
            return new SessionTickets();
        } catch (ReflectiveOperationException | RuntimeException | LinkageError missing) {
            LOG.warn(
                    "This Netty QUIC codec is not the one this engine was written for: no TLS session is resumed ({})",
                    missing.toString());
            return null;
        }
    }
}
