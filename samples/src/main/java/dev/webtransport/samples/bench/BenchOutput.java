package dev.webtransport.samples.bench;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where figures go: to the terminal, and into the files that were asked for. */
public final class BenchOutput {
    private final PrintWriter out;
    private final @Nullable Path json;
    private final @Nullable Path markdown;
    private final @Nullable Path svg;

    /**
     * Nothing is written yet.
     *
     * @param out the terminal
     * @param json file for the figures, or null
     * @param markdown file for tables, or null
     * @param svg file for a plot, or null
     */
    public BenchOutput(PrintWriter out, @Nullable Path json, @Nullable Path markdown, @Nullable Path svg) {
        this.out = out;
        this.json = json;
        this.markdown = markdown;
        this.svg = svg;
    }

    /** Fails if a file cannot be written, before anything is measured. */
    public void requireWritable() {
        for (Path file : new Path[] {json, markdown, svg}) {
            if (file != null) {
                FigureFiles.requireWritable(file);
            }
        }
        if (markdown != null && Files.exists(markdown)) {
            FigureFiles.pageToWrite(markdown);
        }
    }

    /**
     * Measures and writes.
     *
     * @param settings what to measure
     * @param progress is told how far it is
     * @return whether every workload came to its end
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean measure(BenchSettings settings, Progress progress) throws InterruptedException {
        Report report = new Bench(settings, progress).run();
        write(report);
        return report.isComplete();
    }

    /**
     * Writes what was measured before.
     *
     * @param file with its figures
     */
    public void show(Path file) {
        write(FigureFiles.read(file));
    }

    /**
     * Compares what was measured before.
     *
     * @param first file with figures
     * @param second another one
     * @param tolerance in per cent by which the second may be worse, or null for any
     * @return whether it is within the tolerance
     */
    public boolean compare(Path first, Path second, @Nullable Double tolerance) {
        Report before = FigureFiles.read(first);
        Report after = FigureFiles.read(second);
        Comparison comparison = Comparison.of(before, first.toString(), after, second.toString());
        write(comparison, List.of(before, after));
        if (tolerance == null) {
            return true;
        }
        List<String> worse = comparison.regressions(tolerance);
        worse.forEach(line -> out.println("worse: " + line));
        return worse.isEmpty();
    }

    private void write(Report report) {
        if (json != null) {
            FigureFiles.write(json, report.toJson());
        }
        report.environment().forEach((name, value) -> out.println(name + ": " + value));
        out.println();
        write(Comparison.of(report), List.of(report));
    }

    private void write(Comparison comparison, List<Report> reports) {
        out.print(Tables.text(comparison));
        out.flush();
        if (markdown != null) {
            FigureFiles.writeBetweenMarks(markdown, Tables.markdown(comparison, reports));
        }
        if (svg != null) {
            FigureFiles.write(svg, Plot.svg(comparison));
        }
    }
}
