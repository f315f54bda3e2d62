package dev.webtransport;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the sources say of specifications, collected section by section. */
final class Conformance {
    private static final Pattern CITATION = Pattern.compile("// ?= ([a-z0-9-]+)#([0-9A-Za-z][0-9A-Za-z.-]*)");

    private static final Pattern PART = Pattern.compile("// ?([=#])(.*)");

    private final SortedMap<Section, Row> rows = new TreeMap<>();
    private final List<String> mistakes = new ArrayList<>();

    /** One section of one document; sections in the order of their numbers. */
    record Section(String document, String number) implements Comparable<Section> {
        private static final Comparator<Section> ORDER = Comparator.comparing(Section::document)
                .thenComparing(section -> section.number.split("\\."), Conformance::compareNumbers);

        @Override
        public int compareTo(Section other) {
            return ORDER.compare(this, other);
        }
    }

    /** What is said of a section, and how often in which files. */
    private static final class Row {
        private final Set<String> requirements = new LinkedHashSet<>();
        private final SortedMap<String, Integer> main = new TreeMap<>();
        private final SortedMap<String, Integer> test = new TreeMap<>();
    }

    /** Collects the citations of a file of main or test sources. */
    void add(Path file) {
        String name = SourceTree.name(file);
        boolean inTests = name.contains("/src/test/");
        List<String> lines = SourceTree.lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.matches("// ?=.*")) {
                continue;
            }
            Matcher citation = CITATION.matcher(line);
            if (!citation.matches()) {
                mistakes.add(name + ":" + (i + 1) + ": not of the form //= document#section: " + line);
                continue;
            }
            Row row = rows.computeIfAbsent(new Section(citation.group(1), citation.group(2)), section -> new Row());
            (inTests ? row.test : row.main).merge(file.getFileName().toString(), 1, Integer::sum);
            String requirement = requirementAfter(lines, i);
            if (!requirement.isEmpty()) {
                row.requirements.add(requirement);
            } else if (!inTests) {
                mistakes.add(name + ":" + (i + 1) + ": no line with //# says what is demanded");
            }
        }
    }

    /** Citations that cannot be understood. */
    List<String> mistakes() {
        return mistakes;
    }

    /** All rows as Markdown. Files are named without lines, so that an edit elsewhere in a file changes nothing here. */
    String page() {
        StringBuilder page = new StringBuilder("# Conformance\n\n");
        page.append(
                "Each section of a specification that the sources cite, what they say it demands, where that is done and\n");
        page.append(
                "where it is tested. Collected from the sources by a test; CONTRIBUTING.md says how to renew it.\n");
        String document = "";
        for (Map.Entry<Section, Row> entry : rows.entrySet()) {
            if (!entry.getKey().document().equals(document)) {
                document = entry.getKey().document();
                page.append("\n## ").append(document).append("\n\n");
                page.append("| Section | Demands | Done in | Tested in |\n| --- | --- | --- | --- |\n");
            }
            Row row = entry.getValue();
            page.append("| ").append(entry.getKey().number());
            page.append(" | ").append(String.join("<br>", row.requirements));
            page.append(" | ").append(places(row.main));
            page.append(" | ").append(places(row.test)).append(" |\n");
        }
        return page.toString();
    }

    private static String requirementAfter(List<String> lines, int citation) {
        StringBuilder requirement = new StringBuilder();
        for (int i = citation + 1; i < lines.size(); i++) {
            Matcher part = PART.matcher(lines.get(i).strip());
            if (!part.matches()) {
                break;
            }
            // Two citations may stand over one sentence, but not one in the middle of it.
            if (part.group(1).equals("#")) {
                requirement
                        .append(requirement.length() == 0 ? "" : " ")
                        .append(part.group(2).strip());
            } else if (requirement.length() > 0) {
                break;
            }
        }
        return requirement.toString().replace("|", "\\|").replace("<", "&lt;");
    }

    private static String places(SortedMap<String, Integer> places) {
        return places.entrySet().stream()
                .map(place -> place.getKey() + (place.getValue() == 1 ? "" : " (" + place.getValue() + ")"))
                .collect(Collectors.joining(", "));
    }

    private static int compareNumbers(String[] one, String[] other) {
        return Arrays.compare(one, other, (a, b) -> {
            boolean numbers = a.matches("[0-9]+") && b.matches("[0-9]+");
            return numbers ? Integer.compare(Integer.parseInt(a), Integer.parseInt(b)) : a.compareTo(b);
        });
    }
}
