package dev.webtransport.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireWriterTest {
    @Test
    void numbers_and_bytes_follow_each_other() {
        ByteBuffer raw = ByteBuffer.wrap(new byte[] {7, 8, 9});
        ByteBuffer written = new WireWriter(0)
                .varInt(64)
                .uint32(0xfffffffeL)
                .uint8(0x1ff)
                .bytes(new byte[] {5, 6})
                .bytes(raw)
                .toByteBuffer();

        assertEquals(ByteBuffer.wrap(new byte[] {0x40, 0x40, -1, -1, -1, -2, -1, 5, 6, 7, 8, 9}), written);
        assertEquals(0, raw.position());
    }

    @Test
    void the_buffer_grows_and_earlier_results_stay() {
        WireWriter writer = new WireWriter();
        ByteBuffer empty = writer.toByteBuffer();
        byte[] large = new byte[100_000];
        large[99_999] = 42;
        writer.bytes(large).varInt(1);

        assertEquals(0, empty.remaining());
        assertEquals(100_001, writer.size());
        assertEquals(42, writer.toByteBuffer().get(99_999));
        assertEquals(1, writer.toByteBuffer().get(100_000));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1L << 32})
    void a_number_outside_32_bits_is_refused(long value) {
        assertThrows(IllegalArgumentException.class, () -> new WireWriter().uint32(value));
    }
}
