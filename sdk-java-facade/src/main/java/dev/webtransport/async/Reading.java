package dev.webtransport.async;

import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One read of a stream: looks ahead, and takes bytes only if somebody will learn of them. Until then it can be cancelled, and
 * no byte is lost.
 */
final class Reading<T extends @Nullable Object> extends Promise<T> {
    private final Calls.Callee<@Nullable ByteBuffer> lookAhead;
    private final Function<@Nullable ByteBuffer, ? extends T> take;
    private volatile Runnable cancel = () -> {};

    /**
     * A read that has not begun.
     *
     * @param lookAhead the core's call that shows the bytes and takes none
     * @param take makes the outcome of what was shown, and takes it from the stream; waits for nothing
     */
    Reading(Calls.Callee<@Nullable ByteBuffer> lookAhead, Function<@Nullable ByteBuffer, ? extends T> take) {
        this.lookAhead = lookAhead;
        this.take = take;
    }

    /**
     * Begins.
     *
     * @param calls where to call the core
     * @param free run when the stream is free for the next read, before anybody sees how this one ended
     */
    void begin(Calls calls, Runnable free) {
        cancel = calls.run(lookAhead, (shown, failure) -> handleEnd(shown, failure, free));
        if (isAbandoned()) {
            cancel.run();
        }
    }

    private void handleEnd(@Nullable ByteBuffer shown, @Nullable Throwable failure, Runnable free) {
        if (!claim()) {
            // An end or a failure needs not be kept: the core tells it again.
            free.run();
            return;
        }
        T taken = null;
        Throwable why = failure;
        if (why == null) {
            try {
                taken = take.apply(shown);
            } catch (Throwable ended) {
                // The stream was stopped or its session has ended since the bytes were shown, or there is no memory for
                // a copy.
                why = ended;
            }
        }
        free.run();
        if (why == null) {
            deliver(taken);
        } else {
            fail(why);
        }
    }

    @Override
    void handleAbandoned() {
        cancel.run();
    }
}
