package dev.webtransport.samples.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Tables of figures, for a terminal and in Markdown. */
final class Tables {
    private static final String FIGURES =
            "Medians, and from the smallest to the largest of the runs. ↑ more is better, ↓ less.";

    private Tables() {}

    /** For a terminal. */
    static String text(Comparison comparison) {
        List<List<String>> rows = rows(comparison);
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(pad(row.get(i), widths[i])).append("  ");
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        out.append('\n').append(FIGURES).append('\n');
        for (Comparison.Column column : comparison.columns()) {
            missing(column).forEach(line -> out.append(line).append('\n'));
        }
        return out.toString();
    }

    /** In Markdown: how it was measured, the figures, and memory over time. */
    static String markdown(Comparison comparison, List<Report> reports) {
        StringBuilder out = new StringBuilder();
        for (Report report : reports) {
            out.append("Measured ").append(report.when()).append(": ");
            out.append(pairs(report.environment())).append(".  \n");
            out.append("Settings: ").append(pairs(report.settings())).append(".\n\n");
        }
        out.append(FIGURES).append("\n\n");
        markdown(out, rows(comparison));
        for (Comparison.Column column : comparison.columns()) {
            for (Workload workload : Workload.values()) {
                List<Result.Moment> moments = column.result().moments(workload);
                if (!moments.isEmpty()) {
                    out.append("\nMemory during ").append(workload).append(", ").append(workload.title());
                    out.append(", ").append(column.title()).append(", in MiB after full collections:\n\n");
                    markdown(out, memory(moments));
                }
            }
        }
        List<String> missing = comparison.columns().stream()
                .flatMap(column -> missing(column).stream())
                .toList();
        if (!missing.isEmpty()) {
            out.append('\n');
            missing.forEach(line -> out.append("- ").append(line).append('\n'));
        }
        return out.toString();
    }

    private static List<List<String>> rows(Comparison comparison) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("", "what"));
        comparison.columns().forEach(column -> head.add(column.title()));
        comparison.ratios().forEach(ratio -> head.add(ratio.title()));
        rows.add(head);
        Workload last = null;
        for (Metric metric : comparison.metrics()) {
            List<String> row = new ArrayList<>();
            row.add(metric.workload() == last ? "" : metric.workload().toString());
            row.add(Figures.name(metric));
            comparison
                    .columns()
                    .forEach(column -> row.add(Figures.spread(column.result().spread(metric))));
            comparison.ratios().forEach(ratio -> row.add(Figures.ratio(ratio.of(metric))));
            rows.add(row);
            last = metric.workload();
        }
        return rows;
    }

    private static List<List<String>> memory(List<Result.Moment> moments) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "when",
                "server's heap",
                "server's resident memory",
                "server's threads",
                "client's heap",
                "client's resident memory",
                "client's threads"));
        for (Result.Moment moment : moments) {
            List<String> row = new ArrayList<>(List.of(moment.name()));
            for (Weight weight : new Weight[] {moment.server(), moment.client()}) {
                row.add(weight == null ? "–" : Figures.mebibytes(weight.heap()));
                row.add(weight == null ? "–" : Figures.mebibytes(weight.rss()));
                row.add(weight == null ? "–" : Integer.toString(weight.threads()));
            }
            rows.add(row);
        }
        return rows;
    }

    private static List<String> missing(Comparison.Column column) {
        List<String> lines = new ArrayList<>();
        column.result()
                .failures()
                .forEach((workload, why) -> lines.add(workload + " failed, " + column.title() + ": " + why));
        column.result()
                .omissions()
                .forEach((workload, why) -> lines.add(workload + " left out, " + column.title() + ": " + why));
        return lines;
    }

    private static void markdown(StringBuilder out, List<List<String>> rows) {
        out.append("| ").append(String.join(" | ", rows.get(0))).append(" |\n");
        out.append("| ")
                .append(String.join(
                        " | ", rows.get(0).stream().map(head -> "---").toList()))
                .append(" |\n");
        for (List<String> row : rows.subList(1, rows.size())) {
            out.append("| ").append(String.join(" | ", row)).append(" |\n");
        }
    }

    private static String pairs(Map<String, String> texts) {
        return texts.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
