package dev.webtransport.async;

import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import kotlin.ResultKt;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.ContinuationKt;
import kotlin.coroutines.CoroutineContext;
import kotlin.jvm.functions.Function1;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.JobKt;
import kotlinx.coroutines.future.FutureKt;
import org.jspecify.annotations.Nullable;

/**
 * Calls suspending functions from Java: the one class here that knows continuations.
 *
 * <p>Each call is a coroutine of its own on {@link Dispatchers#getDefault()} with a {@link Job} of its own, so that no
 * failure and no cancellation reaches another call. It is not kotlinx's {@code future} builder, because that one drops a
 * value that meets a cancellation: here it goes back to who can release it.
 */
final class Suspending<K extends @Nullable Object> implements Continuation<K> {
    private final BiConsumer<K, @Nullable Throwable> end;
    private final Job job = JobKt.Job(null);
    private final CoroutineContext context = Dispatchers.getDefault().plus(job);

    private Suspending(BiConsumer<K, @Nullable Throwable> end) {
        this.end = end;
    }

    /**
     * Calls a suspending function and tells its end, whatever it is, exactly once: a value, or null and what it failed
     * with.
     *
     * @return what cancels the call
     */
    static <K extends @Nullable Object> Runnable run(Callee<K> callee, BiConsumer<K, @Nullable Throwable> end) {
        Suspending<K> started = new Suspending<>(end);
        ContinuationKt.startCoroutine(callee, started);
        return () -> started.job.cancel(null);
    }

    /**
     * Calls a suspending function, and cancels it when the future is cancelled.
     *
     * @param map from the core's value to the future's, run only for a future that will get it
     * @param release what to do with a value whose future was cancelled meanwhile
     */
    static <K extends @Nullable Object, T extends @Nullable Object> Promise<T> call(
            Callee<K> callee, Function<? super K, ? extends T> map, Consumer<? super K> release) {
        Call<T> promise = new Call<>();
        promise.cancel = run(callee, (value, failure) -> {
            if (!promise.claim()) {
                if (failure == null) {
                    release.accept(value);
                }
            } else if (failure != null) {
                promise.fail(failure);
            } else {
                promise.deliver(map.apply(value));
            }
        });
        return promise;
    }

    /** Calls a suspending function that only ends. */
    static Promise<@Nullable Void> call(Callee<Unit> callee) {
        return Suspending.<Unit, @Nullable Void>call(callee, done -> null, done -> {});
    }

    /**
     * Waits for a stage from inside a suspending function, as that one's last act. Cancelling the function cancels the
     * stage.
     *
     * @return what the function has to return
     */
    @SuppressWarnings("unchecked") // The value of the stage is dropped by whoever waits for Unit.
    static @Nullable Object await(CompletionStage<?> stage, Continuation<? super Unit> function) {
        return FutureKt.await((CompletionStage<Unit>) stage, function);
    }

    @Override
    public CoroutineContext getContext() {
        return context;
    }

    @Override
    @SuppressWarnings("unchecked") // A result is the value itself, or a failure, which the line before throws.
    public void resumeWith(Object result) {
        Throwable failure = null;
        try {
            ResultKt.throwOnFailure(result);
        } catch (Throwable thrown) {
            failure = thrown;
        }
        end.accept(failure == null ? (K) result : null, failure);
    }

    /** A suspending function and its arguments, waiting for the continuation: {@code done -> session.close(info, done)}. */
    interface Callee<K extends @Nullable Object> extends Function1<Continuation<? super K>, @Nullable Object> {}

    /** A future that cancels its call with itself. */
    private static final class Call<T extends @Nullable Object> extends Promise<T> {
        /** Set before anybody can hold the future. */
        private volatile Runnable cancel = () -> {};

        @Override
        void handleAbandoned() {
            cancel.run();
        }
    }
}
