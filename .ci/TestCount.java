import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Counts the tests of all modules by their reports, and misses none: a test class in the sources without a report of this
 * build is a failure, because a test that silently does not run looks like one that passes.
 *
 * <p>Arguments: the directory of the root project, and when the build began (ISO 8601).
 */
final class TestCount {
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+)");
    private static final Pattern SOURCE = Pattern.compile("\\w+\\.(?:java|kt)");

    /** At the beginning of a line, so not nested; and not abstract, so a suite that others run. */
    private static final Pattern TEST_CLASS =
            Pattern.compile("(?m)^(?:public |internal |final )*class (\\w+(?:Test|Spec))\\b");

    private final Instant began;
    private final List<String> notRun = new ArrayList<>();
    private int run;
    private int failed;
    private int skipped;

    private TestCount(Instant began) {
        this.began = began;
    }

    public static void main(String[] arguments) throws IOException, XMLStreamException {
        TestCount count = new TestCount(Instant.parse(arguments[1]));
        try (Stream<Path> modules = Files.list(Path.of(arguments[0]))) {
            for (Path module : modules.filter(path -> Files.exists(path.resolve("pom.xml"))).sorted().toList()) {
                count.addReports(module.resolve("target/surefire-reports"));
                count.checkSources(module);
            }
        }
        for (String name : count.notRun) {
            System.out.println("[ERROR] " + name + " was not run");
        }
        int passed = count.run - count.failed - count.skipped;
        System.out.println("Tests: " + passed + " passed, " + count.failed + " failed, " + count.skipped + " skipped");
        if (count.failed > 0 || count.run == 0 || !count.notRun.isEmpty()) {
            System.exit(1);
        }
    }

    private void addReports(Path directory) throws IOException, XMLStreamException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(path -> path.getFileName().toString().matches("TEST-.*\\.xml")).toList()) {
                if (isOfThisBuild(file)) {
                    addReport(file);
                }
            }
        }
    }

    private void addReport(Path file) throws IOException, XMLStreamException {
        try (InputStream in = Files.newInputStream(file)) {
            XMLStreamReader reader = XMLInputFactory.newFactory().createXMLStreamReader(in);
            reader.nextTag();
            run += number(reader, "tests");
            failed += number(reader, "failures") + number(reader, "errors");
            skipped += number(reader, "skipped");
        }
    }

    private void checkSources(Path module) throws IOException {
        Path sources = module.resolve("src/test");
        if (!Files.isDirectory(sources)) {
            return;
        }
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                if (SOURCE.matcher(file.getFileName().toString()).matches()) {
                    checkSource(module, Files.readString(file));
                }
            }
        }
    }

    /** Every test class of a file, whatever the file is called. */
    private void checkSource(Path module, String text) throws IOException {
        Matcher packageName = PACKAGE.matcher(text);
        String prefix = packageName.find() ? packageName.group(1) + "." : "";
        Matcher test = TEST_CLASS.matcher(text);
        while (test.find()) {
            String name = prefix + test.group(1);
            if (!isOfThisBuild(module.resolve("target/surefire-reports/TEST-" + name + ".xml"))) {
                notRun.add(module.getFileName() + ": " + name);
            }
        }
    }

    private boolean isOfThisBuild(Path report) throws IOException {
        return Files.exists(report) && !Files.getLastModifiedTime(report).toInstant().isBefore(began);
    }

    private static int number(XMLStreamReader reader, String attribute) {
        return Integer.parseInt(reader.getAttributeValue(null, attribute));
    }
}
