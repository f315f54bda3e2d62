package dev.webtransport.samples.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** {@code wt} in a process of its own. */
final class WtProcess {
    private WtProcess() {}

    static Process start(ProcessBuilder.Redirect error, String... arguments) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = Stream.concat(
                        Stream.of(java, "-cp", classPath, "dev.webtransport.samples.cli.Wt"), Stream.of(arguments))
                .toList();
        return new ProcessBuilder(command).redirectError(error).start();
    }
}
