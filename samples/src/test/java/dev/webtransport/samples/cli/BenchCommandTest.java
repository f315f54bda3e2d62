package dev.webtransport.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.Engine;
import dev.webtransport.samples.browser.LocalInteropServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class BenchCommandTest {
    private static final String NO_HASH = "00".repeat(32);

    @Test
    void every_workload_runs_beside_the_engine_alone_and_its_figures_can_be_compared(@TempDir Path directory)
            throws IOException {
        Path json = directory.resolve("figures.json");
        Path svg = directory.resolve("figures.svg");
        Path markdown = directory.resolve("figures.md");

        Terminal run = Terminal.run(
                "bench",
                "--quick",
                "--raw",
                "--engine",
                "netty",
                "--runs",
                "1",
                "--short-streams",
                "1000",
                "--sessions",
                "10",
                "--json",
                json.toString(),
                "--svg",
                svg.toString(),
                "--markdown",
                markdown.toString(),
                "--timeout",
                "60");

        assertEquals(ExitStatus.OK, run.status(), run::toString);
        for (int workload = 1; workload <= 8; workload++) {
            assertTrue(run.out().contains("\nW" + workload + "  "), run::toString);
        }
        assertTrue(run.out().contains("netty alone"), run::toString);
        assertFalse(run.out().contains("failed"), run::toString);
        assertTrue(Files.readString(svg).startsWith("<svg "), run::toString);
        assertTrue(Files.readString(markdown).contains("Memory during W8"), run::toString);

        Terminal same = Terminal.run("bench", "--compare", json.toString(), json.toString(), "--tolerance", "0");
        assertEquals(ExitStatus.OK, same.status(), same::toString);

        Path worse = directory.resolve("worse.json");
        String slow = "$1[0.001]";
        Files.writeString(
                worse, Files.readString(json).replaceFirst("(\"connect.rate\":\\{[^}]*\"runs\":)\\[[^]]*]", slow));
        Terminal compared = Terminal.run("bench", "--compare", json.toString(), worse.toString(), "--tolerance", "50");
        assertEquals(ExitStatus.FAILED, compared.status(), compared::toString);
        assertTrue(compared.out().contains("worse: W5 connect, ready, close"), compared::toString);
    }

    @Test
    void somebody_elses_server_is_measured_as_far_as_its_paths_go() {
        try (LocalInteropServer server = LocalInteropServer.start(Engine.NETTY)) {
            Terminal run = Terminal.run(
                    "bench", server.url(), "--hash", server.hash(), "--quick", "--runs", "1", "--only", "W1,W2,W3,W4");

            assertEquals(ExitStatus.OK, run.status(), run::toString);
            assertTrue(run.out().contains("up, one stream"), run::toString);
            assertTrue(run.out().contains("64 B there and back"), run::toString);
            assertTrue(run.out().contains("W4 left out"), run::toString);
            assertFalse(run.out().contains("received, 1,000 B each"), run::toString);
        }
    }

    @Test
    void a_server_that_is_not_there_is_told_at_once() throws IOException {
        int port;
        try (DatagramSocket free = new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))) {
            port = free.getLocalPort();
        }
        Terminal run = Terminal.run("bench", "https://127.0.0.1:" + port, "--hash", NO_HASH, "--quick");

        assertEquals(ExitStatus.UNREACHABLE, run.status(), run::toString);
        assertTrue(run.err().startsWith("wt: no connection to 127.0.0.1:" + port), run::toString);
        assertEquals("", run.out());
    }

    @Test
    void a_certificate_with_another_hash_is_not_measured() {
        try (LocalInteropServer server = LocalInteropServer.start(Engine.NETTY)) {
            Terminal run = Terminal.run("bench", server.url(), "--hash", NO_HASH, "--quick");

            assertEquals(ExitStatus.UNTRUSTED, run.status(), run::toString);
        }
    }

    @Test
    void what_cannot_be_written_is_told_before_anything_is_measured(@TempDir Path directory) throws IOException {
        Path page = Files.writeString(directory.resolve("page.md"), "# Mine\n");
        Terminal marked = Terminal.run("bench", "--markdown", page.toString());
        assertEquals(ExitStatus.FAILED, marked.status(), marked::toString);
        assertTrue(marked.err().contains("has no place for figures"), marked::toString);
        assertEquals("# Mine\n", Files.readString(page));

        Terminal nowhere = Terminal.run(
                "bench", "--json", directory.resolve("no/such.json").toString());
        assertEquals(ExitStatus.FAILED, nowhere.status(), nowhere::toString);
        assertTrue(nowhere.err().contains("cannot write to"), nowhere::toString);
    }

    @Test
    void files_that_hold_no_figures_are_named(@TempDir Path directory) throws IOException {
        Path other = Files.writeString(directory.resolve("other.json"), "{\"format\":7}");
        Terminal run = Terminal.run("bench", "--show", other.toString());
        assertEquals(ExitStatus.FAILED, run.status(), run::toString);
        assertTrue(run.err().contains("other.json holds no figures of wt bench"), run::toString);

        Terminal missing =
                Terminal.run("bench", "--show", directory.resolve("none.json").toString());
        assertEquals(ExitStatus.FAILED, missing.status(), missing::toString);
        assertTrue(missing.err().contains("no such file"), missing::toString);
    }

    @Test
    void ctrl_c_ends_the_processes_that_are_measured_too() throws Exception {
        Assumptions.assumeTrue(
                ProcessHandle.current().supportsNormalTermination(), "processes cannot be asked to end here");
        Process process =
                WtProcess.start(ProcessBuilder.Redirect.PIPE, "bench", "--only", "W1", "--runs", "1000", "--progress");
        try (BufferedReader progress = process.errorReader()) {
            String line = progress.readLine();
            while (line != null && !line.contains("warming up")) {
                line = progress.readLine();
            }
            List<ProcessHandle> children = process.descendants().toList();
            assertEquals(2, children.size(), "a server and a client");

            process.destroy();

            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the command did not end");
            CompletableFuture<?>[] ended =
                    children.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(ended).get(60, TimeUnit.SECONDS);
            assertTrue(process.exitValue() != ExitStatus.OK, "what was not measured to its end is no success");
        } finally {
            process.destroyForcibly();
        }
    }
}
