package dev.webtransport.value;

/** Cuts text to a number of bytes. */
final class Utf8 {
    private static final int REPLACEMENT = 0xfffd;

    private Utf8() {}

    /**
     * As many whole characters from the beginning of a text as fit into so many bytes of UTF-8.
     *
     * @param text the text; halves of surrogate pairs, which have no UTF-8, become U+FFFD
     * @param maxBytes the bound
     * @return the text, or its beginning
     */
    static String truncate(String text, int maxBytes) {
        StringBuilder kept = new StringBuilder(Math.min(text.length(), maxBytes));
        int bytes = 0;
        int next;
        for (int at = 0; at < text.length(); at += next) {
            int character = text.codePointAt(at);
            next = Character.charCount(character);
            if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
                character = REPLACEMENT;
            }
            bytes += length(character);
            if (bytes > maxBytes) {
                break;
            }
            kept.appendCodePoint(character);
        }
        return kept.toString();
    }

    private static int length(int character) {
        if (character < 0x80) {
            return 1;
        }
        if (character < 0x800) {
            return 2;
        }
        return character < 0x1_0000 ? 3 : 4;
    }
}
