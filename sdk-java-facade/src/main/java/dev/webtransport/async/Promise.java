package dev.webtransport.async;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A future for whose end its maker and its holder compete: the maker with an outcome, the holder by cancelling it or
 * completing it himself. Exactly one wins, and knows it before the end is seen, so that the maker hands over a stream, or
 * writes into a buffer, only if somebody will learn of it.
 */
class Promise<T extends @Nullable Object> extends CompletableFuture<T> {
    private final AtomicBoolean claimed = new AtomicBoolean();
    private volatile boolean abandoned;

    /** Whether the maker won; if so, {@link #deliver} or {@link #fail} must follow. */
    final boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    /** Whether anybody won already. */
    final boolean isClaimed() {
        return claimed.get();
    }

    /** Whether the holder won. */
    final boolean isAbandoned() {
        return abandoned;
    }

    /** The maker's outcome, after {@link #claim}. */
    final void deliver(T value) {
        super.complete(value);
    }

    /** The maker's failure, after {@link #claim}. */
    final void fail(Throwable failure) {
        super.completeExceptionally(failure);
    }

    /** What the maker does when the holder won, before anybody sees the end. */
    void handleAbandoned() {}

    private boolean abandon() {
        if (!claim()) {
            return false;
        }
        abandoned = true;
        handleAbandoned();
        return true;
    }

    @Override
    public final boolean cancel(boolean mayInterruptIfRunning) {
        return abandon() ? super.cancel(mayInterruptIfRunning) : isCancelled();
    }

    @Override
    public final boolean complete(T value) {
        return abandon() && super.complete(value);
    }

    @Override
    public final boolean completeExceptionally(Throwable failure) {
        return abandon() && super.completeExceptionally(failure);
    }

    /** A future that has failed already. */
    static <T extends @Nullable Object> CompletableFuture<T> failed(Throwable failure) {
        CompletableFuture<T> future = new CompletableFuture<>();
        future.completeExceptionally(failure);
        return future;
    }
}
