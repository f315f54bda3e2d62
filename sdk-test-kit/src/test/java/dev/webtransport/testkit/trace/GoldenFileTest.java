package dev.webtransport.testkit.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.testkit.quic.Frames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_PROPERTIES)
class GoldenFileTest {
    @TempDir
    private Path directory;

    private final String before = System.clearProperty(Transcript.UPDATE_GOLDEN);
    private final Trace trace =
            new Wire().client(Frames.connectionClose(0, "2 * 3 · ...")).server(4, "FIN").trace;

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty(Transcript.UPDATE_GOLDEN);
        } else {
            System.setProperty(Transcript.UPDATE_GOLDEN, before);
        }
    }

    private String failure(Path file) {
        return assertThrows(AssertionError.class, () -> trace.assertGolden(file))
                .getMessage();
    }

    @Test
    void a_missing_file_is_a_failure_that_says_how_to_write_it() {
        Path file = directory.resolve("chat.trace");

        assertEquals("there is no " + file + "; to write it, run the test with -DupdateGolden", failure(file));
        assertFalse(Files.exists(file));
    }

    @Test
    void the_property_writes_the_file_and_what_was_written_is_as_expected() throws IOException {
        Path file = directory.resolve("new/chat.trace");
        System.setProperty(Transcript.UPDATE_GOLDEN, "");

        trace.assertGolden(file);

        assertEquals(">> CONNECTION_CLOSE 0x0 \"2 * 3 · ...\"\n<< s4 FIN\n", Files.readString(file));
        System.clearProperty(Transcript.UPDATE_GOLDEN);
        trace.assertGolden(file);
    }

    @Test
    void a_property_that_says_false_writes_nothing() {
        System.setProperty(Transcript.UPDATE_GOLDEN, "false");

        assertTrue(failure(directory.resolve("chat.trace")).startsWith("there is no "));
    }

    @Test
    void a_file_has_no_wildcards() throws IOException {
        Path file = Files.writeString(directory.resolve("chat.trace"), ">> CONNECTION_CLOSE *\n<< s4 FIN\n");

        assertEquals(
                "the trace differs from " + file
                        + "; to renew that, run the test with -DupdateGolden (- expected, + actual):\n"
                        + "  - >> CONNECTION_CLOSE *\n"
                        + "  + >> CONNECTION_CLOSE 0x0 \"2 * 3 · ...\"\n"
                        + "    << s4 FIN\n",
                failure(file));
    }

    @Test
    void a_file_may_have_the_line_ends_of_windows() throws IOException {
        Path file = directory.resolve("chat.trace");

        trace.assertGolden(Files.writeString(file, trace.toString().replace("\n", "\r\n")));
    }
}
