package dev.webtransport.codec;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the Huffman code of HPACK and QPACK (RFC 7541, section 5.2 and appendix B). The code is canonical, so the
 * length of
 * each symbol's code says it all: codes of one length are consecutive numbers in the order of the symbols.
 */
final class HuffmanCode {
    private static final int MAX_PADDING = 7;
    private static final int END_OF_STRING = 256;

    // How many bits the code of each symbol has: a digit of base 32 per symbol, 32 symbols per row, then the end
    // symbol.
    private static final String LENGTHS = "dnsssssssoussussssssssusssssssss"
            + "6aacd68baa8b8666555666666678f6ca"
            + "d67777777777777777777777878djde6"
            + "f56565666577666567655677777fbeds"
            + "kmkkmmmnmnnnnnonoomnonnnnlmnmnno"
            + "mlkmmnnlnmmolmnnllmlnmnnkmmmnmmn"
            + "qqkjmnmpqqqrrqopjlqrrqrollqqsrrr"
            + "koklmllnmmppooqnqrqqrrrrrsrrrrrq"
            + "u";
    private static final int MAX_LENGTH = 30;

    // By length of code: the first code, how many there are, and where their symbols begin in SYMBOLS.
    private static final int[] FIRST_CODE = new int[MAX_LENGTH + 1];
    private static final int[] COUNT = new int[MAX_LENGTH + 1];
    private static final int[] FIRST_SYMBOL = new int[MAX_LENGTH + 1];
    private static final char[] SYMBOLS = new char[LENGTHS.length()];

    static {
        int code = 0;
        int filled = 0;
        for (int length = 1; length <= MAX_LENGTH; length++) {
            code <<= 1;
            FIRST_CODE[length] = code;
            FIRST_SYMBOL[length] = filled;
            for (char symbol = 0; symbol < LENGTHS.length(); symbol++) {
                if (Character.digit(LENGTHS.charAt(symbol), 32) == length) {
                    SYMBOLS[filled++] = symbol;
                }
            }
            COUNT[length] = filled - FIRST_SYMBOL[length];
            code += COUNT[length];
        }
    }

    private HuffmanCode() {}

    /**
     * Decodes a string.
     *
     * @param source the coded bytes, from position to limit; its position stays
     * @return one character per byte, or null when the code is not valid
     */
    static @Nullable String decode(ByteBuffer source) {
        // The shortest code has five bits.
        StringBuilder text = new StringBuilder(source.remaining() * 8 / 5);
        int code = 0;
        int length = 0;
        for (int position = source.position(); position < source.limit(); position++) {
            int bits = source.get(position);
            for (int shift = 7; shift >= 0; shift--) {
                code = code << 1 | bits >>> shift & 1;
                length++;
                int offset = code - FIRST_CODE[length];
                if (offset >= 0 && offset < COUNT[length]) {
                    char symbol = SYMBOLS[FIRST_SYMBOL[length] + offset];
                    //= rfc7541#5.2
                    //# a string that contains the end symbol is a decoding error
                    if (symbol == END_OF_STRING) {
                        return null;
                    }
                    text.append(symbol);
                    code = 0;
                    length = 0;
                }
            }
        }
        //= rfc7541#5.2
        //# padding longer than 7 bits, or other than the first bits of the end symbol, is a decoding error
        boolean padded = length <= MAX_PADDING && code == (1 << length) - 1;
        return padded ? text.toString() : null;
    }
}
