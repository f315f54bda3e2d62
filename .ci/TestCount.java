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
    private static final Pattern TEST_SOURCE = Pattern.compile("(\\w+(?:Test|Spec))\\.(?:java|kt)");

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
                Matcher name = TEST_SOURCE.matcher(file.getFileName().toString());
                if (name.matches()) {
                    checkSource(module, Files.readString(file), name.group(1));
                }
            }
        }
    }

    private void checkSource(Path module, String text, String name) throws IOException {
        boolean isAbstract = Pattern.compile("abstract class " + name + "\\b").matcher(text).find();
        Matcher packageName = PACKAGE.matcher(text);
        String fullName = packageName.find() ? packageName.group(1) + "." + name : name;
        Path report = module.resolve("target/surefire-reports/TEST-" + fullName + ".xml");
        if (!isAbstract && !isOfThisBuild(report)) {
            notRun.add(module.getFileName() + ": " + fullName);
        }
    }

    private boolean isOfThisBuild(Path report) throws IOException {
        return Files.exists(report) && !Files.getLastModifiedTime(report).toInstant().isBefore(began);
    }

    private static int number(XMLStreamReader reader, String attribute) {
        return Integer.parseInt(reader.getAttributeValue(null, attribute));
    }
}
