package dev.webtransport.testkit.junit;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the thread of a test waits for what cannot happen while it waits, and puts an end to it. Looks at real time, for
 * here the virtual one stands still.
 */
final class Watchdog {
    private static final int LOOKS = 5;

    private final Thread watched = Thread.currentThread();
    private final VirtualTime time;
    private final Consumer<String> abandon;
    private final long patienceMillis;

    /** Guarded by this. */
    private boolean stopped;

    /** Why the test was stopped, if it was. */
    private volatile @Nullable String reason;

    private Watchdog(VirtualTime time, long patienceMillis, Consumer<String> abandon) {
        this.time = time;
        this.patienceMillis = patienceMillis;
        this.abandon = abandon;
    }

    /**
     * Begins to watch the thread that calls this.
     *
     * @param abandon told the reason, on another thread; makes futures fail
     */
    static Watchdog start(VirtualTime time, int patienceSeconds, Consumer<String> abandon) {
        Watchdog watchdog = new Watchdog(time, TimeUnit.SECONDS.toMillis(patienceSeconds), abandon);
        daemon("webtransport-test-watchdog", watchdog::watch).start();
        return watchdog;
    }

    /** Ends the watch. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /** Why the test was stopped, or null if it was not. */
    @Nullable
    String reason() {
        return reason;
    }

    private void watch() {
        try {
            long steps = time.steps();
            int quiet = 0;
            while (pause()) {
                boolean stands = watched.getState() == Thread.State.WAITING && time.steps() == steps;
                steps = time.steps();
                quiet = stands ? quiet + 1 : 0;
                if (quiet >= LOOKS) {
                    intervene();
                    quiet = 0;
                }
            }
        } catch (InterruptedException end) {
            // Nobody interrupts this thread but who wants it to end.
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the next look; false when there is none. */
    private synchronized boolean pause() throws InterruptedException {
        if (!stopped) {
            wait(patienceMillis / LOOKS);
        }
        return !stopped;
    }

    private void intervene() {
        String known = reason;
        String told = known == null ? reasonOf(watched.getStackTrace()) : known;
        reason = told;
        // Stages of the application run there, and may block it, too.
        daemon("webtransport-test-rescue", () -> abandon.accept(told)).start();
        if (known != null) {
            // Futures have failed and it still waits: for something else.
            watched.interrupt();
        }
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private String reasonOf(StackTraceElement[] stack) {
        String method = "a wait";
        String place = "";
        for (StackTraceElement frame : stack) {
            if (!frame.getClassName().startsWith("java.")
                    && !frame.getClassName().startsWith("jdk.")) {
                place = " at " + frame;
                break;
            }
            String type = frame.getClassName();
            method = type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName();
        }
        return "the thread of the test stood still for " + TimeUnit.MILLISECONDS.toSeconds(patienceMillis) + " s in "
                + method + place
                + ", and nothing happens while it does: wait with await(...) of the loopback, the pair or VirtualTime";
    }
}
