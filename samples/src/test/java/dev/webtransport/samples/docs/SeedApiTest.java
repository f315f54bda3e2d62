package dev.webtransport.samples.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * docs/seed-api.md leaves nothing out: each name of the seed pages has a row, and each row names what is here, in the public
 * API, and the test that shows it, or the reason why there is nothing.
 */
class SeedApiTest {
    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs/seed-api.md");
    private static final Path NAMES = Path.of("src/test/resources/seed-api/names.txt");

    /** A page of the names that {@link #TWO} lists, whose links begin where this file is. */
    private static final String GOOD = """
            ## Session
            | Seed | Here | Test | Remark |
            | --- | --- | --- | --- |
            | `headers` | `WebTransportSession.requestHeaders`, `max-sessions` \
            | [SeedApiTest](SeedApiTest.java): “a page without a fault has none” | |
            | `browser` | – | – | It is a product of its own, not a library. |
            """;

    private static final List<String> TWO = List.of("Session: headers", "Session: browser");

    @Test
    void every_name_of_the_seed_pages_has_one_row_and_there_are_no_other_rows() throws IOException {
        assertEquals("", String.join("\n", page().gaps(names())));
    }

    @TestFactory
    Stream<DynamicTest> a_row_names_what_is_here_and_the_test_that_shows_it() throws IOException {
        SeedPage page = page();
        PublicApi api = PublicApi.of(ROOT);
        return page.rows().stream()
                .map(row -> DynamicTest.dynamicTest(
                        row.toString(),
                        () -> assertEquals("", String.join("\n", page.faults(row, api::has, SeedApiTest::isKey)))));
    }

    @Test
    void a_page_without_a_fault_has_none() throws IOException {
        assertEquals(List.of(), problems(GOOD));
    }

    @Test
    void a_name_without_a_row_with_two_rows_or_that_no_seed_has_is_found() throws IOException {
        assertProblem("| `headers`", "| `Headers`", "no row: Session: headers");
        assertProblem("| `headers`", "| `headers`, `is_red`", "no name of the seed: Session: is_red");
        assertProblem("| `headers`", "| `headers`, `browser`", "two rows: Session: browser");
        assertProblem("## Session", "## Stream", "no row: Session: browser");
    }

    @Test
    void a_counterpart_that_is_not_public_is_found() throws IOException {
        assertProblem("requestHeaders", "requestHeader", "neither public nor a key: WebTransportSession.requestHeader");
        assertProblem("WebTransportSession.", "SendStream.", "neither public nor a key: SendStream.requestHeaders");
        assertProblem("max-sessions", "max-session", "neither public nor a key: max-session");
        assertProblem("`max-sessions`", "and more", "not a list of names");
    }

    @Test
    void a_test_that_is_not_there_is_found() throws IOException {
        assertProblem("(SeedApiTest.java)", "(nowhere/SeedApiTest.java)", "not there: nowhere/SeedApiTest.java");
        assertProblem("without a fault", "without fault", "SeedApiTest has no test “a page without fault has none”");
        assertProblem("[SeedApiTest]", "[RouterSpec]", "the link says RouterSpec");
        assertProblem("[SeedApiTest](SeedApiTest.java): “a page without a fault has none”", "–", "no test shows it");
        assertProblem("“a page without a fault has none”", "", "not a list of tests");
    }

    @Test
    void an_absence_without_a_reason_and_a_row_of_other_cells_are_found() throws IOException {
        assertProblem("It is a product of its own, not a library.", "no", "no reason is given");
        String wide = GOOD.replace("| – | – |", "| – | – | – |");
        assertThrows(IllegalArgumentException.class, () -> problems(wide));
    }

    @Test
    void members_are_looked_for_where_they_belong() throws IOException {
        PublicApi api = PublicApi.of(ROOT);
        for (String name : List.of(
                "SessionEvent.Closed",
                "StreamResetException.errorCode",
                "ReceiveStream.readAll",
                "WebTransportServer.listen",
                "webTransportServer",
                "CloseInfo.NORMAL",
                "AsyncSession.close")) {
            assertTrue(api.has(name), name);
        }
        for (String name : List.of("Closed", "SendStream.readAll", "listen", "dev", "VarInt", "CloseInfo.", "")) {
            assertFalse(api.has(name), name);
        }
    }

    private static void assertProblem(String part, String replacement, String problem) throws IOException {
        assertTrue(GOOD.contains(part), part);
        String found = String.join("\n", problems(GOOD.replace(part, replacement)));
        assertTrue(found.contains(problem), () -> "\"" + problem + "\" is not among: " + found);
    }

    private static List<String> problems(String text) throws IOException {
        SeedPage page = new SeedPage(text.lines().toList(), Path.of("src/test/java/dev/webtransport/samples/docs"));
        PublicApi api = PublicApi.of(ROOT);
        List<String> problems = new ArrayList<>(page.gaps(TWO));
        for (SeedPage.Row row : page.rows()) {
            problems.addAll(page.faults(row, api::has, key -> key.equals("max-sessions")));
        }
        return problems;
    }

    private static SeedPage page() throws IOException {
        return new SeedPage(Files.readAllLines(PAGE), PAGE.getParent());
    }

    private static boolean isKey(String name) {
        try {
            return Files.readString(ROOT.resolve("docs/configuration.md")).contains('`' + name + '`');
        } catch (IOException failure) {
            throw new AssertionError("the page of the configuration cannot be read", failure);
        }
    }

    private static List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        String section = "";
        for (String line : Files.readAllLines(NAMES)) {
            if (line.startsWith("[")) {
                section = line.substring(1, line.length() - 1);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                names.add(section + ": " + line);
            }
        }
        assertEquals(names.size(), new HashSet<>(names).size(), "a name stands twice in the list");
        assertTrue(names.size() > 300, () -> "only " + names.size() + " names in the list");
        return names;
    }
}
