package dev.webtransport.kwik;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class UnrepeatedDatagramFrameTest {
    private static byte[] serialized(UnrepeatedDatagramFrame frame) {
        ByteBuffer buffer = ByteBuffer.allocate(frame.getFrameLength());
        frame.serialize(buffer);
        assertEquals(0, buffer.remaining());
        return buffer.array();
    }

    @Test
    void a_frame_that_is_repeated_is_a_ping_and_padding_of_its_length() {
        UnrepeatedDatagramFrame frame = new UnrepeatedDatagramFrame(new byte[] {7, 8});
        assertArrayEquals(new byte[] {0x31, 2, 7, 8}, serialized(frame));
        assertArrayEquals(new byte[] {1, 0, 0, 0}, serialized(frame));
        assertArrayEquals(new byte[] {1, 0, 0, 0}, serialized(frame));
    }

    @Test
    void an_empty_one_too() {
        UnrepeatedDatagramFrame frame = new UnrepeatedDatagramFrame(new byte[0]);
        assertArrayEquals(new byte[] {0x31, 0}, serialized(frame));
        assertArrayEquals(new byte[] {1, 0}, serialized(frame));
    }
}
