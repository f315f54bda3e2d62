package dev.webtransport.samples.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The code on the front page is code that the build compiles. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern QUOTED_FILE =
            Pattern.compile("<!-- (samples/\\S+) -->\\s*```(?:kotlin|java)\\n(.*?)\\n```", Pattern.DOTALL);

    @Test
    void the_quick_starts_are_the_files_they_are_said_to_be() throws IOException {
        Map<String, String> quoted = new TreeMap<>();
        Matcher block = QUOTED_FILE.matcher(Files.readString(ROOT.resolve("README.md")));
        while (block.find()) {
            quoted.put(block.group(1), block.group(2));
        }
        for (Map.Entry<String, String> quote : quoted.entrySet()) {
            assertEquals(Files.readString(ROOT.resolve(quote.getKey())).strip(), quote.getValue(), quote.getKey());
        }
        List<String> names = quoted.keySet().stream()
                .map(file -> file.substring(file.lastIndexOf('/') + 1))
                .toList();
        assertEquals(List.of("JavaEcho.java", "EchoClient.kt", "EchoServer.kt"), names, "what the page shows");
    }
}
