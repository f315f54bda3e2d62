package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;
import tech.kwik.qpack.Decoder;

class HuffmanCodeTest {
    @ParameterizedTest(name = "{0}")
    @CsvFileSource(resources = "/vectors/rfc7541-huffman.txt", delimiter = '|')
    void the_vectors_are_read(String text, String hex) {
        assertEquals(text, HuffmanCode.decode(Hex.buffer(hex)));
    }

    @Test
    void every_symbol_has_the_code_of_another_implementation() throws IOException {
        List<String> codes = codesOfAnotherImplementation();
        StringBuilder allCodes = new StringBuilder();
        StringBuilder allSymbols = new StringBuilder();
        for (char symbol = 0; symbol < 256; symbol++) {
            assertEquals(
                    String.valueOf(symbol), HuffmanCode.decode(packed(codes.get(symbol))), "symbol " + (int) symbol);
            allCodes.append(codes.get(symbol));
            allSymbols.append(symbol);
        }
        assertEquals(allSymbols.toString(), HuffmanCode.decode(packed(allCodes.toString())));
        assertNull(HuffmanCode.decode(packed(codes.get(256))));
        assertEquals(257, codes.size());
    }

    private static List<String> codesOfAnotherImplementation() throws IOException {
        List<String> codes = new ArrayList<>();
        try (InputStream table = Decoder.class.getResourceAsStream("impl/huffmancode.txt")) {
            assertNotNull(table);
            for (String line : new String(table.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
                codes.add(line.substring(0, line.indexOf(' ')).replace("|", ""));
            }
        }
        return codes;
    }

    private static ByteBuffer packed(String bits) {
        StringBuilder padded = new StringBuilder(bits);
        while (padded.length() % 8 != 0) {
            padded.append('1');
        }
        ByteBuffer bytes = ByteBuffer.allocate(padded.length() / 8);
        for (int i = 0; i < padded.length(); i += 8) {
            bytes.put((byte) Integer.parseInt(padded.substring(i, i + 8), 2));
        }
        return bytes.flip();
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
