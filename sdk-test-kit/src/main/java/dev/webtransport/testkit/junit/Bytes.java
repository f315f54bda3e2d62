package dev.webtransport.testkit.junit;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Bytes as people compare them: as text where they are text, else in hexadecimal. */
final class Bytes {
    /** More is not looked at by anybody. */
    private static final int MAX_SHOWN = 200;

    private Bytes() {}

    static String show(byte[] bytes) {
        String text = text(bytes);
        return text == null ? hex(bytes) : '"' + cut(text) + "\" (" + bytes.length + " bytes)";
    }

    private static @Nullable String text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.chars().anyMatch(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t') ? null : text;
        } catch (CharacterCodingException notText) {
            return null;
        }
    }

    private static String cut(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }

    private static String hex(byte[] bytes) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < Math.min(bytes.length, MAX_SHOWN / 2); i++) {
            hex.append(Character.forDigit(bytes[i] >> 4 & 0xf, 16)).append(Character.forDigit(bytes[i] & 0xf, 16));
        }
        return "0x" + hex + (bytes.length > MAX_SHOWN / 2 ? "…" : "") + " (" + bytes.length + " bytes)";
    }
}
