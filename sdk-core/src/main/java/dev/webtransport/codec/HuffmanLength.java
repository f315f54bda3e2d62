package dev.webtransport.codec;

import java.nio.ByteBuffer;

/**
 * Judges whether a string that the QPACK library decoded is all that its bytes said: the library passes over padding that is
 * too long or not made of ones, takes the end symbol for a character, and completes a symbol that is cut off (RFC 7541,
 * section 5.2 and appendix B).
 */
final class HuffmanLength {
    private static final int MAX_PADDING = 7;

    // How many bits the code of each character has, a digit of base 32 per character, 32 characters per row.
    private static final String BITS = "dnsssssssoussussssssssssusssssss"
            + "6aacd68baa8b8666555666666678f6ca"
            + "d67777777777777777777777878djde6"
            + "f56565666577666567655677777fbeds"
            + "kmkkmmmnmnnnnnonoomnonnnnlmnmnno"
            + "mlkmmnnlnmmolmnnllmlnmnnkmmmnmmn"
            + "qqkjmnmpqqqrrqopjlqrrqrollqqsrrr"
            + "koklmllnmmppooqnqrqqrrrrrsrrrrrq";

    private HuffmanLength() {}

    /**
     * Whether the codes of the characters fill the bytes but for at most seven bits of padding, all ones.
     *
     * @param decoded what the library made of the bytes
     * @param section holds the encoded string
     * @param offset where the string begins
     * @param length how many bytes it has
     */
    static boolean matches(String decoded, ByteBuffer section, int offset, int length) {
        long bits = 0;
        for (int i = 0; i < decoded.length(); i++) {
            char character = decoded.charAt(i);
            // = rfc7541#5.2
            // # a string that contains the end symbol is a decoding error
            if (character >= BITS.length()) {
                return false;
            }
            bits += Character.digit(BITS.charAt(character), 32);
        }
        long padding = 8L * length - bits;
        // = rfc7541#5.2
        // # padding longer than 7 bits, or other than the first bits of the end symbol, is a decoding error
        if (padding < 0 || padding > MAX_PADDING) {
            return false;
        }
        int ones = (1 << padding) - 1;
        return padding == 0 || (section.get(offset + length - 1) & ones) == ones;
    }
}
