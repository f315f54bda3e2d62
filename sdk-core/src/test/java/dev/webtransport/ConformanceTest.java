package dev.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keeps {@code docs/conformance.md} what the sources say. */
class ConformanceTest {
    private static final Conformance OF_SOURCES = new Conformance();

    @BeforeAll
    static void collect() {
        for (String module : SourceTree.MODULES) {
            SourceTree.sources(module, "src").forEach(OF_SOURCES::add);
        }
    }

    @Test
    void every_citation_names_document_and_section_and_says_what_is_demanded() {
        assertEquals(List.of(), OF_SOURCES.mistakes());
    }

    @Test
    void the_page_is_what_the_sources_say() throws IOException {
        Path page = SourceTree.root().resolve("docs").resolve("conformance.md");
        if (System.getProperty("updateConformance") != null) {
            Files.createDirectories(page.getParent());
            Files.writeString(page, OF_SOURCES.page());
        }
        assertEquals(OF_SOURCES.page(), Files.readString(page), page + " is stale: see CONTRIBUTING.md");
    }

    @Test
    void rows_are_in_the_order_of_section_numbers_and_tell_main_from_test(@TempDir Path elsewhere) throws IOException {
        Path main = write(
                elsewhere.resolve("src/main/A.java"),
                "//= rfc9114#7.10",
                "//# ten | one",
                "//# two",
                "//= rfc9114#7.2");
        Path test = write(elsewhere.resolve("src/test/B.java"), "//= rfc9114#7.2", "//= not a citation");
        Conformance conformance = new Conformance();
        conformance.add(main);
        conformance.add(test);
        assertTrue(conformance.page().endsWith("""

                ## rfc9114

                | Section | Demands | Done in | Tested in |
                | --- | --- | --- | --- |
                | 7.2 |  | A.java | B.java |
                | 7.10 | ten \\| one two | A.java |  |
                """), conformance::page);
        assertEquals(2, conformance.mistakes().size(), conformance.mistakes()::toString);
    }

    private static Path write(Path file, String... lines) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.write(file, List.of(lines));
    }
}
