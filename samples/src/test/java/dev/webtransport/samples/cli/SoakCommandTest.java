package dev.webtransport.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In a process of its own, whose memory nothing else uses. */
@Timeout(300)
final class SoakCommandTest {
    @ParameterizedTest
    @ValueSource(strings = {"netty", "kwik"})
    void everything_at_once_leaves_nothing_behind(String engine) throws IOException, InterruptedException {
        Process process = WtProcess.start(
                ProcessBuilder.Redirect.INHERIT, "soak", "--engine", engine, "--seconds", "20", "--every", "5");
        try (BufferedReader lines = process.inputReader()) {
            List<String> printed = lines.lines().collect(Collectors.toList());

            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it did not end");
            assertEquals(ExitStatus.OK, process.exitValue(), () -> String.join("\n", printed));
            assertTrue(printed.get(0).startsWith("seed "), () -> String.join("\n", printed));
            assertTrue(
                    printed.stream().anyMatch(line -> line.startsWith("open file descriptors")),
                    () -> String.join("\n", printed));
        } finally {
            process.destroyForcibly();
        }
    }
}
