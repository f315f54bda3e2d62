package dev.webtransport.flupke;

import dev.webtransport.config.TlsIdentity;
import dev.webtransport.value.CloseInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import tech.kwik.core.log.NullLogger;
import tech.kwik.core.server.ServerConnector;
import tech.kwik.flupke.webtransport.Session;
import tech.kwik.flupke.webtransport.WebTransportHttp3ApplicationProtocolFactory;
import tech.kwik.flupke.webtransport.WebTransportStream;

/**
 * A server of Flupke on 127.0.0.1. {@code /echo} sends bidirectional streams back on themselves and unidirectional ones on new ones;
 * {@code /sum} answers with the SHA-256 of a bidirectional stream; {@code /push} opens one of each, and sends back on a third what the client answered; {@code /close} ends the session with code 4242.
 */
final class FlupkeServer implements AutoCloseable {
    private static final char[] PASSWORD = "secret".toCharArray();

    private final DatagramSocket socket;
    private final ServerConnector connector;
    private final BlockingQueue<CloseInfo> ends = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> failures = new LinkedBlockingQueue<>();

    FlupkeServer(TlsIdentity identity) throws IOException, GeneralSecurityException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        connector = ServerConnector.builder()
                .withSocket(socket)
                .withKeyStore(keyStore(identity), "server", PASSWORD)
                .withLogger(new NullLogger())
                .build();
        // Flupke asks this handler before it looks for a session's path; an answer here would be the last word.
        WebTransportHttp3ApplicationProtocolFactory protocol =
                new WebTransportHttp3ApplicationProtocolFactory((request, response) -> {});
        protocol.registerWebTransportServer("/echo", this::echo);
        protocol.registerWebTransportServer("/sum", this::sum);
        protocol.registerWebTransportServer("/push", this::push);
        protocol.registerWebTransportServer("/close", this::end);
        connector.registerApplicationProtocol("h3", protocol);
        connector.start();
    }

    String url(String path) {
        return "https://127.0.0.1:" + socket.getLocalPort() + path;
    }

    /** How sessions ended, as Flupke was told or said itself, in that order. */
    BlockingQueue<CloseInfo> ends() {
        return ends;
    }

    /** How reading or writing failed, in that order. */
    BlockingQueue<String> failures() {
        return failures;
    }

    @Override
    public void close() {
        connector.close();
        socket.close();
    }

    private void echo(Session session) {
        session.setBidirectionalStreamReceiveHandler(
                stream -> inThread(() -> FlupkeStreams.copy(stream.getInputStream(), stream.getOutputStream())));
        session.setUnidirectionalStreamReceiveHandler(stream -> inThread(() -> {
            byte[] data = stream.getInputStream().readAllBytes();
            FlupkeStreams.send(session.createUnidirectionalStream(), data);
        }));
        open(session);
    }

    private void sum(Session session) {
        session.setBidirectionalStreamReceiveHandler(stream -> inThread(() -> FlupkeStreams.send(
                stream, bytes(FlupkeStreams.sha256(stream.getInputStream().readAllBytes())))));
        open(session);
    }

    private void push(Session session) {
        open(session);
        inThread(() -> {
            FlupkeStreams.send(session.createUnidirectionalStream(), bytes("one way"));
            WebTransportStream question = session.createBidirectionalStream();
            FlupkeStreams.send(question, bytes("who is there?"));
            byte[] answer = question.getInputStream().readAllBytes();
            FlupkeStreams.send(session.createUnidirectionalStream(), answer);
        });
    }

    private void end(Session session) {
        open(session);
        inThread(() -> session.close(4242, "that was all"));
    }

    private void open(Session session) {
        session.registerSessionTerminatedEventListener(
                (code, reason) -> ends.add(FlupkeStreams.closeInfo(code, reason)));
        session.open();
    }

    /** Flupke hands streams over on the thread that reads the connection's other streams: it must not be held up. */
    private void inThread(Exchange exchange) {
        Thread thread = new Thread(
                () -> {
                    try {
                        exchange.run();
                    } catch (IOException | UncheckedIOException failure) {
                        failures.add(String.valueOf(failure.getMessage()));
                    }
                },
                "flupke-server");
        thread.setDaemon(true);
        thread.start();
    }

    private interface Exchange {
        void run() throws IOException;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static KeyStore keyStore(TlsIdentity identity) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, PASSWORD);
        keys.setKeyEntry(
                "server", identity.privateKey(), PASSWORD, identity.chain().toArray(new Certificate[0]));
        return keys;
    }
}
