package dev.webtransport.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.samples.browser.LocalInteropServer;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConnectCommandTest {
    private static LocalInteropServer server;

    @BeforeAll
    static void startServer() {
        server = LocalInteropServer.start();
    }

    @AfterAll
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
        Terminal run = Terminal.runWithInput(
                "", "connect", server.url() + "/echo", "--hash", server.hash(), "--protocol", "echo.v2");

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

        Terminal run = Terminal.runWithInput("hello\n", "connect", server.url() + "/echo", "--ca", file.toString());

        assertEquals(ExitStatus.OK, run.status(), run::toString);
        assertTrue(run.out().contains("< hello\n"), run::toString);
    }

    @Test
    void silence_ends_with_status_3() throws IOException {
        try (DatagramSocket silent = new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))) {
            Terminal run = Terminal.run(
                    "connect", "https://127.0.0.1:" + silent.getLocalPort(), "--timeout", "1", "--hash", server.hash());

            assertFailsInOneLine(ExitStatus.UNREACHABLE, run);
        }
    }

    @Test
    void a_name_that_does_not_resolve_ends_with_status_3() {
        assertFailsInOneLine(ExitStatus.UNREACHABLE, Terminal.run("connect", "https://no-such-host.invalid:4433"));
    }

    @Test
    void another_certificate_ends_with_status_4() {
        Terminal run = Terminal.run("connect", server.url() + "/echo", "--hash", "00".repeat(32));

        assertFailsInOneLine(ExitStatus.UNTRUSTED, run);
        assertTrue(run.err().contains(server.hash()), run::toString);
    }

    @Test
    void a_certificate_the_system_does_not_know_ends_with_status_4() {
        assertFailsInOneLine(ExitStatus.UNTRUSTED, Terminal.run("connect", server.url() + "/echo"));
    }

    @Test
    void a_refusal_ends_with_status_5_and_names_the_http_status() {
        Terminal run = connect("", "/reject?status=403");

        assertFailsInOneLine(ExitStatus.REJECTED, run);
        assertTrue(run.err().contains("403"), run::toString);
    }

    private static Terminal connect(String input, String path) {
        return Terminal.runWithInput(input, "connect", server.url() + path, "--hash", server.hash());
    }

    private static void assertFailsInOneLine(int status, Terminal run) {
        assertEquals(status, run.status(), run::toString);
        assertTrue(run.err().startsWith("wt: "), run::toString);
        assertEquals(1, run.err().lines().count(), run::toString);
    }
}
