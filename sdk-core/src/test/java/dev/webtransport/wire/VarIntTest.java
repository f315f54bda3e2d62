package dev.webtransport.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class VarIntTest {
    private static byte[] written(long value) {
        ByteBuffer buffer = ByteBuffer.allocate(VarInt.MAX_SIZE);
        VarInt.put(buffer, value);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static byte[] bytes(String hex) {
        byte[] padded = new BigInteger("01" + hex, 16).toByteArray();
        return Arrays.copyOfRange(padded, 1, padded.length);
    }

    //= rfc9000#16
    //# the two most significant bits say how many bytes there are
    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc9000-a1-varints.txt", delimiter = '|')
    void the_vectors_are_read_and_written(String hex, long value, String form) {
        WireReader reader = new WireReader(ByteBuffer.wrap(bytes(hex)));

        assertEquals(value, reader.readVarInt());
        assertEquals(0, reader.remaining());
        if (form.equals("shortest")) {
            assertArrayEquals(bytes(hex), written(value));
            assertEquals(hex.length() / 2, VarInt.size(value));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, 1L << 62, Long.MAX_VALUE})
    void a_value_outside_62_bits_is_refused(long value) {
        assertThrows(IllegalArgumentException.class, () -> VarInt.size(value));
        assertThrows(IllegalArgumentException.class, () -> VarInt.put(ByteBuffer.allocate(8), value));
        assertThrows(IllegalArgumentException.class, () -> new WireWriter().varInt(value));
    }

    @Test
    void the_byte_order_of_the_buffer_does_not_matter() {
        ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        VarInt.put(buffer, 15293);

        assertEquals("7bbd", String.format("%02x%02x", buffer.get(0), buffer.get(1)));
        assertEquals(
                15293, new WireReader(ByteBuffer.wrap(buffer.array()).order(ByteOrder.LITTLE_ENDIAN)).readVarInt());
    }

    @Test
    void what_is_written_is_read_back() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long value = random.nextLong() >>> 2 + random.nextInt(62);
            byte[] bytes = written(value);

            assertEquals(value, new WireReader(ByteBuffer.wrap(bytes)).readVarInt(), "seed " + seed);
            assertEquals(VarInt.size(value), bytes.length, "seed " + seed);
        }
    }
}
