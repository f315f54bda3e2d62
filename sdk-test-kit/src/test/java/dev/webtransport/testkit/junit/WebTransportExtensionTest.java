package dev.webtransport.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder.request;

import dev.webtransport.async.AsyncBidirectionalStream;
import dev.webtransport.async.AsyncSendStream;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.testkit.LeakCheck;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherFactory;
import org.opentest4j.AssertionFailedError;

/** What the extension makes of good tests, and of bad ones, which it runs as JUnit would. */
@Loopback(seed = 42)
final class WebTransportExtensionTest {
    private AsyncLoopback fromBeforeEach;

    @BeforeEach
    void takeLoopback(AsyncLoopback loopback) {
        fromBeforeEach = loopback;
    }

    @Test
    @Loopback(seed = 42, leakCheck = LeakCheck.COROUTINES)
    void all_parameters_of_one_test_belong_together(AsyncLoopback loopback, AsyncLoopbackPair pair, VirtualTime time)
            throws Exception {
        assertSame(fromBeforeEach, loopback);
        assertSame(loopback, pair.loopback());
        assertSame(time, pair.time());
        assertSame(loopback.network(), pair.network());
        pair.trace().assertContainsInOrder("<< s0 HEADERS :status=200");
        assertEquals(42, loopback.network().seed());
        AsyncBidirectionalStream stream = pair.await(pair.client().createBidirectionalStream());
        pair.await(stream.send().write(new byte[] {1}));
        assertEquals(
                stream.id(),
                pair.await(pair.server().acceptBidirectionalStream())
                        .orElseThrow()
                        .id());
    }

    @Test
    @Loopback(seed = 43)
    void the_seed_of_the_test_is_taken_before_that_of_its_class(AsyncLoopback loopback) {
        assertEquals(43, loopback.network().seed());
    }

    @Test
    void an_hour_of_silence_ends_a_session_in_no_time(AsyncLoopback.Builder setup) throws Exception {
        QuicConfig patient = QuicConfig.builder()
                .idleTimeout(Duration.ofHours(1))
                .keepAliveInterval(null)
                .build();
        AsyncLoopbackPair pair = setup.quic(patient).open().pair();
        WebTransportAssertions.assertLost(pair.client());
        assertTrue(
                pair.time().now().compareTo(Duration.ofMinutes(59)) > 0,
                pair.time().toString());
    }

    @Test
    void a_test_that_waits_with_join_is_told_to_await_and_does_not_hang() {
        Throwable failure = failureOf("joins");
        assertInstanceOf(AssertionFailedError.class, failure);
        assertHas(failure, "CompletableFuture.join", "BadTests.joins", "await(...)");
    }

    @Test
    void a_test_that_waits_in_a_stage_does_not_hang_either() {
        assertHas(failureOf("joinsInStage"), "CompletableFuture.join", "BadTests.lambda$joinsInStage");
    }

    @Test
    void a_test_that_waits_for_something_else_is_interrupted() {
        assertHas(failureOf("waitsForLatch"), "CountDownLatch.await", "BadTests.waitsForLatch");
    }

    @Test
    void a_test_that_swallows_what_ended_its_wait_fails_nevertheless() {
        assertHas(failureOf("joinsAndSwallows"), "CompletableFuture.join");
    }

    @Test
    void a_failed_test_names_its_seed() {
        Throwable failure = failureOf("fails");
        assertEquals("on purpose", failure.getMessage());
        assertTrue(
                Arrays.stream(failure.getSuppressed())
                        .anyMatch(note -> note.getMessage().contains("-Dwebtransport.seed=99")),
                Arrays.toString(failure.getSuppressed()));
    }

    @Test
    void a_wait_without_hope_names_the_calls_that_wait() {
        assertHas(
                failureOf("awaitsNothing"),
                "did not complete within",
                "AsyncSession.receiveDatagram, called at WebTransportExtensionTest.java");
    }

    @Test
    void a_stream_that_is_left_half_open_is_named_with_what_waits_on_it() {
        assertHas(
                failureOf("leavesStream"),
                "stream 6 at the client: sending half neither finished nor reset",
                "stream 6 at the server: receiving half neither read to its end nor stopped");
    }

    @Test
    void a_datagram_that_nobody_received_is_counted() {
        assertHas(failureOf("leavesDatagram"), "session 0 at the server: 1 datagrams nobody received");
    }

    @Test
    void a_timer_that_goes_on_after_the_test_is_named() {
        assertHas(failureOf("leavesTimer"), "is still to be done", "heartbeat");
    }

    private static void assertHas(Throwable failure, String... parts) {
        for (String part : parts) {
            assertTrue(failure.getMessage().contains(part), part + " is not in: " + failure.getMessage());
        }
    }

    /** Runs a method of {@link BadTests}, and tells how it failed. */
    private static Throwable failureOf(String method) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        TestExecutionListener listener = new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
                if (identifier.isTest()) {
                    failure.complete(result.getThrowable()
                            .orElseGet(() -> new AssertionError(method + " passed, and should not")));
                }
            }
        };
        Class<?>[] parameters = {AsyncLoopbackPair.class};
        LauncherFactory.create()
                .execute(
                        request()
                                .selectors(selectMethod(BadTests.class, method, parameters))
                                .configurationParameter("junit.jupiter.execution.timeout.default", "60 s")
                                .build(),
                        listener);
        return failure.getNow(new AssertionError(method + " was not run"));
    }

    /** Run by the tests above only: JUnit looks into nested classes that are static for none. */
    @Loopback(seed = 99, patienceSeconds = 1)
    static final class BadTests {
        @Test
        void joins(AsyncLoopbackPair pair) {
            pair.client().createBidirectionalStream().join();
        }

        @Test
        void joinsInStage(AsyncLoopbackPair pair) throws Exception {
            pair.await(pair.client()
                    .createBidirectionalStream()
                    .thenApply(stream -> stream.receive().readAll(1).join()));
        }

        @Test
        void waitsForLatch(AsyncLoopbackPair pair) throws Exception {
            new CountDownLatch(1).await();
        }

        @Test
        void joinsAndSwallows(AsyncLoopbackPair pair) {
            assertTrue(pair.client()
                    .createBidirectionalStream()
                    .handle((stream, failure) -> failure != null)
                    .join());
        }

        @Test
        void fails(AsyncLoopbackPair pair) {
            throw new AssertionFailedError("on purpose");
        }

        @Test
        void awaitsNothing(AsyncLoopbackPair pair) throws Exception {
            CompletableFuture<?> other = pair.server().receiveDatagram();
            pair.await(pair.client().closed());
            other.cancel(false);
        }

        @Test
        void leavesStream(AsyncLoopbackPair pair) throws Exception {
            AsyncSendStream stream = pair.await(pair.client().createUnidirectionalStream());
            pair.await(stream.write(new byte[] {1}));
        }

        @Test
        void leavesDatagram(AsyncLoopbackPair pair) throws Exception {
            pair.client().sendDatagram(new byte[] {1});
        }

        @Test
        void leavesTimer(AsyncLoopbackPair pair) {
            Runnable heartbeat = new Runnable() {
                @Override
                public void run() {
                    pair.client().state();
                }

                @Override
                public String toString() {
                    return "heartbeat";
                }
            };
            pair.time().scheduleAtFixedRate(heartbeat, 1, 1, TimeUnit.HOURS);
        }
    }
}
