package dev.webtransport.testkit.trace;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The beginning of a payload as a line shows it: text in quotation marks if it is some, else hexadecimal digits. */
final class PayloadText {
    private PayloadText() {}

    /**
     * What stands behind the length of a payload.
     *
     * @param shown the bytes to show, from the beginning of the payload
     * @param length how many bytes the payload has
     */
    static String of(byte[] shown, long length) {
        if (shown.length == 0) {
            return "";
        }
        boolean cut = shown.length < length;
        String text = text(shown, cut);
        return " " + (text == null ? hex(shown) : Quotation.of(text)) + (cut ? "..." : "");
    }

    /** A payload that is there as a whole: its length, and its beginning. */
    static String of(ByteBuffer payload, int maxShown) {
        int length = payload.remaining();
        byte[] shown = new byte[Math.min(length, maxShown)];
        payload.get(shown);
        return length + of(shown, length);
    }

    /** The bytes as printable text, or null; where it was cut, half a character may be missing at the end. */
    private static @Nullable String text(byte[] shown, boolean cut) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer text = CharBuffer.allocate(shown.length);
        if (decoder.decode(ByteBuffer.wrap(shown), text, !cut).isError()) {
            return null;
        }
        ((Buffer) text).flip();
        String decoded = text.toString();
        return decoded.codePoints().allMatch(PayloadText::isText) ? decoded : null;
    }

    private static boolean isText(int codePoint) {
        return codePoint == '\n' || codePoint == '\r' || codePoint == '\t' || Quotation.isPrintable(codePoint);
    }

    private static String hex(byte[] bytes) {
        StringBuilder digits = new StringBuilder("0x");
        for (byte each : bytes) {
            digits.append(Character.forDigit(each >> 4 & 0xf, 16)).append(Character.forDigit(each & 0xf, 16));
        }
        return digits.toString();
    }
}
