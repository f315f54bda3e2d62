package dev.webtransport.netty;

import com.code_intelligence.jazzer.junit.FuzzTest;

final class FrameScannerFuzzTest {
    @FuzzTest
    void any_payload_is_walked_to_an_end(byte[] payload) {
        FrameScannerTest.checkAnyBytes(payload);
    }
}
