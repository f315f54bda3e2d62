package dev.webtransport.async;

import dev.webtransport.session.SessionEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.flow.FlowCollector;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a session one by one, in order. Each reader has a position of its own; while nobody asks it for the
 * next event nothing happens, and it keeps one event at most.
 */
public final class AsyncEvents implements AutoCloseable {
    private final Flow<SessionEvent> events;
    private final Calls calls;
    private final Queue<Promise<Optional<SessionEvent>>> waiters = new ArrayDeque<>();

    /** What the one who had asked for it did not wait for. */
    private @Nullable SessionEvent kept;

    /** Completes when the next event is wanted. */
    private CompletableFuture<Unit> demand = new CompletableFuture<>();

    /** Ends the reading; null before it has begun. */
    private @Nullable Runnable cancel;

    private boolean over;

    AsyncEvents(Flow<SessionEvent> events, Calls calls) {
        this.events = events;
        this.calls = calls;
    }

    /**
     * The next event. Where several wait, they get one event each, in the order in which they asked.
     *
     * <p>Cancellation: no event is lost; the next call gets it.
     *
     * @return completes with the event, or empty behind {@link SessionEvent.Closed} or
     *     {@link SessionEvent.Failed} and after {@link #close}; does not fail
     */
    public CompletableFuture<Optional<SessionEvent>> next() {
        Promise<Optional<SessionEvent>> waiter = new Promise<>();
        CompletableFuture<Unit> wanted;
        synchronized (this) {
            SessionEvent event = kept;
            if (event != null) {
                kept = null;
                return CompletableFuture.completedFuture(Optional.of(event));
            }
            if (over) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            waiters.removeIf(Promise::isClaimed);
            waiters.add(waiter);
            wanted = demand;
            if (cancel == null) {
                // Replaced in a moment; who closes meanwhile sets "over", and the first event finds that.
                cancel = () -> {};
                wanted = null;
            }
        }
        if (wanted == null) {
            begin();
        } else {
            wanted.complete(Unit.INSTANCE);
        }
        return waiter;
    }

    /** Ends the reading: whoever waits gets empty, and so does every later call. Repeatable. */
    @Override
    public void close() {
        Runnable reading;
        synchronized (this) {
            reading = cancel;
            kept = null;
        }
        handleEnd();
        if (reading != null) {
            reading.run();
        }
    }

    private void begin() {
        FlowCollector<SessionEvent> collector = this::handle;
        Runnable reading = calls.<Unit>run(done -> events.collect(collector, done), (end, failure) -> handleEnd());
        boolean late;
        synchronized (this) {
            cancel = reading;
            late = over;
        }
        if (late) {
            reading.run();
        }
    }

    private @Nullable Object handle(SessionEvent event, Continuation<? super Unit> goOn) {
        Promise<Optional<SessionEvent>> waiter;
        CompletableFuture<Unit> more = new CompletableFuture<>();
        synchronized (this) {
            do {
                waiter = waiters.poll();
            } while (waiter != null && !waiter.claim());
            if (waiter == null && !over) {
                kept = event;
            }
            demand = more;
            if (waiter != null && !waiters.isEmpty()) {
                more.complete(Unit.INSTANCE);
            }
        }
        if (waiter != null) {
            waiter.deliver(Optional.of(event));
        }
        return Calls.await(more, goOn);
    }

    private void handleEnd() {
        List<Promise<Optional<SessionEvent>>> waiting;
        synchronized (this) {
            over = true;
            waiting = new ArrayList<>(waiters);
            waiters.clear();
        }
        for (Promise<Optional<SessionEvent>> waiter : waiting) {
            if (waiter.claim()) {
                waiter.deliver(Optional.empty());
            }
        }
    }
}
