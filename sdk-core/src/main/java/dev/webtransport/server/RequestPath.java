package dev.webtransport.server;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request without its query, taken apart at its slashes (RFC 3986, section 3.3), each segment
 * percent-decoded as UTF-8 (section 2.1): what is encoded never separates, so {@code %2F} is a slash within a segment.
 */
final class RequestPath {
    private RequestPath() {}

    /** Everything before the query. */
    static String withoutQuery(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /**
     * The decoded segments.
     *
     * @param path begins with a slash, has no query
     * @return one for each slash, in order; null when the percent-encoding is malformed
     */
    static @Nullable List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String raw : path.substring(1).split("/", -1)) {
            String decoded = decode(raw);
            if (decoded == null) {
                return null;
            }
            segments.add(decoded);
        }
        return Collections.unmodifiableList(segments);
    }

    /** The text with its percent-encoding undone; null when that is malformed or no UTF-8. */
    static @Nullable String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        int at = 0;
        while (at < text.length()) {
            int percent = text.indexOf('%', at);
            byte[] plain =
                    text.substring(at, percent < 0 ? text.length() : percent).getBytes(StandardCharsets.UTF_8);
            bytes.write(plain, 0, plain.length);
            if (percent < 0) {
                break;
            }
            int value = octet(text, percent + 1);
            if (value < 0) {
                return null;
            }
            bytes.write(value);
            at = percent + 3;
        }
        try {
            // A new decoder reports what is malformed; String would put a replacement character.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException malformed) {
            return null;
        }
    }

    /** The number that two hexadecimal digits make, or -1. */
    private static int octet(String text, int at) {
        if (at + 2 > text.length()) {
            return -1;
        }
        int high = hex(text.charAt(at));
        int low = hex(text.charAt(at + 1));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /** Of ASCII only: other scripts have digits too. */
    private static int hex(char digit) {
        return digit < 0x80 ? Character.digit(digit, 16) : -1;
    }
}
