package dev.webtransport.codec;

import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.wire.WireWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import tech.kwik.qpack.Decoder;
import tech.kwik.qpack.Encoder;

/**
 * Encodes and decodes the field sections of HEADERS frames with QPACK, without a dynamic table (RFC 9204, section 4.5). The
 * table and the Huffman code are those of the QPACK library, which sees only input that was checked before.
 */
public final class FieldSection {
    /** What a field counts besides its characters (RFC 9114, section 4.2.2). */
    private static final int FIELD_OVERHEAD = 32;

    private static final int PREFIX_SIZE = 2;

    // One of each for all: they hold no state without a dynamic table. Made here, under the lock of the class
    // initialization, because the library fills its Huffman table unguarded when its first decoder is made.
    private static final Encoder ENCODER = Encoder.newBuilder().build();
    private static final Decoder DECODER = Decoder.newBuilder().build();

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
            if (isAscii(value)
                    && isAscii(name)
                    && libraryWritesLength(name.length(), 3)
                    && libraryWritesLength(value.length(), 7)) {
                ByteBuffer line = ENCODER.compressHeaders(Collections.singletonList(field));
                // The library hands the buffer out as it stands behind the last byte written.
                section.bytes(ByteBuffer.wrap(line.array(), PREFIX_SIZE, line.limit() - PREFIX_SIZE));
            } else {
                literal(section, 0x20, 3, name);
                literal(section, 0x00, 7, value);
            }
        }
        return section.toByteBuffer();
    }

    /**
     * Decodes a field section.
     *
     * @param section the whole encoded section; its position moves to its limit
     * @param maxDecodedSize the largest size of the fields: characters of names and values, and 32 per field
     * @return names and values in order, bytes as characters up to U+00FF; whether HTTP allows them is not checked
     * @throws ProtocolViolation QPACK_DECOMPRESSION_FAILED at connection scope if the section is not valid;
     *     H3_EXCESSIVE_LOAD at stream scope if the fields are too large
     */
    public static List<Map.Entry<String, String>> decode(ByteBuffer section, int maxDecodedSize)
            throws ProtocolViolation {
        byte[] bytes = new byte[section.remaining()];
        section.get(bytes);
        ByteBuffer view = ByteBuffer.wrap(bytes);
        FieldSectionScanner scanned = FieldSectionScanner.scan(view);
        // Checked first against what can be known, so that short references to long fields cannot fill the memory.
        checkSize((long) scanned.lines() * FIELD_OVERHEAD, maxDecodedSize);
        List<Map.Entry<String, String>> fields = decodeScanned(bytes);
        if (fields.size() != scanned.lines()) {
            throw FieldSectionScanner.failed("section 4.5", "the field lines cannot be told apart");
        }
        for (FieldSectionScanner.HuffmanString string : scanned.huffmanStrings()) {
            Map.Entry<String, String> field = fields.get(string.line);
            String decoded = string.part == FieldSectionScanner.Part.NAME ? field.getKey() : field.getValue();
            if (!HuffmanLength.matches(decoded, view, string.offset, string.length)) {
                throw FieldSectionScanner.failed("section 4.1.2", "a Huffman string is not validly coded or padded");
            }
        }
        long size = 0;
        for (Map.Entry<String, String> field : fields) {
            size += FIELD_OVERHEAD + field.getKey().length() + field.getValue().length();
        }
        checkSize(size, maxDecodedSize);
        return Collections.unmodifiableList(fields);
    }

    private static List<Map.Entry<String, String>> decodeScanned(byte[] bytes) throws ProtocolViolation {
        try {
            return DECODER.decodeStream(new ByteArrayInputStream(bytes));
        } catch (IOException | RuntimeException unexpected) {
            // What the scanner lets pass the library decodes; if it ever does not, the peer still must not bring
            // this end down.
            throw FieldSectionScanner.failed("section 2.2", "the field section cannot be decoded: " + unexpected);
        }
    }

    private static void checkSize(long size, int limit) throws ProtocolViolation {
        // = rfc9114#4.2.2
        // # an endpoint may limit the size of a field section and refuse the message
        if (size > limit) {
            throw ProtocolViolation.stream(
                    Http3ErrorCode.H3_EXCESSIVE_LOAD,
                    "RFC 9114, section 4.2.2",
                    "a field section of " + size + " bytes or more is larger than the limit of " + limit);
        }
    }

    /**
     * Whether the library encodes a length rightly: it leaves the last byte of an integer out when what remains for it is
     * exactly 128.
     */
    private static boolean libraryWritesLength(int length, int prefixBits) {
        int rest = length - ((1 << prefixBits) - 1);
        while (rest > 128) {
            rest /= 128;
        }
        return rest != 128;
    }

    private static void literal(WireWriter section, int pattern, int prefixBits, String text) {
        byte[] bytes = latin1(text);
        int max = (1 << prefixBits) - 1;
        if (bytes.length < max) {
            section.uint8(pattern | bytes.length);
        } else {
            section.uint8(pattern | max);
            int rest = bytes.length - max;
            while (rest >= 128) {
                section.uint8(rest & 0x7f | 0x80);
                rest >>>= 7;
            }
            section.uint8(rest);
        }
        section.bytes(bytes);
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    private static byte[] latin1(String text) {
        if (!text.chars().allMatch(c -> c <= 0xff)) {
            throw new IllegalArgumentException("a field holds a character above U+00FF, which HTTP cannot carry");
        }
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
