package dev.webtransport.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code wt} does in a process that lacks jars of an engine. */
@Timeout(120)
final class EngineFallbackTest {
    private static final String NATIVE = "netty-codec-native-quic";

    @TempDir
    private Path directory;

    @Test
    void without_the_native_code_of_netty_it_is_kwik_and_the_log_says_why() throws Exception {
        Run run = run(jar -> !jar.startsWith(NATIVE), "-v", "demo", "--once");

        assertEquals(ExitStatus.OK, run.status, run.text);
        assertEquals(1, run.lines("QUIC is kwik, because others cannot run here: netty: "), run.text);
        assertTrue(run.text.contains("add it with the classifier "), run.text);
    }

    @Test
    void without_any_jar_of_netty_it_is_kwik() throws Exception {
        Run run = run(jar -> !jar.startsWith("netty-"), "-v", "demo", "--once");

        assertEquals(ExitStatus.OK, run.status, run.text);
        assertEquals(1, run.lines("QUIC is kwik, because others cannot run here: netty: "), run.text);
    }

    @Test
    void without_kwik_it_is_netty() throws Exception {
        Run run = run(jar -> !jar.startsWith("kwik-") && !jar.startsWith("agent15-"), "-v", "demo", "--once");

        assertEquals(ExitStatus.OK, run.status, run.text);
        assertEquals(1, run.lines("QUIC is netty, the first choice"), run.text);
    }

    @Test
    void whoever_asks_for_kwik_without_its_jars_is_told_which_are_missing() throws Exception {
        Run run = run(jar -> !jar.startsWith("agent15-"), "demo", "--once", "--engine", "kwik");

        assertEquals(ExitStatus.UNREACHABLE, run.status, run.text);
        assertTrue(run.text.contains("tech.kwik:agent15 that it needs, is not on the class path"), run.text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo --once", "serve --port 0", "interop-server --port 0", "connect https://127.0.0.1:1/"})
    void an_engine_that_is_named_has_no_substitute(String command) throws Exception {
        String[] arguments = (command + " --engine netty").split(" ");
        Run run = run(jar -> !jar.startsWith(NATIVE), arguments);

        assertEquals(ExitStatus.UNREACHABLE, run.status, run.text);
        assertTrue(
                run.text.startsWith("wt: the QUIC engine netty, which the settings ask for, cannot run here: "),
                run.text);
        assertFalse(run.text.contains("port"), run.text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "linux_x86_64.so",
                "linux_aarch_64.so",
                "osx_x86_64.jnilib",
                "osx_aarch_64.jnilib",
                "windows_x86_64.dll"
            })
    void the_native_code_of_each_platform_is_there(String name) {
        String prefix = name.startsWith("windows") ? "" : "lib";

        assertTrue(Wt.class.getResource("/META-INF/native/" + prefix + "netty_quiche42_" + name) != null, name);
    }

    private Run run(Predicate<String> keeps, String... arguments) throws IOException, InterruptedException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String kept = Stream.of(classPath.split(File.pathSeparator))
                .filter(entry -> keeps.test(Path.of(entry).getFileName().toString()))
                .collect(Collectors.joining(File.pathSeparator));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = Stream.concat(
                        Stream.of(java, "-cp", kept, "dev.webtransport.samples.cli.Wt"), Stream.of(arguments))
                .toList();
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "wt did not end");
        } finally {
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readString(output, Charset.defaultCharset()));
    }

    /** How a process ended, and all that it printed. */
    private record Run(int status, String text) {
        long lines(String part) {
            return text.lines().filter(line -> line.contains(part)).count();
        }
    }
}
