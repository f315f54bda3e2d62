package dev.webtransport.codec;

import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.wire.VarInt;
import dev.webtransport.wire.WireReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Decodes one field section (RFC 9204, section 4.5); the dynamic table has no room on this end, so nothing may refer to
 * it.
 */
final class FieldSectionDecoder {
    // An integer of 62 bits takes nine bytes behind its prefix; more are padding that nobody needs.
    private static final int MAX_SHIFT = 56;
    private static final String NO_DYNAMIC_TABLE = "a field section refers to the dynamic table, whose capacity is 0";

    private final ByteBuffer in;
    private final WireReader reader;
    private final int maxDecodedSize;
    private final List<Map.Entry<String, String>> fields = new ArrayList<>();
    private long decodedSize;

    FieldSectionDecoder(ByteBuffer in, int maxDecodedSize) {
        this.in = in;
        this.reader = new WireReader(in);
        this.maxDecodedSize = maxDecodedSize;
    }

    List<Map.Entry<String, String>> decode() throws ProtocolViolation {
        prefix();
        while (in.hasRemaining()) {
            fieldLine();
        }
        return fields;
    }

    private void prefix() throws ProtocolViolation {
        //= rfc9204#4.5.1.1
        //# a required insert count that the table cannot have reached fails to decompress
        if (integer(8) != 0) {
            throw failed("section 4.5.1.1", NO_DYNAMIC_TABLE);
        }
        boolean negative = (peek() & 0x80) != 0;
        integer(7);
        //= rfc9204#4.5.1.2
        //# a sign bit of 1 is invalid when the required insert count is not larger than the delta
        if (negative) {
            throw failed("section 4.5.1.2", "the base of a field section is negative");
        }
    }

    private void fieldLine() throws ProtocolViolation {
        int first = peek();
        if ((first & 0x80) != 0) {
            int index = staticIndex((first & 0x40) != 0, 6);
            add(QpackStaticTable.name(index), QpackStaticTable.value(index));
        } else if ((first & 0x40) != 0) {
            int index = staticIndex((first & 0x10) != 0, 4);
            add(QpackStaticTable.name(index), string(0x80, 7));
        } else if ((first & 0x20) != 0) {
            String name = string(0x08, 3);
            add(name, string(0x80, 7));
        } else {
            throw failed("section 4.5.3", NO_DYNAMIC_TABLE);
        }
    }

    private void add(String name, String value) throws ProtocolViolation {
        //= rfc9114#4.2.2
        //# an endpoint may limit the size of a field section and refuse the message
        decodedSize += FieldSection.FIELD_OVERHEAD + name.length() + value.length();
        if (decodedSize > maxDecodedSize) {
            throw ProtocolViolation.stream(
                    Http3ErrorCode.H3_EXCESSIVE_LOAD,
                    "RFC 9114, section 4.2.2",
                    "a field section of " + decodedSize + " bytes or more is larger than the limit of "
                            + maxDecodedSize);
        }
        fields.add(Map.entry(name, value));
    }

    private int staticIndex(boolean isStatic, int prefixBits) throws ProtocolViolation {
        if (!isStatic) {
            throw failed("section 4.5.2", NO_DYNAMIC_TABLE);
        }
        long index = integer(prefixBits);
        //= rfc9204#3.1
        //# an index outside the static table fails to decompress
        if (index >= QpackStaticTable.size()) {
            throw failed("section 3.1", "static index " + index + " is not below " + QpackStaticTable.size());
        }
        return (int) index;
    }

    private String string(int huffmanBit, int prefixBits) throws ProtocolViolation {
        boolean isHuffman = (peek() & huffmanBit) != 0;
        long length = integer(prefixBits);
        ByteBuffer bytes = length > reader.remaining() ? null : reader.readBytes((int) length);
        if (bytes == null) {
            throw failed(
                    "section 4.1.2",
                    "a string of " + length + " bytes in a section with " + reader.remaining() + " left");
        }
        String text = isHuffman
                ? HuffmanCode.decode(bytes)
                : StandardCharsets.ISO_8859_1.decode(bytes).toString();
        if (text == null) {
            throw failed("section 4.1.2", "a Huffman string is not validly coded or padded");
        }
        return text;
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
                return checkedInteger(value);
            }
        }
        throw failed("section 4.1.1", "an integer is longer than 62 bits");
    }

    private static long checkedInteger(long value) throws ProtocolViolation {
        if (value < 0 || value > VarInt.MAX) {
            throw failed("section 4.1.1", "an integer is larger than 2^62-1");
        }
        return value;
    }

    private int peek() throws ProtocolViolation {
        if (!in.hasRemaining()) {
            throw failed("section 4.5", "a field section ends inside a field line");
        }
        return in.get(in.position()) & 0xff;
    }

    private int read() throws ProtocolViolation {
        int value = peek();
        reader.skip(1);
        return value;
    }

    private static ProtocolViolation failed(String section, String message) {
        //= rfc9204#6
        //# what cannot be interpreted ends the connection with QPACK_DECOMPRESSION_FAILED
        return ProtocolViolation.connection(Http3ErrorCode.QPACK_DECOMPRESSION_FAILED, "RFC 9204, " + section, message);
    }
}
