package dev.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How sources are cut, named and introduced. */
class SourceTreeTest {
    private static final int MAX_LINES = 600;
    private static final Set<String> EMPTY_NAMES =
            Set.of("util", "utils", "common", "impl", "helper", "helpers", "manager", "managers");

    @Test
    void no_file_is_longer_than_600_lines() {
        List<String> tooLong = all().filter(file -> SourceTree.lines(file).size() > MAX_LINES)
                .map(file ->
                        SourceTree.name(file) + ": " + SourceTree.lines(file).size())
                .toList();
        assertEquals(List.of(), tooLong);
    }

    @Test
    void no_package_has_a_name_that_says_nothing() {
        List<String> empty = all().map(SourceTree::name)
                .filter(name -> Arrays.stream(name.split("/")).anyMatch(EMPTY_NAMES::contains))
                .toList();
        assertEquals(List.of(), empty);
    }

    @Test
    void every_package_opens_with_what_it_is_and_what_it_may_use() {
        Set<String> missing = new TreeSet<>();
        for (String module : SourceTree.PUBLISHED_MODULES) {
            Path main = SourceTree.root().resolve(module).resolve("src").resolve("main");
            List<Path> sources = SourceTree.sources(module, "src/main");
            Set<String> introduced = sources.stream()
                    .filter(file -> file.endsWith("package-info.java"))
                    .filter(file -> SourceTree.lines(file).get(0).startsWith("/**"))
                    .map(file -> packageOf(main, file))
                    .collect(Collectors.toSet());
            for (Path source : sources) {
                if (!introduced.contains(packageOf(main, source))) {
                    missing.add(module + ": " + packageOf(main, source));
                }
            }
        }
        assertEquals(
                Set.of(), missing, "packages without a package-info.java below src/main/java (Kotlin packages too)");
    }

    @Test
    void the_core_is_where_these_tests_look_for_it() {
        assertFalse(SourceTree.sources("sdk-core", "src/main/java").isEmpty());
        assertFalse(SourceTree.sources("sdk-core", "src/main/kotlin").isEmpty());
    }

    private static Stream<Path> all() {
        return SourceTree.MODULES.stream().flatMap(module -> SourceTree.sources(module, "src").stream());
    }

    /** The package by the file's place: src/main, the language, then the package. */
    private static String packageOf(Path main, Path file) {
        Path relative = main.relativize(file);
        return relative.subpath(1, relative.getNameCount() - 1).toString().replace('\\', '/');
    }
}
