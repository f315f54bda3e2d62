package dev.webtransport.samples.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of docs/seed-api.md, and what is wrong with them. */
final class SeedPage {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern CODES = Pattern.compile("`[^`]+`(, `[^`]+`)*");

    /** A link to the file of a test, and behind it the sentence that the test is named by. */
    private static final Pattern TEST = Pattern.compile("\\[([^\\]]+)\\]\\(([^)]+)\\): “([^”]+)”");

    private static final Pattern TESTS = Pattern.compile(TEST.pattern() + "(<br>" + TEST.pattern() + ")*");

    private final List<Row> rows = new ArrayList<>();
    private final Path directory;

    /** One row: what the seed has, what is here, the tests, and a remark. */
    record Row(String section, List<String> names, String here, String tests, String remark) {
        @Override
        public String toString() {
            return section + ": " + String.join(", ", names);
        }
    }

    /**
     * Reads the tables.
     *
     * @param lines of the page
     * @param directory of the page, where its links begin
     * @throws IllegalArgumentException if a row has not four cells
     */
    SeedPage(List<String> lines, Path directory) {
        this.directory = directory;
        String section = "";
        for (String line : lines) {
            if (line.startsWith("## ")) {
                section = line.substring(3);
            } else if (line.startsWith("| `")) {
                String[] cells = line.substring(1, line.lastIndexOf('|')).split("\\|", -1);
                if (cells.length != 4) {
                    throw new IllegalArgumentException(cells.length + " cells: " + line);
                }
                rows.add(new Row(section, codes(cells[0]), cells[1].strip(), cells[2].strip(), cells[3].strip()));
            }
        }
    }

    List<Row> rows() {
        return rows;
    }

    /** What the page has too little and too much, against the list of names. */
    List<String> gaps(List<String> expected) {
        List<String> gaps = new ArrayList<>();
        Set<String> found = new HashSet<>();
        for (Row row : rows) {
            for (String name : row.names()) {
                String full = row.section() + ": " + name;
                if (!found.add(full)) {
                    gaps.add("two rows: " + full);
                }
                if (!expected.contains(full)) {
                    gaps.add("no name of the seed: " + full);
                }
            }
        }
        expected.stream().filter(name -> !found.contains(name)).forEach(name -> gaps.add("no row: " + name));
        return gaps;
    }

    /** What is wrong with a row: each counterpart is to be public or a key, and each test to be there. */
    List<String> faults(Row row, Predicate<String> isPublic, Predicate<String> isKey) throws IOException {
        List<String> faults = new ArrayList<>();
        if (row.here().equals("–")) {
            if (row.remark().length() < 20) {
                faults.add("nothing is here, and no reason is given");
            }
        } else if (!CODES.matcher(row.here()).matches()) {
            faults.add("not a list of names: " + row.here());
        } else {
            for (String name : codes(row.here())) {
                if (!isPublic.test(name.replaceFirst("\\(.*", "")) && !isKey.test(name)) {
                    faults.add("neither public nor a key: " + name);
                }
            }
        }
        if (row.tests().equals("–")) {
            if (!row.here().equals("–")) {
                faults.add("no test shows it");
            }
        } else if (!TESTS.matcher(row.tests()).matches()) {
            faults.add("not a list of tests: " + row.tests());
        } else {
            Matcher test = TEST.matcher(row.tests());
            while (test.find()) {
                faultOfTest(test.group(1), test.group(2), test.group(3), faults);
            }
        }
        return faults;
    }

    private void faultOfTest(String name, String link, String sentence, List<String> faults) throws IOException {
        Path file = directory.resolve(link).normalize();
        String fileName = String.valueOf(file.getFileName());
        if (!fileName.equals(name + ".kt") && !fileName.equals(name + ".java")) {
            faults.add("the link says " + name + " and leads to " + fileName);
        } else if (!Files.isRegularFile(file)) {
            faults.add("not there: " + link);
        } else if (!tells(Files.readString(file), fileName.endsWith(".java"), sentence)) {
            faults.add(name + " has no test “" + sentence + "”");
        }
    }

    /** In Java a test is a method with the sentence for a name, in Kotlin its name is a string. */
    private static boolean tells(String source, boolean java, String sentence) {
        if (!java) {
            return source.contains('"' + sentence + '"');
        }
        String method = Pattern.quote(sentence.replace(' ', '_'));
        return Pattern.compile(
                        "^    (?:final |static )*(?:void|Stream<DynamicTest>) " + method + "\\(", Pattern.MULTILINE)
                .matcher(source)
                .find();
    }

    private static List<String> codes(String cell) {
        return CODE.matcher(cell).results().map(match -> match.group(1)).toList();
    }
}
