package dev.webtransport.testkit.engine;

import org.junit.jupiter.api.Test;

class EngineWalkTest {
    private static final int WALKS = Integer.getInteger("dev.webtransport.engineWalks", 2_000);

    @Test
    void random_sequences_of_commands_break_no_invariant() {
        long seed = System.nanoTime();
        for (int walk = 0; walk < WALKS; walk++) {
            EngineWalk.run(seed + walk);
        }
    }
}
