package dev.webtransport.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.samples.bench.Result.Kind;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

final class ComparisonTest {
    private static final Weight WEIGHT = new Weight(1, 2, 3, 4, -1, 6, 7);

    @Test
    void a_report_survives_its_file() {
        Result result = result(Kind.SDK, "netty", 100, 50);
        result.add(Workload.W7, new Result.Moment("before", null, WEIGHT));
        result.add(Workload.W8, new Result.Moment("after 10", WEIGHT, WEIGHT));
        result.omit(Workload.W4, "no path");
        result.fail(Workload.W5, "it \"failed\"");
        Report report = report(result);

        Report read = Report.fromJson(report.toJson());

        assertEquals(report.toJson(), read.toJson());
        assertEquals(WEIGHT, read.results().get(0).moments(Workload.W8).get(0).server());
    }

    @Test
    void the_median_stands_between_the_smallest_and_the_largest() {
        Result result = new Result(Kind.SDK, "netty");
        for (double value : new double[] {5, 1, 3, 4}) {
            result.add(Metric.UPLOAD_ONE, value);
        }

        assertEquals(new Result.Spread(3.5, 1, 5), result.spread(Metric.UPLOAD_ONE));
    }

    @Test
    void the_cost_of_the_sdk_is_a_ratio_of_the_same_run() {
        Comparison comparison =
                Comparison.of(report(result(Kind.SDK, "netty", 90, 60), result(Kind.RAW, "netty", 100, 50)));

        assertEquals(1, comparison.ratios().size());
        assertEquals(0.9, comparison.ratios().get(0).of(Metric.UPLOAD_ONE));
        assertEquals(1.2, comparison.ratios().get(0).of(Metric.FRESH_64_MEDIAN));
        assertTrue(Tables.text(comparison).contains("SDK / alone"), () -> Tables.text(comparison));
    }

    @Test
    void worse_is_less_throughput_and_more_latency() {
        Report before = report(result(Kind.SDK, "netty", 100, 50));

        assertEquals(List.of(), regressions(before, report(result(Kind.SDK, "netty", 91, 54))));
        assertEquals(List.of(), regressions(before, report(result(Kind.SDK, "netty", 900, 5))));
        assertEquals(
                1,
                regressions(before, report(result(Kind.SDK, "netty", 89, 50))).size());
        assertEquals(
                1,
                regressions(before, report(result(Kind.SDK, "netty", 100, 56))).size());
    }

    @Test
    void two_engines_stand_side_by_side() {
        Report netty = report(result(Kind.SDK, "netty", 100, 50), result(Kind.RAW, "netty", 110, 45));
        Report kwik = report(result(Kind.SDK, "kwik", 20, 300), result(Kind.RAW, "kwik", 25, 250));
        Comparison comparison = Comparison.of(netty, "a.json", kwik, "b.json");

        String markdown = Tables.markdown(comparison, List.of(netty, kwik));

        assertTrue(markdown.contains("| SDK on netty | netty alone | SDK on kwik | kwik alone |"), markdown);
        assertTrue(markdown.contains("| 0.20 |"), markdown);
    }

    @Test
    void a_plot_is_well_formed_and_has_a_bar_for_each_figure() throws Exception {
        Result failed = new Result(Kind.RAW, "netty & <more>");
        Comparison comparison = Comparison.of(report(result(Kind.SDK, "netty", 100, 50), failed));

        Document plot = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(Plot.svg(comparison))));

        assertEquals("svg", plot.getDocumentElement().getTagName());
        // The background, two in the legend, and one for each figure.
        assertEquals(1 + 2 + 2, plot.getElementsByTagName("rect").getLength());
    }

    @Test
    void every_metric_is_known_by_its_name_in_files() {
        for (Metric metric : Metric.values()) {
            assertEquals(metric, Metric.of(metric.id()));
        }
    }

    private static List<String> regressions(Report before, Report after) {
        return Comparison.of(before, "before", after, "after").regressions(10);
    }

    private static Report report(Result... results) {
        return new Report("2026-01-01T00:00:00Z", Map.of("java", "17"), Map.of("runs", "1"), List.of(results));
    }

    private static Result result(Kind kind, String engine, double upload, double latency) {
        Result result = new Result(kind, engine);
        result.add(Metric.UPLOAD_ONE, upload);
        result.add(Metric.FRESH_64_MEDIAN, latency);
        return result;
    }
}
