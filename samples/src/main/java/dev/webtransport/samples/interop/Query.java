package dev.webtransport.samples.interop;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request's path and the values of its query. */
final class Query {
    private final String path;
    private final Map<String, String> values;

    private Query(String path, Map<String, String> values) {
        this.path = path;
        this.values = values;
    }

    /**
     * Takes a {@code :path} apart.
     *
     * @param target path and query
     * @return its parts
     * @throws IllegalArgumentException if a percent-encoding is damaged
     */
    static Query parse(String target) {
        int mark = target.indexOf('?');
        Map<String, String> values = new LinkedHashMap<>();
        if (mark >= 0 && mark < target.length() - 1) {
            for (String pair : target.substring(mark + 1).split("&")) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                values.put(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return new Query(mark < 0 ? target : target.substring(0, mark), values);
    }

    String path() {
        return path;
    }

    /**
     * A whole number.
     *
     * @param name of the value
     * @param absent what counts when it is not there
     * @param smallest still allowed
     * @param largest still allowed
     * @return the number
     * @throws IllegalArgumentException if it is no number, or out of range
     */
    long number(String name, long absent, long smallest, long largest) {
        String text = values.get(name);
        if (text == null) {
            return absent;
        }
        long number;
        try {
            number = Long.parseLong(text);
        } catch (NumberFormatException malformed) {
            throw new IllegalArgumentException(name + "=" + text + " is not a whole number", malformed);
        }
        if (number < smallest || number > largest) {
            throw new IllegalArgumentException(name + "=" + number + " is outside " + smallest + ".." + largest);
        }
        return number;
    }

    /**
     * A text.
     *
     * @param name of the value
     * @param longest length still allowed, in characters
     * @return the text, or null when it is not there
     * @throws IllegalArgumentException if it is too long
     */
    @Nullable
    String text(String name, int longest) {
        String text = values.get(name);
        if (text != null && text.length() > longest) {
            throw new IllegalArgumentException(name + " of " + text.length() + " characters is longer than " + longest);
        }
        return text;
    }

    private static String decode(String encoded) {
        return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    }
}
