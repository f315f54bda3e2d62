package dev.webtransport.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.Engine;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers as processes of their own, and how they end when asked to, on each QUIC engine. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.webtransport.transport.QuicTransports#engines")
@Timeout(120)
final class ServerProcessTest {
    private final Engine engine;

    ServerProcessTest(Engine engine) {
        this.engine = engine;
    }

    @BeforeAll
    static void signals() {
        Assumptions.assumeTrue(
                ProcessHandle.current().supportsNormalTermination(),
                "processes cannot be asked to end on this platform");
    }

    @Test
    void the_echo_server_closes_its_sessions_and_ends_with_status_0() throws IOException, InterruptedException {
        Process process = start("serve", "--port", "0", "--engine", engine.label());
        try (BufferedReader lines = process.inputReader()) {
            List<String> printed = readUpTo(lines, "Ctrl-C");
            String[] words = printed.stream()
                    .filter(line -> line.startsWith("try "))
                    .findFirst()
                    .orElseThrow()
                    .split(" +");

            Terminal client = Terminal.runWithInput(
                    "hello\n", words[2], words[3], words[4], words[5], "--engine", engine.label());
            assertEquals(ExitStatus.OK, client.status(), client::toString);
            assertTrue(client.out().contains("< hello\n"), client::toString);
            List<String> log = readUpTo(lines, "session 1 ends");
            assertTrue(log.get(0).startsWith("session 1 begins: "), log::toString);
            assertTrue(log.get(log.size() - 1).endsWith("closed with code 0"), log::toString);

            endWell(process);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void the_interop_server_says_first_where_it_is() throws IOException, InterruptedException {
        Process process = start("interop-server", "--port", "0", "--engine", engine.label());
        try (BufferedReader lines = process.inputReader()) {
            String first = lines.readLine();
            assertTrue(
                    first.matches("listening https://127\\.0\\.0\\.1:[1-9][0-9]* sha256=[0-9a-f]{64}"),
                    () -> "first line: " + first);
            endWell(process);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void endWell(Process process) throws InterruptedException {
        process.destroy();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the server did not end");
        assertEquals(ExitStatus.OK, process.exitValue());
    }

    private static List<String> readUpTo(BufferedReader lines, String beginning) throws IOException {
        List<String> read = new ArrayList<>();
        while (true) {
            String line = lines.readLine();
            if (line == null) {
                throw new AssertionError("the server ended before \"" + beginning + "\": " + read);
            }
            read.add(line);
            if (line.startsWith(beginning)) {
                return read;
            }
        }
    }

    private static Process start(String... arguments) throws IOException {
        return WtProcess.start(ProcessBuilder.Redirect.INHERIT, arguments);
    }
}
