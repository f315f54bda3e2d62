package dev.webtransport.async;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes what arrives at a queue of the core, for those who wait here, first come first served; nothing is lost when one of
 * them gives up. A call of the core that nobody waits for any more is left running: its item is for who comes next.
 *
 * <p>Bounds: there are never more calls under way, nor items kept here, than there once were waiters at the same time.
 */
final class Arrivals<K, T> {
    private final Calls calls;
    private final Calls.Callee<K> receive;
    private final Function<? super K, ? extends T> map;
    private final Queue<Promise<Optional<T>>> waiters = new ArrayDeque<>();
    private final Queue<T> kept = new ArrayDeque<>();
    private int underWay;

    /**
     * Arrivals of one queue.
     *
     * @param calls where to call the core
     * @param receive the core's call for the next item, or null after the last
     * @param map from the core's item to the one told here
     */
    Arrivals(Calls calls, Calls.Callee<K> receive, Function<? super K, ? extends T> map) {
        this.calls = calls;
        this.receive = receive;
        this.map = map;
    }

    /** The next item, or empty after the last. */
    CompletableFuture<Optional<T>> next() {
        Promise<Optional<T>> waiter = new Promise<>();
        synchronized (this) {
            T item = kept.poll();
            if (item != null) {
                return CompletableFuture.completedFuture(Optional.of(item));
            }
            waiters.removeIf(Promise::isClaimed);
            waiters.add(waiter);
            if (underWay >= waiters.size()) {
                return waiter;
            }
            underWay++;
        }
        calls.run(receive, this::handleEnd);
        return waiter;
    }

    private void handleEnd(@Nullable K received, @Nullable Throwable failure) {
        Promise<Optional<T>> waiter;
        T item = received == null ? null : map.apply(received);
        synchronized (this) {
            underWay--;
            do {
                waiter = waiters.poll();
            } while (waiter != null && !waiter.claim());
            if (waiter == null) {
                // An end or a failure needs not be kept: the core tells it again.
                if (item != null) {
                    kept.add(item);
                }
                return;
            }
        }
        if (failure == null) {
            waiter.deliver(Optional.ofNullable(item));
        } else {
            waiter.fail(failure);
        }
    }
}
