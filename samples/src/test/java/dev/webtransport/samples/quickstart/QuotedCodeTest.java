package dev.webtransport.samples.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code on pages for people is code that the build compiles, and runs where it is a test. */
class QuotedCodeTest {
    private static final Path ROOT = Path.of("..");

    /** A block of code, with the comment before it, if there is one, that names its file: all of it, or a part. */
    private static final Pattern BLOCK =
            Pattern.compile("(?:<!-- (\\S+?)(, in part)? -->\\s*)?```(?:kotlin|java)\\n(.*?)\\n```", Pattern.DOTALL);

    private static final int DEEPEST_INDENT = 40;

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/testing.md"})
    void code_is_the_file_that_it_is_said_to_be(String page) throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(ROOT.resolve(page)));
        while (block.find()) {
            String file = block.group(1);
            String quote = block.group(3);
            assertTrue(file != null, () -> page + " does not say which file this is from:\n" + quote);
            String code = Files.readString(ROOT.resolve(file)).strip();
            if (block.group(2) == null) {
                assertEquals(code, quote, file);
            } else {
                assertTrue(isPart(quote, code), () -> "this part of " + file + " is not in it:\n" + quote);
            }
        }
    }

    @Test
    void the_front_page_shows_the_quick_starts() throws IOException {
        assertEquals(Set.of("JavaEcho.java", "EchoClient.kt", "EchoServer.kt"), quotedWhole("README.md"));
    }

    @Test
    void the_page_on_tests_shows_the_same_four_in_both_languages() throws IOException {
        Set<String> quoted = quotedWhole("docs/testing.md");
        for (String name : List.of("ChatServer", "SlowReader", "LostDatagram", "DyingConnection")) {
            assertTrue(quoted.contains(name + "Spec.kt"), name + " in Kotlin");
            assertTrue(quoted.contains(name + "Test.java"), name + " in Java");
        }
    }

    @Test
    void a_part_is_found_however_deep_it_stands() {
        String code = "fun a() {\n    b {\n        c()\n\n        d()\n    }\n}";
        assertTrue(isPart("c()\n\nd()", code));
        assertTrue(isPart("b {\n    c()", code));
        assertEquals(false, isPart("b {\nc()", code));
        assertEquals(false, isPart("c()\nd()", code));
        assertEquals(false, isPart("c", code));
    }

    private static Set<String> quotedWhole(String page) throws IOException {
        Map<String, String> quoted = new LinkedHashMap<>();
        Matcher block = BLOCK.matcher(Files.readString(ROOT.resolve(page)));
        while (block.find()) {
            if (block.group(1) != null && block.group(2) == null) {
                quoted.put(Path.of(block.group(1)).getFileName().toString(), block.group(3));
            }
        }
        return quoted.keySet();
    }

    /** Whether these are lines of the code, one behind the other, all of them equally deep in it. */
    private static boolean isPart(String quote, String code) {
        String lines = "\n" + code + "\n";
        return IntStream.rangeClosed(0, DEEPEST_INDENT)
                .mapToObj(depth -> quote.lines()
                        .map(line -> line.isEmpty() ? line : " ".repeat(depth) + line)
                        .collect(Collectors.joining("\n", "\n", "\n")))
                .anyMatch(lines::contains);
    }
}
