package dev.webtransport.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;

class CapsuleReaderFuzzTest {
    /** Any bytes end in capsules or a violation, the same wherever they are cut. */
    @FuzzTest
    void capsules(byte[] bytes) {
        Splits.byteByByte(bytes, Traces::capsules);
    }
}
