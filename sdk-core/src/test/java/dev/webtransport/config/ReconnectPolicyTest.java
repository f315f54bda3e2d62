package dev.webtransport.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReconnectPolicyTest {
    @Test
    void delays_grow_from_attempt_to_attempt_up_to_the_longest() {
        ReconnectPolicy policy = ReconnectPolicy.defaults();
        List<Long> seconds = IntStream.rangeClosed(1, 7)
                .mapToObj(attempt -> policy.delayBefore(attempt, 0).toSeconds())
                .collect(Collectors.toList());
        assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 30L, 30L), seconds);
        assertEquals(Duration.ofSeconds(30), policy.delayBefore(Integer.MAX_VALUE, 0));
    }

    @Test
    void at_most_the_random_part_is_left_out() {
        ReconnectPolicy policy = ReconnectPolicy.builder().jitter(0.5).build();
        assertEquals(Duration.ofMillis(1000), policy.delayBefore(1, 0));
        assertEquals(Duration.ofMillis(750), policy.delayBefore(1, 0.5));
        assertEquals(Duration.ofMillis(500), policy.delayBefore(1, 1));
    }

    @Test
    void a_longest_delay_that_is_shorter_than_the_first_takes_its_place() {
        ReconnectPolicy policy =
                ReconnectPolicy.builder().maxDelay(Duration.ofMillis(10)).build();
        assertEquals(Duration.ofMillis(10), policy.delayBefore(1, 0));
    }

    @Test
    void values_out_of_range_are_refused_with_their_limits() {
        ReconnectPolicy.Builder builder = ReconnectPolicy.builder();
        refused("maxAttempts 0 is outside 1..2147483647", () -> builder.maxAttempts(0));
        refused("delay PT0S is outside PT0.001S..PT24H", () -> builder.delay(Duration.ZERO));
        refused("maxDelay PT48H is outside PT0.001S..PT24H", () -> builder.maxDelay(Duration.ofDays(2)));
        refused("backoff 0.5 is outside 1.0..100.0", () -> builder.backoff(0.5));
        refused("jitter NaN is outside 0.0..1.0", () -> builder.jitter(Double.NaN));
        refused("attempt 0 is outside 1..2147483647", () -> builder.build().delayBefore(0, 0));
        refused("random 1.5 is outside 0.0..1.0", () -> builder.build().delayBefore(1, 1.5));
    }

    private static void refused(String message, Runnable call) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
