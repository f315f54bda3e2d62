package dev.webtransport.samples.soak;

import dev.webtransport.samples.bench.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** How a process has grown between two moments of rest, and how much of that is a leak. */
public final class Growth {
    private static final long MIB = 1 << 20;

    /** Caches settle within that; a leak of 100 bytes for each of 100,000 streams is beyond. */
    private static final long HEAP_BOUND = 8 * MIB;

    /**
     * Code that is compiled late, Netty's chunks, and above all what glibc keeps in pieces: it levels out after some 2,000
     * connections, as was measured over 6,000.
     */
    private static final long NATIVE_BOUND = 256 * MIB;

    /** Netty's chunks of 4 MiB, some for each event loop. */
    private static final long POOL_BOUND = 64 * MIB;

    /** Threads of coroutines come and go. */
    private static final int THREADS_BOUND = 8;

    private static final int FILES_BOUND = 4;

    private final List<Row> rows = new ArrayList<>();

    private record Row(String name, long before, long after, long bound, long unit) {
        boolean isKnown() {
            return before >= 0 && after >= 0;
        }

        boolean isWithin() {
            return !isKnown() || after - before <= bound;
        }
    }

    /**
     * Between two moments.
     *
     * @param before after the first round, so that everything was used once
     * @param after at the end
     */
    public Growth(Weight before, Weight after) {
        add("heap after full collection, MiB", before, after, Weight::heap, HEAP_BOUND, MIB);
        add("resident memory beside the heap, MiB", before, after, Growth::besideHeap, NATIVE_BOUND, MIB);
        add("of it Netty's pool, MiB", before, after, Weight::pooled, POOL_BOUND, MIB);
        add("of it the JDK's direct buffers, MiB", before, after, Weight::direct, POOL_BOUND, MIB);
        add("threads", before, after, Weight::threads, THREADS_BOUND, 1);
        add("open file descriptors", before, after, Weight::files, FILES_BOUND, 1);
    }

    private void add(String name, Weight before, Weight after, ToLongFunction<Weight> value, long bound, long unit) {
        rows.add(new Row(name, value.applyAsLong(before), value.applyAsLong(after), bound, unit));
    }

    /** What Linux counts as resident, without the heap as far as it was given memory. */
    private static long besideHeap(Weight weight) {
        return weight.rss() < 0 ? -1 : Math.max(0, weight.rss() - weight.committed());
    }

    /** Whether nothing grew beyond its bound. @return false if something leaks */
    public boolean isWithinBounds() {
        return rows.stream().allMatch(Row::isWithin);
    }

    /** A table of what was weighed. What this platform does not tell has a dash. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        out.append(String.format("%-38s %10s %10s %10s %10s%n", "", "before", "after", "growth", "allowed"));
        for (Row row : rows) {
            if (row.isKnown()) {
                out.append(String.format(
                        "%-38s %10s %10s %10s %10s%s%n",
                        row.name(),
                        number(row.before(), row.unit()),
                        number(row.after(), row.unit()),
                        number(row.after() - row.before(), row.unit()),
                        number(row.bound(), row.unit()),
                        row.isWithin() ? "" : "  TOO MUCH"));
            } else {
                out.append(String.format("%-38s %10s %10s%n", row.name(), "–", "–"));
            }
        }
        return out.toString();
    }

    private static String number(long value, long unit) {
        return unit == 1 ? Long.toString(value) : String.format(Locale.ROOT, "%.1f", (double) value / unit);
    }
}
