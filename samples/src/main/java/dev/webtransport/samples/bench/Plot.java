package dev.webtransport.samples.bench;

import java.util.List;
import java.util.Locale;

/**
 * A plot of a comparison in SVG: a group of bars for each metric, scaled to the longest of the group, with the median in
 * figures and a line from the smallest to the largest run.
 */
final class Plot {
    private static final int WIDTH = 960;
    private static final int LABELS = 330;
    private static final int VALUES = 130;
    private static final int BARS = WIDTH - LABELS - VALUES;
    private static final int BAR = 13;
    private static final int GAP = 9;
    private static final int TITLE = 26;
    private static final int MARGIN = 16;
    private static final String[] COLOURS = {"#2563a8", "#c9772b", "#3a8f5d", "#8657a5"};

    private final Comparison comparison;
    private final StringBuilder out = new StringBuilder();
    private int y = MARGIN;

    private Plot(Comparison comparison) {
        this.comparison = comparison;
    }

    /** The whole file. */
    static String svg(Comparison comparison) {
        return new Plot(comparison).draw();
    }

    private String draw() {
        legend();
        Workload last = null;
        for (Metric metric : comparison.metrics()) {
            if (metric.workload() != last) {
                last = metric.workload();
                y += TITLE;
                text(MARGIN, y, "start", "bold", last + " " + last.title());
                y += GAP;
            }
            group(metric);
        }
        int height = y + MARGIN;
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + " " + height + "\" width=\"" + WIDTH
                + "\" height=\"" + height + "\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n"
                + "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n" + out + "</svg>\n";
    }

    private void legend() {
        int x = MARGIN;
        y += BAR;
        List<Comparison.Column> columns = comparison.columns();
        for (int i = 0; i < columns.size(); i++) {
            rectangle(x, y - BAR + 2, BAR, BAR, COLOURS[i % COLOURS.length]);
            text(x + BAR + 6, y, "start", "normal", columns.get(i).title());
            x += (WIDTH - 2 * MARGIN) / Math.max(columns.size(), 1);
        }
        y += BAR;
        text(
                MARGIN,
                y + 4,
                "start",
                "normal",
                "Bars: median of the runs; lines: smallest to largest. Each group has its own scale.");
    }

    private void group(Metric metric) {
        List<Comparison.Column> columns = comparison.columns();
        double longest = columns.stream()
                .map(column -> column.result().spread(metric))
                .mapToDouble(spread -> spread == null ? 0 : Math.max(spread.max(), 0))
                .max()
                .orElse(0);
        int middle = y + columns.size() * BAR / 2 + 4;
        text(LABELS - 8, middle, "end", "normal", Figures.name(metric));
        for (int i = 0; i < columns.size(); i++) {
            Result.Spread spread = columns.get(i).result().spread(metric);
            if (spread != null) {
                bar(spread, longest, COLOURS[i % COLOURS.length]);
            }
            y += BAR;
        }
        y += GAP;
    }

    /** What shrank is a bar of no length. */
    private void bar(Result.Spread spread, double longest, String colour) {
        int length = length(spread.median(), longest);
        rectangle(LABELS, y, length, BAR - 2, colour);
        int from = length(spread.min(), longest);
        int to = length(spread.max(), longest);
        if (to > from) {
            out.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#222\" stroke-width=\"1.5\"/>\n",
                    LABELS + from,
                    y + (BAR - 2) / 2.0,
                    LABELS + to,
                    y + (BAR - 2) / 2.0));
        }
        text(LABELS + Math.max(length, to) + 6, y + BAR - 3, "start", "normal", Figures.number(spread.median()));
    }

    private static int length(double value, double longest) {
        return longest <= 0 ? 0 : (int) Math.round(Math.max(value, 0) / longest * BARS);
    }

    private void rectangle(int x, int top, int width, int height, String colour) {
        out.append("<rect x=\"" + x + "\" y=\"" + top + "\" width=\"" + width + "\" height=\"" + height + "\" fill=\""
                + colour + "\"/>\n");
    }

    private void text(int x, int baseline, String anchor, String weight, String content) {
        String escaped = content.replace("&", "&amp;").replace("<", "&lt;");
        out.append("<text x=\"" + x + "\" y=\"" + baseline + "\" text-anchor=\"" + anchor + "\" font-weight=\"" + weight
                + "\">" + escaped + "</text>\n");
    }
}
