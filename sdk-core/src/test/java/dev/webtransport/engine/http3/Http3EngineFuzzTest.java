package dev.webtransport.engine.http3;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

class Http3EngineFuzzTest {
    /** No input, in any order with any command, brings the engine down or makes it tell nonsense. */
    @FuzzTest
    void walk(FuzzedDataProvider data) {
        EngineWalk.run(new EngineWalk.Source() {
            @Override
            public int pick(int bound) {
                return data.consumeInt(0, bound - 1);
            }

            @Override
            public byte[] bytes() {
                return data.consumeBytes(data.consumeInt(0, 64));
            }

            @Override
            public boolean isSpent() {
                return data.remainingBytes() == 0;
            }
        });
    }
}
