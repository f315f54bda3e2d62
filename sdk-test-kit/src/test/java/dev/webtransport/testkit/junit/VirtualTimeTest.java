package dev.webtransport.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

final class VirtualTimeTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    private Runnable note(String text) {
        return () -> log.add(text + " at " + time.now().toMillis());
    }

    @Test
    void nothing_runs_before_the_test_lets_it_and_then_in_the_order_of_coming() {
        time.execute(note("first"));
        time.execute(note("second"));
        assertEquals(List.of(), log);
        time.runReady();
        assertEquals(List.of("first at 0", "second at 0"), log);
    }

    @Test
    void what_is_due_runs_at_its_time_and_what_is_due_at_once_in_the_order_of_coming() {
        time.schedule(note("late"), 20, TimeUnit.MILLISECONDS);
        time.schedule(note("soon"), 10, TimeUnit.MILLISECONDS);
        time.schedule(() -> time.execute(note("from a task")), 10, TimeUnit.MILLISECONDS);
        time.schedule(note("soon, too"), 10, TimeUnit.MILLISECONDS);
        time.advance(Duration.ofMillis(19));
        assertEquals(List.of("soon at 10", "soon, too at 10", "from a task at 10"), log);
        assertEquals(Duration.ofMillis(19), time.now());
        time.advance(Duration.ofMillis(1));
        assertEquals("late at 20", log.get(3));
    }

    @Test
    void waiting_moves_the_clock_to_the_next_timer_and_not_further() throws Exception {
        CompletableFuture<String> future = new CompletableFuture<>();
        time.schedule(() -> future.complete("done"), 50, TimeUnit.MINUTES);
        time.schedule(note("never"), 51, TimeUnit.MINUTES);
        assertEquals("done", time.await(future));
        assertEquals(Duration.ofMinutes(50), time.now());
        assertEquals(List.of(), log);
    }

    @Test
    void waiting_for_what_nothing_will_complete_fails_at_once_and_says_who_waits() {
        time.observe(() -> {}, () -> List.of("somebody", "somebody else"));
        AssertionFailedError failure =
                assertThrows(AssertionFailedError.class, () -> time.await(new CompletableFuture<>()));
        assertTrue(failure.getMessage().contains("nothing is left to do"), failure.getMessage());
        assertTrue(failure.getMessage().contains("somebody\n  somebody else"), failure.getMessage());
    }

    @Test
    void waiting_ends_when_the_time_is_up_though_timers_go_on() {
        time.scheduleAtFixedRate(note("beat"), 0, 1, TimeUnit.SECONDS);
        CompletableFuture<String> never = new CompletableFuture<>();
        AssertionFailedError failure =
                assertThrows(AssertionFailedError.class, () -> time.await(never, Duration.ofSeconds(3)));
        assertTrue(failure.getMessage().contains("within PT3S"), failure.getMessage());
        assertEquals(List.of("beat at 0", "beat at 1000", "beat at 2000", "beat at 3000"), log);
        assertThrows(AssertionFailedError.class, () -> time.await(never));
    }

    @Test
    void tasks_that_go_round_in_a_circle_are_noticed() {
        Runnable circle = new Runnable() {
            @Override
            public void run() {
                time.execute(this);
            }
        };
        circle.run();
        AssertionFailedError failure = assertThrows(AssertionFailedError.class, time::runReady);
        assertTrue(failure.getMessage().contains("without an end"), failure.getMessage());
    }

    @Test
    void a_failure_is_told_itself_and_shows_where_the_test_waited() {
        IOException lost = new IOException("lost");
        CompletableFuture<String> future =
                CompletableFuture.<String>failedFuture(lost).thenApply(String::trim);
        assertSame(lost, assertThrows(IOException.class, () -> time.await(future)));
        assertInstanceOf(AwaitedHere.class, lost.getSuppressed()[0]);
    }

    @Test
    void only_its_own_thread_drives_it() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread other = new Thread(() -> {
            try {
                time.runReady();
                thrown.complete(null);
            } catch (Throwable failure) {
                thrown.complete(failure);
            }
        });
        other.start();
        other.join();
        assertInstanceOf(IllegalStateException.class, thrown.getNow(null));
    }

    @Test
    void a_task_cannot_wait_for_what_it_holds_up() {
        CompletableFuture<String> future = new CompletableFuture<>();
        CompletableFuture<String> inTask = new CompletableFuture<>();
        time.execute(() -> {
            try {
                inTask.complete(time.await(future));
            } catch (Exception failed) {
                inTask.completeExceptionally(failed);
            }
        });
        IllegalStateException failure = assertThrows(IllegalStateException.class, () -> time.await(inTask));
        assertTrue(failure.getMessage().contains("thenCompose"), failure.getMessage());
    }

    @Test
    void a_cancelled_timer_is_gone() {
        ScheduledFuture<?> once = time.schedule(note("once"), 1, TimeUnit.SECONDS);
        ScheduledFuture<?> beat = time.scheduleWithFixedDelay(note("beat"), 1, 2, TimeUnit.SECONDS);
        assertEquals(2, time.left().size());
        assertTrue(once.cancel(false));
        time.advance(Duration.ofSeconds(4));
        assertTrue(beat.cancel(false));
        assertEquals(List.of(), time.left());
        time.advance(Duration.ofSeconds(4));
        assertEquals(List.of("beat at 1000", "beat at 3000"), log);
    }

    @Test
    void what_a_periodic_task_throws_ends_it_and_stays_in_its_future() {
        ScheduledFuture<?> beat = time.scheduleAtFixedRate(
                () -> {
                    throw new IllegalStateException("in a task, for the test");
                },
                1,
                1,
                TimeUnit.SECONDS);
        time.advance(Duration.ofSeconds(5));
        assertTrue(beat.isDone());
        assertEquals(List.of(), time.left());
    }

    @Test
    void after_a_shutdown_it_takes_nothing_more_and_runs_what_it_has() {
        time.execute(note("before"));
        time.shutdown();
        assertFalse(time.isTerminated());
        assertThrows(RejectedExecutionException.class, () -> time.execute(note("after")));
        time.runReady();
        assertTrue(time.isTerminated());
        assertEquals(List.of("before at 0"), log);
    }

    @Test
    void the_clock_of_kotlin_follows() {
        var mark = time.timeSource().markNow();
        assertEquals(0, time.timeSource().markNow().compareTo(mark));
        time.advance(Duration.ofNanos(1));
        assertTrue(time.timeSource().markNow().compareTo(mark) > 0);
    }
}
