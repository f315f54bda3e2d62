package dev.webtransport.samples.bench;

import dev.webtransport.samples.bench.Result.Kind;
import dev.webtransport.samples.bench.Result.Spread;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Results side by side, and the ratios between them. What is shown of figures, as text, Markdown or a plot, is made of this. */
final class Comparison {
    /** Figures of one subject. */
    record Column(String title, Result result) {}

    /** How many times one column's value is another's. */
    record Ratio(String title, Column value, Column base) {
        /** The ratio of the medians, or null where one was not measured. */
        @Nullable
        Double of(Metric metric) {
            Spread above = value.result().spread(metric);
            Spread below = base.result().spread(metric);
            return above == null || below == null || below.median() == 0 ? null : above.median() / below.median();
        }
    }

    private final List<Column> columns;
    private final List<Ratio> ratios;

    private Comparison(List<Column> columns, List<Ratio> ratios) {
        this.columns = columns;
        this.ratios = ratios;
    }

    /** The subjects of one report; where the engine was measured alone, what the SDK costs above it. */
    static Comparison of(Report report) {
        List<Column> columns = columns(report, "");
        return new Comparison(columns, cost(columns, ""));
    }

    /** The same for two reports, and how the second compares with the first. */
    static Comparison of(Report first, String firstName, Report second, String secondName) {
        boolean sameEngine = engines(first).equals(engines(second));
        List<Column> before = columns(first, sameEngine ? ", " + firstName : "");
        List<Column> after = columns(second, sameEngine ? ", " + secondName : "");
        List<Ratio> ratios = new ArrayList<>(cost(before, sameEngine ? ", " + firstName : ", " + engines(first)));
        ratios.addAll(cost(after, sameEngine ? ", " + secondName : ", " + engines(second)));
        for (Kind kind : Kind.values()) {
            Column base = find(before, kind);
            Column value = find(after, kind);
            if (base != null && value != null) {
                ratios.add(new Ratio(value.title() + " / " + base.title(), value, base));
            }
        }
        return new Comparison(Stream.concat(before.stream(), after.stream()).toList(), ratios);
    }

    List<Column> columns() {
        return columns;
    }

    List<Ratio> ratios() {
        return ratios;
    }

    /** Those that at least one column has, in order. */
    List<Metric> metrics() {
        return Arrays.stream(Metric.values())
                .filter(metric ->
                        columns.stream().anyMatch(column -> column.result().spread(metric) != null))
                .toList();
    }

    /** What is worse in the last ratios' values than {@code percent} allow: one line each. */
    List<String> regressions(double percent) {
        List<String> worse = new ArrayList<>();
        for (Ratio ratio : ratios) {
            for (Metric metric : metrics()) {
                Spread value = ratio.value().result().spread(metric);
                Spread base = ratio.base().result().spread(metric);
                boolean compares =
                        ratio.value().result().kind() == ratio.base().result().kind();
                if (compares && value != null && base != null) {
                    double times = metric.timesWorse(value.median(), base.median());
                    if (times > 1 + percent / 100) {
                        worse.add(String.format(
                                Locale.ROOT,
                                "%s %s: %s instead of %s %s, %.2f times as bad",
                                metric.workload(),
                                metric.title(),
                                Figures.number(value.median()),
                                Figures.number(base.median()),
                                metric.unit(),
                                times));
                    }
                }
            }
        }
        return worse;
    }

    private static List<Column> columns(Report report, String suffix) {
        return report.results().stream()
                .map(result -> new Column(title(result) + suffix, result))
                .toList();
    }

    private static String title(Result result) {
        return switch (result.kind()) {
            case SDK -> "SDK on " + result.engine();
            case RAW -> result.engine() + " alone";
        };
    }

    private static List<Ratio> cost(List<Column> columns, String suffix) {
        Column sdk = find(columns, Kind.SDK);
        Column raw = find(columns, Kind.RAW);
        return sdk == null || raw == null ? List.of() : List.of(new Ratio("SDK / alone" + suffix, sdk, raw));
    }

    private static @Nullable Column find(List<Column> columns, Kind kind) {
        return columns.stream()
                .filter(column -> column.result().kind() == kind)
                .findFirst()
                .orElse(null);
    }

    private static String engines(Report report) {
        return report.results().isEmpty() ? "" : report.results().get(0).engine();
    }
}
