package dev.webtransport.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.webtransport.async.AsyncBidirectionalStream;
import dev.webtransport.testkit.LeakCheck;
import dev.webtransport.testkit.network.NetworkConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a seed decides, it decides every time; for that no thread but the test's may have a say. */
final class SameEveryTimeTest {
    private static final NetworkConditions ROUGH = NetworkConditions.builder()
            .latency(Duration.ofMillis(20))
            .jitter(Duration.ofMillis(15))
            .datagramLoss(0.3)
            .datagramDuplication(0.2)
            .build();

    @Test
    void the_same_seed_gives_the_same_frames_at_the_same_times() throws Exception {
        for (long seed : new long[] {1, 2, 3}) {
            List<String> frames = framesOf(seed);
            for (int i = 0; i < 20; i++) {
                assertEquals(frames, framesOf(seed), "seed " + seed);
            }
        }
    }

    @Test
    void another_seed_gives_other_times() throws Exception {
        assertNotEquals(framesOf(1), framesOf(2));
    }

    private static List<String> framesOf(long seed) throws Exception {
        List<String> frames = new ArrayList<>();
        TestRun run = new TestRun(seed, 3, LeakCheck.COROUTINES);
        AsyncLoopbackPair pair = run.builder()
                .network(ROUGH)
                .frames(connection -> (direction, frame, nanos) -> frames.add(nanos + " " + direction + " " + frame))
                .open()
                .pair();
        CompletableFuture<?> echoing =
                pair.server().acceptBidirectionalStream().thenCompose(stream -> echo(stream.orElseThrow()));
        AsyncBidirectionalStream stream = pair.await(pair.client().createBidirectionalStream());
        for (int i = 0; i < 10; i++) {
            pair.client().sendDatagram(new byte[] {(byte) i});
            pair.await(stream.send().write(new byte[100]));
        }
        pair.await(stream.send().finish());
        assertEquals(1_000, pair.await(stream.receive().readAll(1_000)).length);
        pair.await(echoing);
        run.end(null);
        return frames;
    }

    private static CompletableFuture<?> echo(AsyncBidirectionalStream stream) {
        return stream.receive()
                .readAll(10_000)
                .thenCompose(data -> stream.send().write(data))
                .thenCompose(written -> stream.send().finish());
    }
}
