package dev.webtransport.testkit.junit;

import dev.webtransport.testkit.LeakCheck;
import dev.webtransport.testkit.ReplayNote;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/** What one test has of the kit, from before its first method until after its last. */
final class TestRun {
    private final VirtualTime time = new VirtualTime();
    private final long seed;
    private final int patienceSeconds;
    private final LeakCheck leakCheck;

    /** As many as the test opened. Guarded by this, because the watchdog looks at it. */
    private final List<AsyncLoopback> opened = new ArrayList<>();

    private @Nullable AsyncLoopback loopback;
    private @Nullable AsyncLoopbackPair pair;
    private @Nullable Watchdog watchdog;

    TestRun(long seed, int patienceSeconds, LeakCheck leakCheck) {
        if (patienceSeconds < 1) {
            throw new IllegalArgumentException(
                    "the patience of a test is " + patienceSeconds + " s; it is at least 1 s");
        }
        this.seed = seed;
        this.patienceSeconds = patienceSeconds;
        this.leakCheck = leakCheck;
        time.bind();
    }

    VirtualTime time() {
        return time;
    }

    AsyncLoopback.Builder builder() {
        if (watchdog == null) {
            watchdog = Watchdog.start(time, patienceSeconds, this::abandon);
        }
        return new AsyncLoopback.Builder(time, seed, this::add);
    }

    /** The one of this test with settings that nobody asked to change. */
    AsyncLoopback loopback() throws Exception {
        if (loopback == null) {
            loopback = builder().open();
        }
        return loopback;
    }

    AsyncLoopbackPair pair() throws Exception {
        if (pair == null) {
            pair = loopback().pair();
        }
        return pair;
    }

    /** What a failure of the test is told as. */
    Throwable explain(Throwable failure) {
        String reason = watchdog == null ? null : watchdog.reason();
        return reason == null ? failure : new AssertionFailedError(reason, failure);
    }

    /**
     * Ends everything.
     *
     * @param failure of the test, or null
     */
    void end(@Nullable Throwable failure) throws Exception {
        try {
            if (failure != null) {
                failure.addSuppressed(replayNote());
            }
            String reason = null;
            if (watchdog != null) {
                watchdog.stop();
                reason = watchdog.reason();
            }
            if (reason == null) {
                close(failure == null);
            } else if (failure == null) {
                throw new AssertionFailedError(reason);
            }
        } finally {
            time.unbind();
        }
    }

    private void close(boolean checked) throws Exception {
        List<String> leaks = new ArrayList<>();
        for (AsyncLoopback each : opened()) {
            if (checked && leakCheck == LeakCheck.STREAMS) {
                leaks.addAll(each.leftovers());
            }
            each.close();
            if (leakCheck != LeakCheck.NOTHING) {
                leaks.addAll(each.leaks());
            }
        }
        if (!opened().isEmpty() && leakCheck != LeakCheck.NOTHING) {
            time.left().forEach(task -> leaks.add("is still to be done: " + task));
        }
        if (checked && !leaks.isEmpty()) {
            AssertionFailedError leaking =
                    new AssertionFailedError("the test has ended, and this is left:\n  " + String.join("\n  ", leaks));
            leaking.addSuppressed(replayNote());
            throw leaking;
        }
    }

    private ReplayNote replayNote() {
        StringBuilder note = new StringBuilder();
        for (AsyncLoopback each : opened()) {
            note.append(each.replayNote()).append('\n');
        }
        return new ReplayNote(note.toString());
    }

    private void abandon(String why) {
        opened().forEach(each -> each.abandon(why));
    }

    private synchronized void add(AsyncLoopback added) {
        opened.add(added);
    }

    /** The last one first. */
    private synchronized List<AsyncLoopback> opened() {
        List<AsyncLoopback> reversed = new ArrayList<>(opened);
        Collections.reverse(reversed);
        return reversed;
    }
}
