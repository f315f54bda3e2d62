package dev.webtransport.testkit.trace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A saved transcript: compared, or written when the system property asks for it. */
final class GoldenFile {
    private static final String HOW = "run the test with -D" + Transcript.UPDATE_GOLDEN;

    private final Path file;

    GoldenFile(Path file) {
        this.file = file;
    }

    void check(String text, List<String> lines) {
        try {
            if (isUpdate()) {
                write(text);
            } else if (Files.exists(file)) {
                String saved = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
                Expectation.ofAllLiterally(saved)
                        .check(lines, "the trace differs from " + file + "; to renew that, " + HOW);
            } else {
                throw new AssertionError("there is no " + file.toAbsolutePath() + "; to write it, " + HOW);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void write(String text) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isUpdate() {
        String value = System.getProperty(Transcript.UPDATE_GOLDEN);
        return value != null && !value.equals("false");
    }
}
