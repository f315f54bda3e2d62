package dev.webtransport.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.Engine;
import dev.webtransport.samples.browser.LocalInteropServer;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass(name = "{0}")
@MethodSource("dev.webtransport.transport.QuicTransports#engines")
final class ConnectCommandTest {
    private static LocalInteropServer server;
    private final Engine engine;

    ConnectCommandTest(Engine engine) {
        this.engine = engine;
    }

    @BeforeParameterizedClassInvocation
    static void startServer(Engine engine) {
        server = LocalInteropServer.start(engine);
    }

    @AfterParameterizedClassInvocation
    static void stopServer() {
        server.close();
    }

    @Test
    void a_line_goes_to_a_stream_and_the_answer_is_printed() {
        Terminal run = connect("hello\n/stream /slash\n", "/echo");

        assertEquals(ExitStatus.OK, run.status(), run::toString);
        assertTrue(run.out().contains("< hello\n< /slash\n"), run::toString);
        assertTrue(run.out().endsWith("closed: code 0\n"), run::toString);
    }

    @Test
    void one_way_streams_and_datagrams_come_back_before_the_end_of_the_input_closes() {
        Terminal run = connect("/uni one way\n/dgram loose\n", "/echo");

        assertEquals(ExitStatus.OK, run.status(), run::toString);
        assertTrue(run.out().matches("(?s).*< \\[stream [0-9]+\\] one way\n.*"), run::toString);
        assertTrue(run.out().contains("< [datagram] loose\n"), run::toString);
    }

    @Test
    void a_code_and_a_reason_close_the_session() {
        Terminal run = connect("/close 7 that was all\nnever sent\n", "/echo");

        assertEquals(ExitStatus.OK, run.status(), run::toString);
        assertTrue(run.out().endsWith("closed: code 7 \"that was all\"\n"), run::toString);
    }

    @Test
    void what_the_server_sends_by_itself_is_printed_and_its_close_ends_the_command() {
        Terminal pushed = connect("/uni wait for it\n", "/push?bidi=1&uni=1&dgram=0");
        assertTrue(pushed.out().contains("] srv-bidi-0\n"), pushed::toString);
        assertTrue(pushed.out().contains("] srv-uni-0\n"), pushed::toString);

        Terminal closed = connect("/stream x\n".repeat(1), "/close?code=9&reason=enough&after=0");
        assertEquals(ExitStatus.OK, closed.status(), closed::toString);
        assertTrue(closed.out().contains("code 9 \"enough\"\n"), closed::toString);
    }

    @Test
    void characters_that_command_a_terminal_are_not_passed_on() {
        Terminal run = connect("bell \u0007 and escape \u001b[31m\n", "/echo");

        assertTrue(run.out().contains("< bell \\u0007 and escape \\u001b[31m\n"), run::toString);
    }

    @Test
    void a_subprotocol_is_offered_and_the_answer_shown() {
        Terminal run = connectTo("", server.url() + "/echo", "--hash", server.hash(), "--protocol", "echo.v2");

        assertEquals(ExitStatus.OK, run.status(), run::toString);
        assertTrue(run.out().contains("protocol echo.v2"), run::toString);
    }

    @Test
    void an_unknown_command_is_explained_and_the_session_goes_on() {
        Terminal run = connect("/shout\n/close nine\nstill here\n", "/echo");

        assertTrue(run.err().contains("unknown command /shout"), run::toString);
        assertTrue(run.err().contains("\"nine\" is not a close code"), run::toString);
        assertTrue(run.out().contains("< still here\n"), run::toString);
    }

    @Test
    void an_authority_in_a_file_is_trusted(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("ca.pem"), server.certificatePem());

        Terminal run = connectTo("hello\n", server.url() + "/echo", "--ca", file.toString());

        assertEquals(ExitStatus.OK, run.status(), run::toString);
        assertTrue(run.out().contains("< hello\n"), run::toString);
    }

    @Test
    void silence_ends_with_status_3() throws IOException {
        try (DatagramSocket silent = new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))) {
            Terminal run = connectTo(
                    "", "https://127.0.0.1:" + silent.getLocalPort(), "--timeout", "1", "--hash", server.hash());

            assertFailsInOneLine(ExitStatus.UNREACHABLE, run);
        }
    }

    @Test
    void a_name_that_does_not_resolve_ends_with_status_3() {
        assertFailsInOneLine(ExitStatus.UNREACHABLE, connectTo("", "https://no-such-host.invalid:4433"));
    }

    @Test
    void another_certificate_ends_with_status_4() {
        Terminal run = connectTo("", server.url() + "/echo", "--hash", "00".repeat(32));

        assertFailsInOneLine(ExitStatus.UNTRUSTED, run);
        assertTrue(run.err().contains(server.hash()), run::toString);
    }

    @Test
    void a_certificate_the_system_does_not_know_ends_with_status_4() {
        assertFailsInOneLine(ExitStatus.UNTRUSTED, connectTo("", server.url() + "/echo"));
    }

    @Test
    void a_refusal_ends_with_status_5_and_names_the_http_status() {
        Terminal run = connect("", "/reject?status=403");

        assertFailsInOneLine(ExitStatus.REJECTED, run);
        assertTrue(run.err().contains("403"), run::toString);
    }

    private Terminal connect(String input, String path) {
        return connectTo(input, server.url() + path, "--hash", server.hash());
    }

    private Terminal connectTo(String input, String url, String... options) {
        List<String> arguments = new ArrayList<>(List.of("connect", url, "--engine", engine.label()));
        arguments.addAll(List.of(options));
        return Terminal.runWithInput(input, arguments.toArray(new String[0]));
    }

    private static void assertFailsInOneLine(int status, Terminal run) {
        assertEquals(status, run.status(), run::toString);
        assertTrue(run.err().startsWith("wt: "), run::toString);
        assertEquals(1, run.err().lines().count(), run::toString);
    }
}
