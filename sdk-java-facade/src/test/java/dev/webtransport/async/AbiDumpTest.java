package dev.webtransport.async;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jetbrains.kotlin.abi.tools.AbiFilters;
import org.jetbrains.kotlin.abi.tools.AbiTools;
import org.junit.jupiter.api.Test;

/** The public binary interface stands as text in {@code api/sdk-java-facade.api}: what changes it shows in the diff. */
final class AbiDumpTest {
    @Test
    void the_public_interface_is_the_one_in_the_dump() throws IOException {
        StringBuilder dump = new StringBuilder();
        AbiTools.Companion.getInstance(AbiDumpTest.class.getClassLoader())
                .printJvmDump(dump, classFiles(), new AbiFilters(Set.of(), Set.of(), Set.of(), Set.of()));
        Path file = Path.of("api", "sdk-java-facade.api");
        if (System.getProperty("updateApi") != null) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, dump);
        }
        assertEquals(Files.readString(file), dump.toString(), file + " is stale: see CONTRIBUTING.md");
    }

    private static List<File> classFiles() throws IOException {
        try (var files = Files.walk(Path.of("target", "classes"))) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .sorted()
                    .map(Path::toFile)
                    .toList();
        }
    }
}
