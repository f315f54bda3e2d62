package dev.webtransport.samples.bench.raw;

import dev.webtransport.samples.bench.BenchServer;
import dev.webtransport.samples.bench.DatagramTally;
import dev.webtransport.testkit.certificate.SelfSignedCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import tech.kwik.core.QuicConnection;
import tech.kwik.core.QuicStream;
import tech.kwik.core.server.ApplicationProtocolConnection;
import tech.kwik.core.server.ApplicationProtocolConnectionFactory;
import tech.kwik.core.server.ServerConnector;

/** A server on Kwik alone: a thread for each stream, blocking. */
public final class RawKwikServer implements BenchServer, ApplicationProtocolConnectionFactory {
    private final ExecutorService threads = KwikQuic.threads();
    private final ServerConnector connector;
    private final Address address;

    /**
     * Listens on a free port of the loopback address.
     *
     * @throws IOException if there is no socket
     * @throws GeneralSecurityException if Kwik cannot use the certificate
     */
    public RawKwikServer() throws IOException, GeneralSecurityException {
        SelfSignedCertificate certificate = SelfSignedCertificate.forLoopback();
        DatagramSocket socket = KwikQuic.socket();
        connector = KwikQuic.listen(socket, certificate, this);
        address = new Address(
                "https://127.0.0.1:" + socket.getLocalPort(), certificate.hash().toHex(), "kwik");
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public boolean enableDatagramExtension() {
        return true;
    }

    @Override
    public ApplicationProtocolConnection createConnection(String protocol, QuicConnection connection) {
        return new Connection(connection);
    }

    @Override
    public void close() {
        connector.close();
        threads.shutdownNow();
    }

    private final class Connection implements ApplicationProtocolConnection {
        private volatile @Nullable DatagramTally tally;

        Connection(QuicConnection connection) {
            connection.setDatagramHandler(datagram -> {
                DatagramTally counting = tally;
                if (counting == null) {
                    connection.sendDatagram(datagram);
                } else {
                    counting.add(ByteBuffer.wrap(datagram));
                }
            });
        }

        @Override
        public void acceptPeerInitiatedStream(QuicStream stream) {
            threads.execute(() -> {
                try (OutputStream out = stream.getOutputStream()) {
                    answer(stream.getInputStream(), out);
                } catch (IOException ended) {
                    stream.resetStream(0);
                } catch (InterruptedException closing) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        private void answer(InputStream in, OutputStream out) throws IOException, InterruptedException {
            switch (in.read()) {
                case Command.ECHO -> in.transferTo(out);
                case Command.SINK -> out.write(ascii(KwikStreams.checksum(in).toString()));
                case Command.SOURCE ->
                    KwikStreams.send(out, Long.parseLong(new String(in.readAllBytes(), StandardCharsets.US_ASCII)));
                case Command.COUNT -> count(in, out);
                default -> throw new IOException("no command");
            }
        }

        private void count(InputStream in, OutputStream out) throws IOException, InterruptedException {
            DatagramTally counting = new DatagramTally();
            tally = counting;
            out.write(Command.COUNT);
            in.readAllBytes();
            int before;
            do {
                before = counting.received();
                Thread.sleep(Command.QUIET_MILLIS);
            } while (counting.received() > before);
            out.write(ascii(counting.toString()));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
