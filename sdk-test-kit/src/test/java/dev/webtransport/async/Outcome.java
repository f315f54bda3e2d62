package dev.webtransport.async;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for futures, but not for ever. */
public final class Outcome {
    private static final long LIMIT_SECONDS = 30;

    private Outcome() {}

    /** The value of a future that completes normally. */
    public static <T> T of(CompletableFuture<T> future)
            throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /** The failure of a future that fails, itself: what {@code get} wraps around it is the JDK's. */
    public static <X extends Throwable> X failureOf(Class<X> type, CompletableFuture<?> future) {
        ExecutionException wrapped = assertThrows(ExecutionException.class, () -> of(future));
        return assertInstanceOf(type, wrapped.getCause());
    }
}
