package dev.webtransport.codec;

import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.wire.WireWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Encodes and decodes the field sections of HEADERS frames with QPACK, without a dynamic table (RFC 9204, section 4.5).
 *
 * <p>No library stands behind it: {@code tech.kwik:qpack} 2.0.1 takes what a peer claims on trust, writes lengths such
 * as 255
 * wrongly, has two entries of the static table wrong, and calls methods that Android 26 lacks. It is a peer in the
 * tests.
 */
public final class FieldSection {
    /** What a field counts besides its characters (RFC 9114, section 4.2.2). */
    static final int FIELD_OVERHEAD = 32;

    private FieldSection() {}

    /**
     * Encodes fields, with references to the static table and without Huffman code.
     *
     * @param fields names, in lower case, and values, in order; characters up to U+00FF
     * @return the field section
     * @throws IllegalArgumentException if a character is above U+00FF
     */
    public static ByteBuffer encode(List<Map.Entry<String, String>> fields) {
        WireWriter section = new WireWriter(256).uint8(0).uint8(0);
        for (Map.Entry<String, String> field : fields) {
            String name = field.getKey();
            String value = field.getValue();
            int index = QpackStaticTable.indexOf(name, value);
            int nameIndex = QpackStaticTable.indexOfName(name);
            if (index != QpackStaticTable.ABSENT) {
                integer(section, 0xc0, 6, index);
            } else if (nameIndex != QpackStaticTable.ABSENT) {
                integer(section, 0x50, 4, nameIndex);
                string(section, 0x00, 7, value);
            } else {
                string(section, 0x20, 3, name);
                string(section, 0x00, 7, value);
            }
        }
        return section.toByteBuffer();
    }

    /**
     * Decodes a field section.
     *
     * @param section the whole encoded section; its position moves
     * @param maxDecodedSize the largest size of the fields: characters of names and values, and 32 per field
     * @return names and values in order, bytes as characters up to U+00FF; whether HTTP allows them is not checked
     * @throws ProtocolViolation QPACK_DECOMPRESSION_FAILED at connection scope if the section is not valid;
     *     H3_EXCESSIVE_LOAD at stream scope if the fields are too large
     */
    public static List<Map.Entry<String, String>> decode(ByteBuffer section, int maxDecodedSize)
            throws ProtocolViolation {
        return Collections.unmodifiableList(new FieldSectionDecoder(section, maxDecodedSize).decode());
    }

    private static void string(WireWriter section, int pattern, int prefixBits, String text) {
        if (!text.chars().allMatch(c -> c <= 0xff)) {
            throw new IllegalArgumentException("a field holds a character above U+00FF, which HTTP cannot carry");
        }
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        integer(section, pattern, prefixBits, bytes.length);
        section.bytes(bytes);
    }

    private static void integer(WireWriter section, int pattern, int prefixBits, int value) {
        int max = (1 << prefixBits) - 1;
        if (value < max) {
            section.uint8(pattern | value);
            return;
        }
        section.uint8(pattern | max);
        int rest = value - max;
        while (rest >= 0x80) {
            section.uint8(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        section.uint8(rest);
    }
}
