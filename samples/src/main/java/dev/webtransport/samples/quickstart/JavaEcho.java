package dev.webtransport.samples.quickstart;

import dev.webtransport.async.AsyncBidirectionalStream;
import dev.webtransport.async.AsyncClient;
import dev.webtransport.async.AsyncServer;
import dev.webtransport.async.AsyncSession;
import dev.webtransport.config.ClientConfig;
import dev.webtransport.config.ClientTlsConfig;
import dev.webtransport.config.OriginPolicy;
import dev.webtransport.config.ServerCertificateHash;
import dev.webtransport.config.ServerConfig;
import dev.webtransport.config.ServerTlsConfig;
import dev.webtransport.config.TlsIdentity;
import dev.webtransport.config.Trust;
import dev.webtransport.error.WebTransportException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server that sends back what it gets, and a client that says hello to it. {@code wt cert} makes {@code cert.pem} and
 * {@code key.pem}, and prints the hash that clients need.
 */
public final class JavaEcho {
    private JavaEcho() {}

    /**
     * Without arguments the server, with a URL and the hash of a certificate the client.
     *
     * @param arguments none, or URL and hash
     * @throws Exception if something fails
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 2) {
            runClient(arguments[0], arguments[1]);
        } else {
            runServer();
        }
    }

    private static void runServer() throws Exception {
        TlsIdentity identity = TlsIdentity.fromPem(Path.of("cert.pem"), Path.of("key.pem"));
        ServerTlsConfig tls = ServerTlsConfig.builder(identity).build();
        ServerConfig config =
                ServerConfig.builder(tls).originPolicy(OriginPolicy.any()).build();
        AsyncServer server = AsyncServer.listen(config).join();
        System.out.println("listening on port " + server.port());

        // What blocks runs on threads of its own: those that complete futures are the SDK's.
        ExecutorService threads = Executors.newCachedThreadPool();
        server.serve(request -> request.accept().thenAcceptAsync(session -> echo(session, threads), threads))
                .join();
    }

    private static void echo(AsyncSession session, ExecutorService threads) {
        threads.submit(() -> echoDatagrams(session));
        Optional<AsyncBidirectionalStream> next =
                session.acceptBidirectionalStream().join();
        while (next.isPresent()) {
            echo(next.get());
            next = session.acceptBidirectionalStream().join();
        }
    }

    private static void echo(AsyncBidirectionalStream stream) {
        stream.receive()
                .readAll(1_000_000)
                .thenCompose(data -> stream.send().write(data))
                .thenCompose(written -> stream.send().finish())
                .whenComplete((finished, failure) -> {
                    // No effect on what ended well; the rest must not stay half open.
                    stream.send().reset();
                    stream.receive().stopSending();
                });
    }

    private static Void echoDatagrams(AsyncSession session) throws WebTransportException {
        Optional<byte[]> next = session.receiveDatagram().join();
        while (next.isPresent()) {
            session.sendDatagram(next.get());
            next = session.receiveDatagram().join();
        }
        return null;
    }

    private static void runClient(String url, String hash) throws Exception {
        Trust trust = Trust.serverCertificateHashes(List.of(ServerCertificateHash.sha256(hash)));
        ClientTlsConfig tls = ClientTlsConfig.builder().trust(trust).build();
        AsyncClient client = AsyncClient.create(ClientConfig.builder().tls(tls).build());
        AsyncSession session = client.connect(url).join();

        AsyncBidirectionalStream stream = session.createBidirectionalStream().join();
        stream.send()
                .write("hello on a stream".getBytes(StandardCharsets.UTF_8))
                .join();
        stream.send().finish().join();
        byte[] answer = stream.receive().readAll(1_000_000).join();
        System.out.println(new String(answer, StandardCharsets.UTF_8));

        session.sendDatagram("hello as a datagram".getBytes(StandardCharsets.UTF_8));
        session.receiveDatagram()
                .join()
                .ifPresent(datagram -> System.out.println(new String(datagram, StandardCharsets.UTF_8)));

        session.close().join();
        client.close().join();
    }
}
