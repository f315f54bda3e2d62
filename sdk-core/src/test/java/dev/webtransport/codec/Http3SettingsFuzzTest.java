package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.error.ViolationScope;
import java.nio.ByteBuffer;

class Http3SettingsFuzzTest {
    /** Any payload ends in bounded settings, which survive being written, or in a violation that ends the connection. */
    @FuzzTest
    void settings(byte[] payload) throws ProtocolViolation {
        Http3Settings settings;
        try {
            settings = Http3Settings.decode(ByteBuffer.wrap(payload));
        } catch (ProtocolViolation violation) {
            assertSame(ViolationScope.CONNECTION, violation.scope());
            return;
        }
        assertTrue(settings.asMap().size() <= Http3Settings.MAX_COUNT);
        ByteBuffer frame = Http3FrameWriter.settings(settings.asMap());
        Http3FrameReader reader = new Http3FrameReader(0);
        reader.feed(frame);
        assertEquals("SETTINGS " + settings, String.valueOf(reader.next()));
        reader.end();
    }
}
