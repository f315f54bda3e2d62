package dev.webtransport.testkit.junit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import kotlin.time.AbstractLongTimeSource;
import kotlin.time.DurationUnit;
import kotlin.time.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still and an executor that runs nothing, until the test says so: the same order and the same times,
 * every time.
 *
 * <p>{@link #await} runs what is to be done, and where nothing is, moves the clock to the next timer; so an hour of timeouts takes
 * no longer than what runs in it. Tasks run in the order in which they are due, those due at the same moment in the order in which
 * they came.
 *
 * <p><b>Threads.</b> The thread that made it drives it, and no other; tasks run on that thread. Any thread may hand in tasks, but
 * what another thread does is not waited for: give work of the application an {@code Executor} to run on, and in tests this one.
 */
public final class VirtualTime extends AbstractExecutorService implements ScheduledExecutorService {
    /** How far {@link #await(CompletionStage)} lets the clock go: one hour. */
    public static final Duration LIMIT = Duration.ofHours(1);

    /** So many tasks without the clock moving are not work any more but a circle. */
    private static final int MAX_TASKS_AT_ONCE = 1_000_000;

    private static final ThreadLocal<@Nullable VirtualTime> CURRENT = new ThreadLocal<>();

    private final Thread owner = Thread.currentThread();
    private final ReentrantLock driving = new ReentrantLock();
    private final TimeSource.WithComparableMarks timeSource = new Clock();

    /** What is to be done, by time. Guarded by this. */
    private final Queue<Task> tasks = new PriorityQueue<>();

    /** How many tasks came so far. Guarded by this. */
    private long count;

    private volatile boolean shutDown;
    private volatile long nanos;
    private volatile long steps;
    private volatile Runnable onTask = () -> {};
    private volatile Supplier<List<String>> waiting = List::of;

    /** A clock at zero, driven by the thread that calls this. */
    public VirtualTime() {}

    /** The one that a running test has on this thread. */
    static @Nullable VirtualTime current() {
        return CURRENT.get();
    }

    /** Makes this the {@link #current} one of this thread. */
    void bind() {
        CURRENT.set(this);
    }

    /** Undoes {@link #bind}. */
    void unbind() {
        CURRENT.remove();
    }

    /** Adds who is told of every task that comes, on the thread that hands it in, and who knows who waits. */
    void observe(Runnable onTask, Supplier<List<String>> waiting) {
        Runnable toldBefore = this.onTask;
        Supplier<List<String>> askedBefore = this.waiting;
        this.onTask = () -> {
            toldBefore.run();
            onTask.run();
        };
        this.waiting = () -> {
            List<String> all = new ArrayList<>(askedBefore.get());
            all.addAll(waiting.get());
            return all;
        };
    }

    /** Grows with everything that runs. */
    long steps() {
        return steps;
    }

    /**
     * The time that has passed since this clock was made.
     *
     * @return virtual time
     */
    public Duration now() {
        return Duration.ofNanos(nanos);
    }

    /**
     * This clock for Kotlin.
     *
     * @return a time source that follows this clock
     */
    public TimeSource.WithComparableMarks timeSource() {
        return timeSource;
    }

    /**
     * Runs all that is to be done now, and what comes of it, without moving the clock.
     *
     * @throws IllegalStateException on another thread than the one that made this, and from within a task
     */
    public void runReady() {
        advance(Duration.ZERO);
    }

    /**
     * Moves the clock, and runs on the way all that becomes due, each at its time.
     *
     * @param duration how far; not negative
     * @throws IllegalStateException on another thread than the one that made this, and from within a task
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("time does not go back: " + duration);
        }
        checkOwner();
        begin();
        try {
            long end = later(nanos, duration.toNanos());
            Progress progress = new Progress();
            while (progress.runNext(end) == Next.RAN) {
                // Each turn runs one task.
            }
            nanos = end;
        } finally {
            driving.unlock();
        }
    }

    /**
     * Waits for a stage, as {@link #await(CompletionStage, Duration)} does, for at most {@link #LIMIT}.
     *
     * @param stage what to wait for
     * @param <T> the type of its value
     * @return its value
     * @throws Exception what it failed with
     */
    public <T extends @Nullable Object> T await(CompletionStage<T> stage) throws Exception {
        return await(stage, LIMIT);
    }

    /**
     * Waits for a stage: runs what is to be done, and moves the clock from timer to timer, until the stage is complete. The clock
     * stands still while anything can run.
     *
     * <p>Fails with an {@link org.opentest4j.AssertionFailedError} that says who waits for what, when nothing is left to do, when the
     * time is up, and when tasks go round in a circle.
     *
     * @param stage what to wait for
     * @param limit how far the clock may go
     * @param <T> the type of its value
     * @return its value
     * @throws Exception what the stage failed with, itself; where the test waited for it is among what is suppressed in it
     * @throws IllegalStateException on another thread than the one that made this, and from within a task
     */
    public <T extends @Nullable Object> T await(CompletionStage<T> stage, Duration limit) throws Exception {
        CompletableFuture<T> future = stage.toCompletableFuture();
        checkOwner();
        begin();
        try {
            long end = later(nanos, limit.toNanos());
            Progress progress = new Progress();
            while (!future.isDone()) {
                switch (progress.runNext(end)) {
                    case RAN -> {}
                    case LATER ->
                        throw stillWaiting("what is awaited did not complete within " + limit
                                + ", while timers go on; it is " + now());
                    case NOTHING ->
                        throw stillWaiting("what is awaited has not completed, and nothing is left to do at " + now()
                                + " (what other threads do is not waited for)");
                }
            }
        } finally {
            driving.unlock();
        }
        return valueOf(future);
    }

    /** The value of a complete future, or its failure with the place of the wait. */
    static <T extends @Nullable Object> T valueOf(CompletableFuture<T> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            cause.addSuppressed(new AwaitedHere());
            if (cause instanceof Error error) {
                throw error;
            }
            if (cause instanceof Exception exception) {
                throw exception;
            }
            throw failed;
        }
    }

    /**
     * Runs what is ready, on whatever thread: when the owner is stuck and shall be told. It may be stuck in a task, so that this
     * does not wait for it.
     */
    void runReadyForOwner() {
        boolean alone = driving.tryLock();
        try {
            Progress progress = new Progress();
            while (progress.runNext(nanos) == Next.RAN) {
                // Each turn runs one task.
            }
        } finally {
            if (alone) {
                driving.unlock();
            }
        }
    }

    /** What is still to be done, now or later, in words. */
    synchronized List<String> left() {
        List<String> left = new ArrayList<>();
        tasks.stream().sorted().forEach(task -> left.add(task.toString()));
        return left;
    }

    private void checkOwner() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("virtual time is driven by the thread that made it, " + owner.getName()
                    + ", not by " + Thread.currentThread().getName());
        }
    }

    private void begin() {
        if (driving.isHeldByCurrentThread()) {
            throw new IllegalStateException(
                    "a task, or a stage that depends on a future, cannot wait itself, for it holds up what it"
                            + " waits for; chain it with thenCompose");
        }
        driving.lock();
    }

    private StillWaitingError stillWaiting(String what) {
        List<String> who = waiting.get();
        return new StillWaitingError(who.isEmpty() ? what : what + "; still waiting:\n  " + String.join("\n  ", who));
    }

    private static long later(long nanos, long delay) {
        long later = nanos + Math.max(0, delay);
        return later < 0 ? Long.MAX_VALUE : later;
    }

    private synchronized void add(Runnable what, long at) {
        if (shutDown) {
            throw new RejectedExecutionException("this virtual time was shut down");
        }
        tasks.add(new Task(what, at, count++));
    }

    private synchronized void remove(Runnable what) {
        tasks.removeIf(task -> task.what == what);
    }

    @Override
    public void execute(Runnable task) {
        onTask.run();
        add(task, nanos);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return start(new Timer<>(Executors.callable(task), unit.toNanos(delay), 0));
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        return start(new Timer<>(task, unit.toNanos(delay), 0));
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long delay, long period, TimeUnit unit) {
        if (period <= 0) {
            throw new IllegalArgumentException("the period is " + period + "; it has to be positive");
        }
        return start(new Timer<>(Executors.callable(task), unit.toNanos(delay), unit.toNanos(period)));
    }

    /** As at a fixed rate: tasks take no virtual time. */
    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long delay, long pause, TimeUnit unit) {
        return scheduleAtFixedRate(task, delay, pause, unit);
    }

    private <V> Timer<V> start(Timer<V> timer) {
        onTask.run();
        add(timer, timer.at);
        return timer;
    }

    /** Takes no new tasks; those that came run. */
    @Override
    public void shutdown() {
        shutDown = true;
    }

    @Override
    public synchronized List<Runnable> shutdownNow() {
        shutDown = true;
        List<Runnable> never = new ArrayList<>();
        tasks.forEach(task -> never.add(task.what));
        tasks.clear();
        return never;
    }

    @Override
    public boolean isShutdown() {
        return shutDown;
    }

    @Override
    public synchronized boolean isTerminated() {
        return shutDown && tasks.isEmpty();
    }

    /** Waits not at all: only the test makes time pass. */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }

    /**
     * Not here: it would wait for what runs only when the test lets it.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks) {
        throw waits();
    }

    /**
     * Not here: it would wait for what runs only when the test lets it.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) {
        throw waits();
    }

    private static UnsupportedOperationException waits() {
        return new UnsupportedOperationException(
                "this waits for tasks that run only when the test lets them; submit them and await");
    }

    @Override
    public String toString() {
        return "virtual time, " + now();
    }

    private enum Next {
        RAN,
        LATER,
        NOTHING
    }

    /** One drive: runs task after task, and notices when that leads nowhere. */
    private final class Progress {
        private int atOnce;

        /** Runs the next task, if it is due by then. */
        Next runNext(long end) {
            Task task;
            synchronized (VirtualTime.this) {
                task = tasks.peek();
                if (task == null) {
                    return Next.NOTHING;
                }
                if (task.at > end) {
                    return Next.LATER;
                }
                tasks.remove();
            }
            if (task.at > nanos) {
                nanos = task.at;
                atOnce = 0;
            } else if (++atOnce > MAX_TASKS_AT_ONCE) {
                throw stillWaiting(
                        MAX_TASKS_AT_ONCE + " tasks ran at " + now() + " without an end; the last one: " + task);
            }
            steps++;
            task.what.run();
            return Next.RAN;
        }
    }

    /** Something to run at a time. */
    private static final class Task implements Comparable<Task> {
        private final Runnable what;
        private final long at;
        private final long number;

        Task(Runnable what, long at, long number) {
            this.what = what;
            this.at = at;
            this.number = number;
        }

        @Override
        public int compareTo(Task other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }

        @Override
        public String toString() {
            return what + " at " + Duration.ofNanos(at);
        }
    }

    /** A task with a time, once or again and again, that can be cancelled. */
    private final class Timer<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {
        private final Callable<V> what;
        private final long period;
        private volatile long at;

        Timer(Callable<V> what, long delay, long period) {
            super(what);
            this.what = what;
            this.period = period;
            this.at = later(nanos, delay);
        }

        @Override
        public void run() {
            if (period == 0) {
                super.run();
            } else if (runAndReset()) {
                at = later(at, period);
                add(this, at);
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(false);
            remove(this);
            return cancelled;
        }

        @Override
        public boolean isPeriodic() {
            return period > 0;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(at - nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }

        @Override
        public String toString() {
            return "timer of " + what;
        }
    }

    /** The clock of Kotlin's timeouts. */
    private final class Clock extends AbstractLongTimeSource {
        Clock() {
            super(DurationUnit.NANOSECONDS);
        }

        @Override
        protected long read() {
            return nanos;
        }
    }
}
