package dev.webtransport.samples.bench.raw;

import dev.webtransport.config.QuicConfig;
import dev.webtransport.testkit.certificate.SelfSignedCertificate;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.X509TrustManager;
import tech.kwik.core.QuicClientConnection;
import tech.kwik.core.log.NullLogger;
import tech.kwik.core.server.ApplicationProtocolConnectionFactory;
import tech.kwik.core.server.ServerConnectionConfig;
import tech.kwik.core.server.ServerConnector;

/** Kwik by its public interface, with the SDK's default settings as far as it has them. */
final class KwikQuic {
    private static final QuicConfig CONFIG = QuicConfig.defaults();
    private static final String ALPN = "wt-bench";
    private static final String ALIAS = "server";
    private static final String CURVE = "secp256r1";
    private static final char[] PASSWORD = "in memory only".toCharArray();
    private static final int SOCKET_BUFFER = 4 << 20;
    private static final Duration HANDSHAKE = Duration.ofSeconds(30);

    private KwikQuic() {}

    /** For the loopback: who is connected to is known. */
    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw new UnsupportedOperationException("a client trusts servers");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            // Any.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Threads as many as there are streams that block. */
    static ExecutorService threads() {
        return Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "raw-kwik");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Connects. Blocks until the handshake is done. The certificate is not checked, and by name, because Kwik refuses
     * certificates for addresses.
     */
    static QuicClientConnection connect(InetSocketAddress server) throws IOException {
        QuicClientConnection connection = QuicClientConnection.newBuilder()
                .host("localhost")
                .preferIPv4()
                .port(server.getPort())
                .applicationProtocol(ALPN)
                .customTrustManager(new TrustAll())
                .connectTimeout(HANDSHAKE)
                .maxIdleTimeout(CONFIG.idleTimeout())
                .defaultStreamReceiveBufferSize(CONFIG.maxStreamData())
                .maxOpenPeerInitiatedBidirectionalStreams(CONFIG.maxIncomingBidirectionalStreams())
                .maxOpenPeerInitiatedUnidirectionalStreams(CONFIG.maxIncomingUnidirectionalStreams())
                .socketFactory(destination -> socket())
                .logger(new NullLogger())
                .enableDatagramExtension()
                .build();
        connection.connect();
        return connection;
    }

    /** A server on a socket. */
    static ServerConnector listen(
            DatagramSocket socket, SelfSignedCertificate certificate, ApplicationProtocolConnectionFactory protocol)
            throws IOException, GeneralSecurityException {
        ServerConnector connector = ServerConnector.builder()
                .withSocket(socket)
                .withKeyStore(keyStore(certificate), ALIAS, PASSWORD, CURVE)
                .withConfiguration(ServerConnectionConfig.builder()
                        .maxIdleTimeout((int) CONFIG.idleTimeout().toMillis())
                        .maxConnectionBufferSize(CONFIG.maxData())
                        .maxBidirectionalStreamBufferSize(CONFIG.maxStreamData())
                        .maxUnidirectionalStreamBufferSize(CONFIG.maxStreamData())
                        .maxOpenPeerInitiatedBidirectionalStreams(CONFIG.maxIncomingBidirectionalStreams())
                        .maxOpenPeerInitiatedUnidirectionalStreams(CONFIG.maxIncomingUnidirectionalStreams())
                        .maxTotalPeerInitiatedBidirectionalStreams(Long.MAX_VALUE)
                        .maxTotalPeerInitiatedUnidirectionalStreams(Long.MAX_VALUE)
                        .retryRequired(false)
                        .build())
                .withLogger(new NullLogger())
                .build();
        connector.registerApplicationProtocol(ALPN, protocol);
        connector.start();
        return connector;
    }

    /** A socket of the loopback address with the buffers that the SDK asks for. */
    static DatagramSocket socket() throws SocketException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.setReceiveBufferSize(SOCKET_BUFFER);
        socket.setSendBufferSize(SOCKET_BUFFER);
        return socket;
    }

    private static KeyStore keyStore(SelfSignedCertificate certificate) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                ALIAS, certificate.identity().privateKey(), PASSWORD, new Certificate[] {certificate.certificate()});
        return store;
    }
}
