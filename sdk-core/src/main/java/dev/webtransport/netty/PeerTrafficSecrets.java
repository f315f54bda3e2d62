package dev.webtransport.netty;

import io.netty.handler.codec.quic.BoringSSLKeylog;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the secret that protects what the peer sends, until the connection it belongs to asks for it.
 *
 * <p>The secret waits in the TLS session object of its connection, so nothing is shared between connections, event
 * loops or sockets, and what is never asked for goes away with the connection. One instance serves any number of
 * contexts. Where a context chooses another one by server name, both need it as their key log.
 */
final class PeerTrafficSecrets implements BoringSSLKeylog {
    static final PeerTrafficSecrets KEY_LOG = new PeerTrafficSecrets();

    private static final String CLIENT_LABEL = "CLIENT_TRAFFIC_SECRET_0";
    private static final String SERVER_LABEL = "SERVER_TRAFFIC_SECRET_0";
    private static final String SESSION_VALUE = "dev.webtransport.netty.peer-traffic-secret";
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
        String label = engine.getUseClientMode() ? SERVER_LABEL : CLIENT_LABEL;
        if (!line.startsWith(label) || line.length() <= label.length() || line.charAt(label.length()) != ' ') {
            return;
        }
        byte[] secret = bytesOf(line.substring(line.lastIndexOf(' ') + 1).trim());
        if (secret != null) {
            engine.getSession().putValue(SESSION_VALUE, secret);
        }
    }

    /** Hands the secret over, once; null if the key log was not installed or the handshake has not come so far. */
    static byte @Nullable [] take(SSLEngine engine) {
        Object secret = engine.getSession().getValue(SESSION_VALUE);
        if (secret == null) {
            return null;
        }
        engine.getSession().removeValue(SESSION_VALUE);
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
