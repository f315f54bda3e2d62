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
import kotlinx.coroutines.CompletableJob;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.JobKt;
import kotlinx.coroutines.future.FutureKt;
import org.jspecify.annotations.Nullable;

/**
 * Calls suspending functions from Java: the one class here that knows continuations.
 *
 * <p>Each call is a coroutine of its own with a {@link Job} of its own, so that no failure and no cancellation reaches another
 * call. It is not kotlinx's {@code future} builder, because that one drops a value that meets a cancellation: here it goes back
 * to who can release it.
 *
 * <p>An instance is where the calls of one client or server run; what these make hands it on to what it makes itself.
 */
final class Calls {
    /** Where calls run unless somebody says otherwise. */
    static final Calls DEFAULT = new Calls(Dispatchers.getDefault());

    private final CoroutineContext context;

    /**
     * Calls in a context of their own.
     *
     * @param context a dispatcher, unless it is to be the default; its job is the parent of each call's
     */
    Calls(CoroutineContext context) {
        this.context = Dispatchers.getDefault().plus(context);
    }

    /**
     * Calls a suspending function and tells its end, whatever it is, exactly once: a value, or null and what it failed
     * with.
     *
     * @return what cancels the call
     */
    <K extends @Nullable Object> Runnable run(Callee<K> callee, BiConsumer<K, @Nullable Throwable> end) {
        Started<K> started = new Started<>(context, end);
        ContinuationKt.startCoroutine(callee, started);
        return started;
    }

    /**
     * Calls a suspending function, and cancels it when the future is cancelled.
     *
     * @param map from the core's value to the future's, run only for a future that will get it
     * @param release what to do with a value whose future was cancelled meanwhile
     */
    <K extends @Nullable Object, T extends @Nullable Object> Promise<T> call(
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
    Promise<@Nullable Void> call(Callee<Unit> callee) {
        return this.<Unit, @Nullable Void>call(callee, done -> null, done -> {});
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

    /**
     * Waits for the value of a stage from inside a suspending function, as that one's last act.
     *
     * @return what the function has to return
     */
    static <T extends @Nullable Object> @Nullable Object awaitValue(
            CompletionStage<T> stage, Continuation<? super T> function) {
        return FutureKt.await(stage, function);
    }

    /** The same calls with something more in their context. */
    Calls with(CoroutineContext more) {
        return new Calls(context.plus(more));
    }

    /** A suspending function and its arguments, waiting for the continuation: {@code done -> session.close(info, done)}. */
    interface Callee<K extends @Nullable Object> extends Function1<Continuation<? super K>, @Nullable Object> {}

    /** One call: hears how it ends, and cancels it when it is run. */
    private static final class Started<K extends @Nullable Object> implements Continuation<K>, Runnable {
        private final BiConsumer<K, @Nullable Throwable> end;
        private final CompletableJob job;
        private final CoroutineContext context;

        Started(CoroutineContext context, BiConsumer<K, @Nullable Throwable> end) {
            this.end = end;
            this.job = JobKt.Job(context.get(Job.Key));
            this.context = context.plus(job);
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
            // A parent waits for its children, this one would be among them for ever.
            job.complete();
            end.accept(failure == null ? (K) result : null, failure);
        }

        @Override
        public void run() {
            job.cancel(null);
        }
    }

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
