package dev.webtransport.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In a process of its own, whose memory nothing else uses. */
@Timeout(300)
final class SoakCommandTest {
    private static final Pattern PROGRESS = Pattern.compile("([0-9]+) s: ");

    @ParameterizedTest
    @ValueSource(strings = {"netty", "kwik"})
    void everything_at_once_leaves_nothing_behind(String engine) throws IOException, InterruptedException {
        Process process = WtProcess.start(
                ProcessBuilder.Redirect.INHERIT, "soak", "--engine", engine, "--seconds", "20", "--every", "5");
        try (BufferedReader lines = process.inputReader()) {
            List<String> printed = lines.lines().collect(Collectors.toList());

            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it did not end");
            assertCompared(process, printed);
            assertTrue(printed.get(0).startsWith("seed "), () -> String.join("\n", printed));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void interrupted_it_still_compares() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                ProcessHandle.current().supportsNormalTermination(),
                "processes cannot be asked to end on this platform");
        Process process = WtProcess.start(ProcessBuilder.Redirect.INHERIT, "soak", "--seconds", "50", "--every", "1");
        try (BufferedReader lines = process.inputReader()) {
            List<String> printed = new ArrayList<>();
            // The seconds are counted anew after the warming up.
            int seconds = 0;
            int before = 0;
            while (seconds >= before) {
                String line = lines.readLine();
                assertNotNull(line, () -> "it ended early: " + String.join("\n", printed));
                printed.add(line);
                Matcher progress = PROGRESS.matcher(line);
                if (progress.lookingAt()) {
                    before = seconds;
                    seconds = Integer.parseInt(progress.group(1));
                }
            }
            // Not destroy() of the process, which closes its output.
            process.toHandle().destroy();
            lines.lines().forEach(printed::add);

            assertTrue(process.waitFor(200, TimeUnit.SECONDS), "it did not end");
            assertPrinted("stopped;", printed);
            assertCompared(process, printed);
        } finally {
            process.destroyForcibly();
        }
    }

    /** It ended well, with the table of what grew. */
    private static void assertCompared(Process process, List<String> printed) {
        assertEquals(ExitStatus.OK, process.exitValue(), () -> String.join("\n", printed));
        assertPrinted("open file descriptors", printed);
    }

    private static void assertPrinted(String beginning, List<String> printed) {
        assertTrue(printed.stream().anyMatch(line -> line.startsWith(beginning)), () -> String.join("\n", printed));
    }
}
