package dev.webtransport.samples.bench;

import dev.webtransport.samples.bench.Result.Spread;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Figures as people read them. */
final class Figures {
    private static final double KIBIBYTE = 1024;

    private Figures() {}

    /** Three digits at least, of which none is behind the point for large numbers. */
    static String number(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 || value == Math.rint(value) ? 0 : size >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    /** The median, and from where to where the runs went, if there were several. */
    static String spread(@Nullable Spread spread) {
        if (spread == null) {
            return "";
        }
        return spread.min() == spread.max()
                ? number(spread.median())
                : number(spread.median()) + " (" + number(spread.min()) + " to " + number(spread.max()) + ")";
    }

    static String ratio(@Nullable Double ratio) {
        return ratio == null ? "" : String.format(Locale.ROOT, "%.2f", ratio);
    }

    static String name(Metric metric) {
        String better = metric.direction() == Metric.Direction.HIGHER_IS_BETTER ? "↑" : "↓";
        return metric.title() + (metric.unit().isEmpty() ? "" : ", " + metric.unit()) + " " + better;
    }

    /** Mebibytes; a dash where the platform did not tell. */
    static String mebibytes(long bytes) {
        return bytes < 0 ? "–" : String.format(Locale.ROOT, "%.1f", bytes / KIBIBYTE / KIBIBYTE);
    }
}
