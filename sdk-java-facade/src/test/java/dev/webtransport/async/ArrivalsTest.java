package dev.webtransport.async;

import static dev.webtransport.async.Outcome.failureOf;
import static dev.webtransport.async.Outcome.of;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import kotlin.ResultKt;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import org.junit.jupiter.api.Test;

final class ArrivalsTest {
    /** The calls of the core that are under way, oldest first. */
    private final BlockingQueue<Continuation<? super String>> calls = new LinkedBlockingQueue<>();

    private final Arrivals<String, String> arrivals = new Arrivals<String, String>(
            Calls.DEFAULT,
            done -> {
                calls.add(done);
                return IntrinsicsKt.getCOROUTINE_SUSPENDED();
            },
            item -> item + "!");

    private Continuation<? super String> call() throws InterruptedException {
        Continuation<? super String> call = calls.poll(30, TimeUnit.SECONDS);
        assertTrue(call != null, "a call of the core is under way");
        return call;
    }

    @Test
    void waiters_are_served_first_come_first_served() throws Exception {
        CompletableFuture<Optional<String>> first = arrivals.next();
        CompletableFuture<Optional<String>> second = arrivals.next();
        call().resumeWith("a");
        assertEquals(Optional.of("a!"), of(first));
        assertFalse(second.isDone());
        call().resumeWith("b");
        assertEquals(Optional.of("b!"), of(second));
    }

    @Test
    void the_item_of_a_cancelled_waiter_goes_to_the_next_one() throws Exception {
        CompletableFuture<Optional<String>> cancelled = arrivals.next();
        CompletableFuture<Optional<String>> waiting = arrivals.next();
        assertTrue(cancelled.cancel(false));
        call().resumeWith("a");
        assertEquals(Optional.of("a!"), of(waiting));
    }

    @Test
    void an_item_that_arrives_when_all_have_given_up_is_kept_for_who_comes_next() throws Exception {
        assertTrue(arrivals.next().cancel(false));
        Continuation<? super String> call = call();
        CompletableFuture<Optional<String>> second = arrivals.next();
        assertTrue(second.cancel(false));
        call.resumeWith("a");
        CompletableFuture<Optional<String>> third = arrivals.next();
        assertEquals(Optional.of("a!"), of(third));
        assertEquals(0, calls.size());
    }

    @Test
    void giving_up_and_coming_again_does_not_pile_up_calls_of_the_core() throws Exception {
        Continuation<? super String> call = null;
        for (int i = 0; i < 100; i++) {
            CompletableFuture<Optional<String>> next = arrivals.next();
            call = call == null ? call() : call;
            assertTrue(next.cancel(false));
        }
        assertEquals(0, calls.size());
        CompletableFuture<Optional<String>> last = arrivals.next();
        call.resumeWith("a");
        assertEquals(Optional.of("a!"), of(last));
    }

    @Test
    void the_end_and_a_failure_go_to_one_waiter_each_and_are_not_kept() throws Exception {
        CompletableFuture<Optional<String>> first = arrivals.next();
        CompletableFuture<Optional<String>> second = arrivals.next();
        call().resumeWith(null);
        call().resumeWith(ResultKt.createFailure(new IOException("lost")));
        assertEquals(Optional.empty(), of(first));
        failureOf(IOException.class, second);
        assertTrue(arrivals.next().cancel(false));
        call().resumeWith(null);
        CompletableFuture<Optional<String>> later = arrivals.next();
        call().resumeWith("a");
        assertEquals(Optional.of("a!"), of(later));
    }
}
