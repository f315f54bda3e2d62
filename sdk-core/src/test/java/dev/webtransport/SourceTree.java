package dev.webtransport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The sources of all modules, as files. */
public final class SourceTree {
    /** What applications build on; samples are not. */
    static final List<String> PUBLISHED_MODULES = List.of("sdk-core", "sdk-java-facade", "sdk-test-kit");

    static final List<String> MODULES =
            List.of("sdk-core", "sdk-java-facade", "sdk-test-kit", "samples-junit", "samples");

    private SourceTree() {}

    /** The directory of the root project, wherever in it the test was started. */
    public static Path root() {
        for (Path path = Path.of("").toAbsolutePath(); path != null; path = path.getParent()) {
            if (Files.isDirectory(path.resolve("sdk-core")) && Files.isDirectory(path.resolve("sdk-test-kit"))) {
                return path;
            }
        }
        throw new IllegalStateException(
                "not started within the project: " + Path.of("").toAbsolutePath());
    }

    /** All Java and Kotlin files of a module below {@code src}, or below {@code src/main} only, in the order of names. */
    static List<Path> sources(String module, String under) {
        Path directory = root().resolve(module).resolve(under);
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file ->
                            file.toString().endsWith(".java") || file.toString().endsWith(".kt"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file's path from the root, with slashes. */
    static String name(Path file) {
        return root().relativize(file).toString().replace('\\', '/');
    }
}
