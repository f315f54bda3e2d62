package dev.webtransport.codec;

import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.wire.VarInt;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks an encoded field section (RFC 9204, section 4.5) before the QPACK library sees it, which trusts its input: lengths,
 * indices and integers are checked here, and what refers to the dynamic table, which has no room on this end, is refused.
 */
final class FieldSectionScanner {
    private static final int STATIC_TABLE_SIZE = 99;
    // An integer of 62 bits takes nine bytes behind its prefix; more are padding that nobody needs.
    private static final int MAX_SHIFT = 56;

    private final ByteBuffer in;
    private final List<HuffmanString> huffmanStrings = new ArrayList<>();
    private int lines;
    private int position;

    /** Where a Huffman string stands: in which field line, in its name or its value, in which bytes. */
    static final class HuffmanString {
        final int line;
        final Part part;
        final int offset;
        final int length;

        private HuffmanString(int line, Part part, int offset, int length) {
            this.line = line;
            this.part = part;
            this.offset = offset;
            this.length = length;
        }
    }

    /** A part of a field line. */
    enum Part {
        NAME,
        VALUE
    }

    private FieldSectionScanner(ByteBuffer in) {
        this.in = in;
    }

    /** Walks over the bytes of a section from index 0 to the limit; the position of the buffer does not matter. */
    static FieldSectionScanner scan(ByteBuffer section) throws ProtocolViolation {
        FieldSectionScanner scanner = new FieldSectionScanner(section);
        scanner.prefix();
        while (scanner.position < section.limit()) {
            scanner.fieldLine();
            scanner.lines++;
        }
        return scanner;
    }

    /** How many field lines there are. */
    int lines() {
        return lines;
    }

    /** The strings whose code and padding are still to be judged. */
    List<HuffmanString> huffmanStrings() {
        return huffmanStrings;
    }

    private void prefix() throws ProtocolViolation {
        // = rfc9204#2.2.3
        // # a section that wants more of the dynamic table than there can be fails to decompress
        if (integer(8) != 0) {
            throw failed("section 4.5.1.1", "a field section wants the dynamic table, whose capacity is 0");
        }
        boolean negative = position < in.limit() && (in.get(position) & 0x80) != 0;
        integer(7);
        // = rfc9204#4.5.1.2
        // # a sign bit of 1 is invalid when the required insert count is not larger than the delta
        if (negative) {
            throw failed("section 4.5.1.2", "the base of a field section is negative");
        }
    }

    private void fieldLine() throws ProtocolViolation {
        int first = peek();
        if ((first & 0x80) != 0) {
            staticIndex((first & 0x40) != 0, 6);
        } else if ((first & 0x40) != 0) {
            staticIndex((first & 0x10) != 0, 4);
            string(Part.VALUE, 0x80, 7);
        } else if ((first & 0x20) != 0) {
            string(Part.NAME, 0x08, 3);
            string(Part.VALUE, 0x80, 7);
        } else {
            throw failed("section 4.5.3", "a field line refers to the dynamic table, whose capacity is 0");
        }
    }

    private void staticIndex(boolean isStatic, int prefixBits) throws ProtocolViolation {
        if (!isStatic) {
            throw failed("section 4.5.2", "a field line refers to the dynamic table, whose capacity is 0");
        }
        long index = integer(prefixBits);
        // = rfc9204#3.1
        // # an index outside the static table fails to decompress
        if (index >= STATIC_TABLE_SIZE) {
            throw failed("section 3.1", "static index " + index + " is not below " + STATIC_TABLE_SIZE);
        }
    }

    private void string(Part part, int huffmanBit, int prefixBits) throws ProtocolViolation {
        boolean huffman = (peek() & huffmanBit) != 0;
        long length = integer(prefixBits);
        int remaining = in.limit() - position;
        if (length > remaining) {
            throw failed("section 4.1.2", "a string of " + length + " bytes in a section with " + remaining + " left");
        }
        if (huffman) {
            huffmanStrings.add(new HuffmanString(lines, part, position, (int) length));
        }
        position += (int) length;
    }

    private long integer(int prefixBits) throws ProtocolViolation {
        int max = (1 << prefixBits) - 1;
        long value = read() & max;
        if (value < max) {
            return value;
        }
        for (int shift = 0; shift <= MAX_SHIFT; shift += 7) {
            int next = read();
            value += (long) (next & 0x7f) << shift;
            if ((next & 0x80) == 0) {
                return inRange(value);
            }
        }
        throw failed("section 4.1.1", "an integer is longer than 62 bits");
    }

    private static long inRange(long value) throws ProtocolViolation {
        if (value > VarInt.MAX) {
            throw failed("section 4.1.1", "an integer is larger than 2^62-1");
        }
        return value;
    }

    private int peek() throws ProtocolViolation {
        if (position >= in.limit()) {
            throw failed("section 4.5", "a field section ends inside a field line");
        }
        return in.get(position) & 0xff;
    }

    private int read() throws ProtocolViolation {
        int value = peek();
        position++;
        return value;
    }

    /** A violation of RFC 9204. */
    static ProtocolViolation failed(String section, String message) {
        return ProtocolViolation.connection(Http3ErrorCode.QPACK_DECOMPRESSION_FAILED, "RFC 9204, " + section, message);
    }
}
