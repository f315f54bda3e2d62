package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuffmanCodeTest {
    @ParameterizedTest(name = "{0}")
    @CsvFileSource(resources = "/vectors/rfc7541-huffman.txt", delimiter = '|')
    void the_vectors_are_read(String text, String hex) {
        assertEquals(text, HuffmanCode.decode(Hex.buffer(hex)));
    }

    @Test
    void no_bytes_are_no_text() {
        assertEquals("", HuffmanCode.decode(ByteBuffer.allocate(0)));
    }

    //= rfc7541#5.2
    //# padding longer than 7 bits, or other than the first bits of the end symbol, is a decoding error
    @ParameterizedTest
    @ValueSource(strings = {"ff", "1fff", "6402ff", "18", "1e", "00", "a8eb10649cb0", "ffff", "fffffff8"})
    void padding_that_is_too_long_or_not_of_ones_is_refused(String hex) {
        assertNull(HuffmanCode.decode(Hex.buffer(hex)));
    }

    //= rfc7541#5.2
    //# a string that contains the end symbol is a decoding error
    @ParameterizedTest
    @ValueSource(strings = {"ffffffff", "fffffffc", "1fffffffff", "fffffffffc1f"})
    void the_end_symbol_is_refused(String hex) {
        assertNull(HuffmanCode.decode(Hex.buffer(hex)));
    }

    @Test
    void padding_of_every_length_is_read() {
        // "a" has five bits, so eight of them fill five bytes, and fewer leave one of each length from 0 to 7.
        String[] coded = {"1f", "18ff", "18c7", "18c63f", "18c631ff", "18c6318f", "18c631 8c7f", "18c6318c63"};
        for (int i = 0; i < coded.length; i++) {
            assertEquals("a".repeat(i + 1), HuffmanCode.decode(Hex.buffer(coded[i])));
        }
    }
}
