package dev.webtransport.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;

class Http3FrameReaderFuzzTest {
    /** Any bytes end in frames or a violation, the same wherever they are cut. */
    @FuzzTest
    void frames(byte[] bytes) {
        Splits.byteByByte(bytes, Traces::frames);
    }
}
