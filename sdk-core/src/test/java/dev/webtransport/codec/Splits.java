package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Feeds the same bytes to a parser in different pieces: what it says must not depend on where the pieces end. */
final class Splits {
    private Splits() {}

    /** At once, byte by byte, and in two pieces with every boundary; returns what the parser said. */
    static String everySplit(byte[] bytes, Function<List<ByteBuffer>, String> parser) {
        String atOnce = byteByByte(bytes, parser);
        for (int at = 1; at < bytes.length; at++) {
            assertEquals(atOnce, parser.apply(inTwo(bytes, at)), "split at " + at + " of " + Hex.of(bytes));
        }
        return atOnce;
    }

    /** At once, byte by byte, and in two halves; returns what the parser said. */
    static String byteByByte(byte[] bytes, Function<List<ByteBuffer>, String> parser) {
        String atOnce = parser.apply(List.of(ByteBuffer.wrap(bytes)));
        List<ByteBuffer> single = new ArrayList<>();
        for (int i = 0; i < bytes.length; i++) {
            single.add(ByteBuffer.wrap(bytes, i, 1));
        }
        assertEquals(atOnce, parser.apply(single), "byte by byte: " + Hex.of(bytes));
        assertEquals(atOnce, parser.apply(inTwo(bytes, bytes.length / 2)), "two halves of " + Hex.of(bytes));
        return atOnce;
    }

    private static List<ByteBuffer> inTwo(byte[] bytes, int at) {
        return List.of(
                ByteBuffer.wrap(Arrays.copyOfRange(bytes, 0, at)),
                ByteBuffer.wrap(bytes, at, bytes.length - at).slice().asReadOnlyBuffer());
    }
}
