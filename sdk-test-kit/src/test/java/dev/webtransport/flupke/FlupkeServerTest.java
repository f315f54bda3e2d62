package dev.webtransport.flupke;

import static dev.webtransport.async.Outcome.failureOf;
import static dev.webtransport.async.Outcome.of;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.webtransport.async.AsyncBidirectionalStream;
import dev.webtransport.async.AsyncClient;
import dev.webtransport.async.AsyncReceiveStream;
import dev.webtransport.async.AsyncSendStream;
import dev.webtransport.async.AsyncSession;
import dev.webtransport.config.ClientConfig;
import dev.webtransport.config.Engine;
import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.error.SessionRejectedException;
import dev.webtransport.testkit.certificate.TestCertificates;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.DatagramStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("our client and Flupke's server")
@ParameterizedClass(name = "{0}")
@MethodSource("dev.webtransport.transport.QuicTransports#engines")
@Timeout(120)
final class FlupkeServerTest {
    private static final TestCertificates CERTIFICATES = TestCertificates.forLoopback();
    private static final int MEBIBYTE = 1 << 20;

    private final Engine engine;
    private FlupkeServer server;
    private AsyncClient client;

    FlupkeServerTest(Engine engine) {
        this.engine = engine;
    }

    @BeforeEach
    void start() throws Exception {
        server = new FlupkeServer(CERTIFICATES.identity());
        client = AsyncClient.create(
                ClientConfig.builder().tls(CERTIFICATES.client()).engine(engine).build());
    }

    @AfterEach
    void stop() throws Exception {
        of(client.close());
        server.close();
    }

    @Test
    void a_session_speaks_draft_13_and_has_no_datagrams() throws Exception {
        AsyncSession session = connect("/echo");

        assertEquals(
                Optional.of(WebTransportDraft.DRAFT_13), session.connection().draft());
        assertEquals(0, session.maxDatagramSize());
        assertEquals(DatagramStatus.TOO_LARGE, session.sendDatagram(bytes("lost")));
    }

    @Test
    void a_path_that_is_not_there_is_rejected_with_its_status() {
        SessionRejectedException rejected =
                failureOf(SessionRejectedException.class, client.connect(server.url("/nothing")));

        assertEquals(404, rejected.status());
    }

    @Test
    void bidirectional_streams_come_back_on_themselves() throws Exception {
        AsyncSession session = connect("/echo");
        // Flupke accepts a session, and knows of it a moment later: until then it rejects all streams but three.
        assertEquals("the first", text(of(ask(session, bytes("the first")))));

        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            answers.add(ask(session, bytes("stream " + i)));
        }

        for (int i = 0; i < 16; i++) {
            assertEquals("stream " + i, text(of(answers.get(i))));
        }
    }

    @Test
    void unidirectional_streams_come_back_on_new_ones() throws Exception {
        AsyncSession session = connect("/echo");
        AsyncSendStream sending = of(session.createUnidirectionalStream());
        of(sending.write(bytes("one way")));
        of(sending.finish());

        assertEquals("one way", text(readNext(session)));
    }

    @Test
    void streams_that_the_server_opens_are_read_and_answered() throws Exception {
        AsyncSession session = connect("/push");

        assertEquals("one way", text(readNext(session)));
        AsyncBidirectionalStream question =
                of(session.acceptBidirectionalStream()).orElseThrow();
        assertEquals("who is there?", text(of(question.receive().readAll(100))));
        of(question.send().write(bytes("the SDK")));
        of(question.send().finish());
        assertEquals("the SDK", text(readNext(session)));
    }

    @Test
    void four_mebibytes_arrive_whole() throws Exception {
        byte[] data = FlupkeStreams.data(4 * MEBIBYTE, 1);

        assertEquals(FlupkeStreams.sha256(data), text(of(ask(connect("/sum"), data))));
    }

    @Test
    void an_empty_stream_is_an_empty_stream() throws Exception {
        assertArrayEquals(new byte[0], of(ask(connect("/echo"), new byte[0])));
    }

    @Test
    void the_server_is_told_code_and_reason_of_our_close() throws Exception {
        AsyncSession session = connect("/echo");
        // Flupke accepts a session before the application can listen to its end: see that it does.
        assertEquals("there?", text(of(ask(session, bytes("there?")))));
        CloseInfo info = CloseInfo.of(4_294_967_295L, "bäh");
        of(session.close(info));

        assertEquals(info, server.ends().poll(30, TimeUnit.SECONDS));
    }

    @Test
    void we_are_told_code_and_reason_of_its_close() throws Exception {
        assertEquals(CloseInfo.of(4242, "that was all"), of(connect("/close").closed()));
    }

    @Test
    void a_reset_ends_what_the_server_reads() throws Exception {
        AsyncBidirectionalStream stream = of(connect("/echo").createBidirectionalStream());
        of(stream.send().write(bytes("half of it")));
        assertEquals("half of it", text(of(stream.receive().readExactly(10))));
        stream.send().reset(7);

        assertNotNull(server.failures().poll(30, TimeUnit.SECONDS));
    }

    private AsyncSession connect(String path) throws Exception {
        return of(client.connect(server.url(path)));
    }

    /** Sends on a new stream, and completes with what came back. */
    private static CompletableFuture<byte[]> ask(AsyncSession session, byte[] data) {
        return session.createBidirectionalStream().thenCompose(stream -> {
            CompletableFuture<byte[]> answer = stream.receive().readAll(MEBIBYTE);
            return stream.send()
                    .write(data)
                    .thenCompose(written -> stream.send().finish())
                    .thenCompose(finished -> answer);
        });
    }

    private static byte[] readNext(AsyncSession session) throws Exception {
        AsyncReceiveStream stream = of(session.acceptUnidirectionalStream()).orElseThrow();
        return of(stream.readAll(MEBIBYTE));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
