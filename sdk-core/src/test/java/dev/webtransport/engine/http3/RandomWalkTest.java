package dev.webtransport.engine.http3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.value.Perspective;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RandomWalkTest {
    @Test
    void random_walks_never_break_the_engine() {
        long seed = System.nanoTime();
        for (int walk = 0; walk < 3_000; walk++) {
            long walkSeed = seed + walk;
            Random random = new Random(walkSeed);
            int[] steps = {60};
            try {
                EngineWalk.run(new EngineWalk.Source() {
                    @Override
                    public int pick(int bound) {
                        return random.nextInt(bound);
                    }

                    @Override
                    public byte[] bytes() {
                        byte[] bytes = new byte[random.nextInt(24)];
                        random.nextBytes(bytes);
                        return bytes;
                    }

                    @Override
                    public boolean isSpent() {
                        return steps[0]-- == 0;
                    }
                });
            } catch (RuntimeException | AssertionError broken) {
                throw new AssertionError("seed " + walkSeed, broken);
            }
        }
    }

    @Test
    void random_bytes_as_settings_never_break_the_engine() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] payload = new byte[random.nextInt(63)];
            random.nextBytes(payload);
            EngineProbe probe = round % 2 == 0 ? EngineProbe.server() : EngineProbe.client();
            probe.outputs();
            ByteBuffer frame = ByteBuffer.allocate(3 + payload.length);
            frame.put((byte) 0).put((byte) 4).put((byte) payload.length).put(payload);
            long control = probe.controlStreamOfPeer();
            probe.engine.handleInput(new QuicInput.StreamData(control, ByteBuffer.wrap(frame.array()), Fin.NO), 0);
            List<String> outputs = probe.outputs();
            boolean told = !probe.events().isEmpty();
            assertTrue(outputs.size() <= 1, () -> "seed " + seed + " " + outputs);
            assertEquals(!outputs.isEmpty(), probe.engine.isClosed(), () -> "seed " + seed);
            assertTrue(told || probe.perspective == Perspective.SERVER, () -> "seed " + seed);
        }
    }
}
