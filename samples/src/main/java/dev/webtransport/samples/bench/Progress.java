package dev.webtransport.samples.bench;

import java.io.PrintWriter;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Says how far long work is: on a terminal by one line that changes, elsewhere by a line for each step. */
public final class Progress implements AutoCloseable {
    private static final int WIDTH = 79;
    private static final double SECOND = 1e9;

    private final PrintWriter out;
    private final Style style;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "wt-progress");
        thread.setDaemon(true);
        return thread;
    });

    private String work = "";
    private String step = "";
    private String share = "";
    private long begun;

    /** How it is shown. */
    public enum Style {
        /** Not at all. */
        NONE,
        /** By one line that is written again and again. */
        CHANGING_LINE,
        /** By a line for each step. */
        LINES
    }

    /**
     * Nothing is shown yet.
     *
     * @param out where
     * @param style how
     */
    public Progress(PrintWriter out, Style style) {
        this.out = out;
        this.style = style;
        if (style == Style.CHANGING_LINE) {
            clock.scheduleAtFixedRate(this::show, 1, 1, TimeUnit.SECONDS);
        }
    }

    /**
     * A step begins.
     *
     * @param work what it is a step of
     * @param step what it is
     */
    public synchronized void step(String work, String step) {
        this.work = work;
        this.step = step;
        share = "";
        begun = System.nanoTime();
        if (style == Style.LINES) {
            out.println(work + ": " + step);
        }
        show();
    }

    /**
     * So much of the step is done.
     *
     * @param done of the whole
     * @param total the whole
     */
    public synchronized void progress(int done, int total) {
        share = String.format(", %,d of %,d", done, total);
        show();
    }

    /** Nothing more is to be shown. */
    public synchronized void end() {
        if (style == Style.CHANGING_LINE) {
            out.print("\r" + " ".repeat(WIDTH) + "\r");
            out.flush();
        }
        work = "";
    }

    @Override
    public void close() {
        clock.shutdownNow();
        end();
    }

    private synchronized void show() {
        if (style != Style.CHANGING_LINE || work.isEmpty()) {
            return;
        }
        String line = String.format("%s: %s%s, %.0f s", work, step, share, (System.nanoTime() - begun) / SECOND);
        out.printf("\r%-" + WIDTH + "s", line.length() > WIDTH ? line.substring(0, WIDTH) : line);
        out.flush();
    }
}
