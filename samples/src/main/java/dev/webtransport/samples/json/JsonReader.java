package dev.webtransport.samples.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON (RFC 8259) of files that somebody has at hand: texts nested deeper than {@value #DEEPEST} levels are refused. */
public final class JsonReader {
    private static final int DEEPEST = 64;

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /**
     * The value that a text stands for.
     *
     * @param text one JSON value
     * @return a {@link Map}, {@link List}, {@link String}, {@link Double}, {@link Boolean} or null
     * @throws IllegalArgumentException if it is no JSON; the message says where it stops being that
     */
    public static @Nullable Object read(String text) {
        JsonReader reader = new JsonReader(text);
        Object value = reader.value(0);
        reader.skipSpace();
        if (reader.at < text.length()) {
            throw reader.malformed("the end");
        }
        return value;
    }

    private @Nullable Object value(int depth) {
        if (depth > DEEPEST) {
            throw malformed("a value that is nested less deeply");
        }
        skipSpace();
        char first = at < text.length() ? text.charAt(at) : 0;
        return switch (first) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> literal("true", Boolean.TRUE);
            case 'f' -> literal("false", Boolean.FALSE);
            case 'n' -> literal("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object(int depth) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        expect('{');
        if (!take('}')) {
            do {
                skipSpace();
                String name = string();
                expect(':');
                members.put(name, value(depth + 1));
            } while (take(','));
            expect('}');
        }
        return members;
    }

    private List<@Nullable Object> array(int depth) {
        List<@Nullable Object> elements = new ArrayList<>();
        expect('[');
        if (!take(']')) {
            do {
                elements.add(value(depth + 1));
            } while (take(','));
            expect(']');
        }
        return elements;
    }

    private String string() {
        expect('"');
        StringBuilder value = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return value.toString();
            }
            value.append(c == '\\' ? escaped() : c);
        }
        throw malformed("the end of a text");
    }

    private char escaped() {
        char c = at < text.length() ? text.charAt(at++) : 0;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw malformed("an escape");
        };
    }

    private char unicode() {
        try {
            char c = (char) Integer.parseInt(text, at, at + 4, 16);
            at += 4;
            return c;
        } catch (IndexOutOfBoundsException | NumberFormatException notHexadecimal) {
            throw malformed("four hexadecimal digits");
        }
    }

    private Double number() {
        int begin = at;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        try {
            return Double.valueOf(text.substring(begin, at));
        } catch (NumberFormatException noNumber) {
            at = begin;
            throw malformed("a value");
        }
    }

    private @Nullable Boolean literal(String word, @Nullable Boolean value) {
        if (!text.startsWith(word, at)) {
            throw malformed("a value");
        }
        at += word.length();
        return value;
    }

    private boolean take(char wanted) {
        skipSpace();
        boolean there = at < text.length() && text.charAt(at) == wanted;
        if (there) {
            at++;
        }
        return there;
    }

    private void expect(char wanted) {
        if (!take(wanted)) {
            throw malformed("'" + wanted + "'");
        }
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private IllegalArgumentException malformed(String wanted) {
        return new IllegalArgumentException("no JSON: " + wanted + " was expected at character " + at);
    }
}
