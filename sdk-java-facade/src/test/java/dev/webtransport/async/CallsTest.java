package dev.webtransport.async;

import static dev.webtransport.async.Outcome.failureOf;
import static dev.webtransport.async.Outcome.of;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import kotlin.ResultKt;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import kotlinx.coroutines.JobKt;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

final class CallsTest {
    private final CompletableFuture<Continuation<? super String>> begun = new CompletableFuture<>();
    private final CompletableFuture<String> released = new CompletableFuture<>();

    private Promise<Integer> begin() {
        return Calls.DEFAULT.<String, Integer>call(
                done -> {
                    begun.complete(done);
                    return IntrinsicsKt.getCOROUTINE_SUSPENDED();
                },
                String::length,
                released::complete);
    }

    @Test
    void a_value_that_is_there_at_once_or_later_completes_the_future() throws Exception {
        assertEquals(3, of(Calls.DEFAULT.<String, Integer>call(done -> "abc", String::length, late -> {})));
        Promise<Integer> later = begin();
        of(begun).resumeWith("abcd");
        assertEquals(4, of(later));
        assertFalse(released.isDone());
    }

    @Test
    void a_failure_is_the_cause_itself_with_nothing_around_it() throws Exception {
        IOException lost = new IOException("lost");
        Promise<Integer> promise = begin();
        of(begun).resumeWith(ResultKt.createFailure(lost));
        ExecutionException wrapped = Assertions.assertThrows(ExecutionException.class, () -> of(promise));
        assertSame(lost, wrapped.getCause());
        ArithmeticException thrown = failureOf(
                ArithmeticException.class,
                Calls.DEFAULT.<String, Integer>call(
                        done -> {
                            throw new ArithmeticException("at once");
                        },
                        String::length,
                        late -> {}));
        assertEquals("at once", thrown.getMessage());
    }

    @Test
    void a_value_that_meets_a_cancellation_goes_to_who_can_release_it() throws Exception {
        Promise<Integer> promise = begin();
        Continuation<? super String> call = of(begun);
        assertTrue(promise.cancel(true));
        assertFalse(JobKt.isActive(call.getContext()), "the call is cancelled too");
        call.resumeWith("late");
        assertEquals("late", of(released));
        assertTrue(promise.isCancelled());
    }

    @Test
    void completing_the_future_from_outside_cancels_the_call_too() throws Exception {
        Promise<Integer> promise = begin();
        Continuation<? super String> call = of(begun);
        assertTrue(promise.complete(7));
        assertFalse(JobKt.isActive(call.getContext()));
        assertFalse(promise.completeExceptionally(new IOException("too late")));
        assertFalse(promise.cancel(false));
        assertEquals(7, of(promise));
        assertTrue(promise.isAbandoned());
    }

    @Test
    void what_its_maker_has_claimed_its_holder_cannot_end_any_more() throws Exception {
        Promise<String> promise = new Promise<>();
        assertTrue(promise.claim());
        assertFalse(promise.cancel(false));
        assertFalse(promise.complete("by the holder"));
        assertFalse(promise.isDone());
        promise.deliver("by the maker");
        assertEquals("by the maker", of(promise));
        assertFalse(promise.isAbandoned());
    }
}
