package dev.webtransport.netty;

import io.netty.handler.codec.quic.BoringSSLKeylog;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the secret that protects what the peer sends, and the secret of the TLS exporter, until the connection they belong to
 * asks for them.
 *
 * <p>A secret waits in the TLS session object of its connection, so nothing is shared between connections, event
 * loops or sockets, and what is never asked for goes away with the connection. One instance serves any number of
 * contexts. Where a context chooses another one by server name, both need it as their key log.
 */
final class PeerTrafficSecrets implements BoringSSLKeylog {
    static final PeerTrafficSecrets KEY_LOG = new PeerTrafficSecrets();

    private static final String CLIENT_LABEL = "CLIENT_TRAFFIC_SECRET_0";
    private static final String SERVER_LABEL = "SERVER_TRAFFIC_SECRET_0";
    private static final String EXPORTER_LABEL = "EXPORTER_SECRET";
    private static final String SESSION_VALUE = "dev.webtransport.netty.peer-traffic-secret";
    private static final String EXPORTER_VALUE = "dev.webtransport.netty.exporter-secret";
    private static final int LONGEST_SECRET = 48;

    private PeerTrafficSecrets() {}

    /** A key log that also hands every line on to another one, if there is another. */
    static BoringSSLKeylog and(@Nullable BoringSSLKeylog other) {
        if (other == null) {
            return KEY_LOG;
        }
        return (engine, line) -> {
            KEY_LOG.logKey(engine, line);
            other.logKey(engine, line);
        };
    }

    /** Takes a line {@code LABEL client-random secret} with both values in hexadecimal; ignores all other lines. */
    @Override
    public void logKey(SSLEngine engine, String line) {
        keep(engine, line, engine.getUseClientMode() ? SERVER_LABEL : CLIENT_LABEL, SESSION_VALUE);
        keep(engine, line, EXPORTER_LABEL, EXPORTER_VALUE);
    }

    /** Hands the secret over, once; null if the key log was not installed or the handshake has not come so far. */
    static byte @Nullable [] take(SSLEngine engine) {
        return take(engine, SESSION_VALUE);
    }

    /** The same for the secret of the TLS exporter (RFC 8446 section 7.5). */
    static byte @Nullable [] takeExporterSecret(SSLEngine engine) {
        return take(engine, EXPORTER_VALUE);
    }

    private static void keep(SSLEngine engine, String line, String label, String name) {
        if (!line.startsWith(label) || line.length() <= label.length() || line.charAt(label.length()) != ' ') {
            return;
        }
        byte[] secret = bytesOf(line.substring(line.lastIndexOf(' ') + 1).trim());
        if (secret != null) {
            engine.getSession().putValue(name, secret);
        }
    }

    private static byte @Nullable [] take(SSLEngine engine, String name) {
        Object secret = engine.getSession().getValue(name);
        if (secret == null) {
            return null;
        }
        engine.getSession().removeValue(name);
        return (byte[]) secret;
    }

    private static byte @Nullable [] bytesOf(String hex) {
        if (hex.length() % 2 != 0 || hex.length() > 2 * LONGEST_SECRET) {
            return null;
        }
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            int high = Character.digit(hex.charAt(2 * i), 16);
            int low = Character.digit(hex.charAt(2 * i + 1), 16);
            if (high < 0 || low < 0) {
                return null;
            }
            bytes[i] = (byte) (high << 4 | low);
        }
        return bytes;
    }
}
