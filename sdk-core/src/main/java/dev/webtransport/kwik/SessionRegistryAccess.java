package dev.webtransport.kwik;

import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tech.kwik.agent15.engine.TlsServerEngineFactory;
import tech.kwik.agent15.engine.TlsSessionRegistry;
import tech.kwik.core.server.ServerConnector;
import tech.kwik.core.server.impl.ServerConnectorImpl;

/**
 * Puts a bound to the TLS sessions that Kwik's server keeps. Kwik makes its registry by itself and has no way to hand in another, so two
 * private fields are touched, the second one final. Where they are not there, sessions cost memory for a day.
 */
final class SessionRegistryAccess {
    /** Some 2.5 MB of a server's port. */
    static final int MAX_SESSIONS = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(SessionRegistryAccess.class);
    private static final String UNBOUNDED = "the TLS sessions of servers are not bounded; each is kept for a day";
    private static final @Nullable Field FACTORY =
            KwikFields.find(ServerConnectorImpl.class, "tlsEngineFactory", UNBOUNDED);
    private static final @Nullable Field REGISTRY =
            KwikFields.find(TlsServerEngineFactory.class, "tlsSessionRegistry", UNBOUNDED);

    private SessionRegistryAccess() {}

    /**
     * Lets a server keep {@link #MAX_SESSIONS} sessions and no more. To be called before it starts.
     *
     * @param connector the server
     * @return whether that was possible
     */
    static boolean bound(ServerConnector connector) {
        if (FACTORY == null || REGISTRY == null) {
            return false;
        }
        try {
            Object factory = FACTORY.get(connector);
            TlsSessionRegistry sessions = (TlsSessionRegistry) REGISTRY.get(factory);
            REGISTRY.set(factory, new BoundedSessionRegistry(sessions, MAX_SESSIONS));
            return true;
        } catch (IllegalAccessException | RuntimeException refused) {
            // Another Kwik, or a JVM that lets nobody change final fields (JEP 500).
            LOG.warn("Kwik did not let its fields be changed: {} ({})", UNBOUNDED, refused.toString());
            return false;
        }
    }
}
