package dev.webtransport.codec;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads the parts of a structured field from left to right (RFC 9651, section 4.2). Each method says whether it could.
 */
final class StructuredFieldCursor {
    private static final int MAX_INTEGER_DIGITS = 15;
    private static final int MAX_WHOLE_DIGITS = 12;
    private static final int MAX_FRACTION_DIGITS = 3;
    private static final char END = '\0';

    private final String text;
    private int position;

    StructuredFieldCursor(String text) {
        this.text = text;
    }

    boolean isAtEnd() {
        return position >= text.length();
    }

    void skipSpaces() {
        while (peek() == ' ') {
            position++;
        }
    }

    void skipOptionalWhitespace() {
        while (peek() == ' ' || peek() == '\t') {
            position++;
        }
    }

    boolean take(char expected) {
        if (isAtEnd() || text.charAt(position) != expected) {
            return false;
        }
        position++;
        return true;
    }

    /** A String (RFC 9651, section 4.2.5). */
    Optional<String> string() {
        if (!take('"')) {
            return Optional.empty();
        }
        StringBuilder value = new StringBuilder();
        while (!isAtEnd()) {
            char c = text.charAt(position++);
            if (c == '"') {
                return Optional.of(value.toString());
            }
            if (c == '\\') {
                c = peek();
                position++;
                if (c != '"' && c != '\\') {
                    return Optional.empty();
                }
            } else if (c < ' ' || c > '~') {
                return Optional.empty();
            }
            value.append(c);
        }
        return Optional.empty();
    }

    /** Any number of parameters (RFC 9651, section 4.2.3.2): checked, not kept. */
    boolean parameters() {
        while (take(';')) {
            skipSpaces();
            if (!key()) {
                return false;
            }
            if (take('=') && !bareItem()) {
                return false;
            }
        }
        return true;
    }

    private boolean key() {
        if (!isLowerCase(peek()) && peek() != '*') {
            return false;
        }
        while (isLowerCase(peek()) || isDigit(peek()) || isOneOf("_-.*", peek())) {
            position++;
        }
        return true;
    }

    private boolean bareItem() {
        char first = peek();
        if (first == '-' || isDigit(first)) {
            return number() != Number.INVALID;
        }
        if (first == '"') {
            return string().isPresent();
        }
        if (first == '*' || isLetter(first)) {
            return token();
        }
        if (first == ':') {
            return byteSequence();
        }
        if (take('?')) {
            return take('0') || take('1');
        }
        if (take('@')) {
            return number() == Number.INTEGER;
        }
        return first == '%' && displayString();
    }

    private enum Number {
        INTEGER,
        DECIMAL,
        INVALID
    }

    private Number number() {
        take('-');
        int whole = digits();
        if (whole == 0) {
            return Number.INVALID;
        }
        if (!take('.')) {
            return whole <= MAX_INTEGER_DIGITS ? Number.INTEGER : Number.INVALID;
        }
        int fraction = digits();
        return whole <= MAX_WHOLE_DIGITS && fraction > 0 && fraction <= MAX_FRACTION_DIGITS
                ? Number.DECIMAL
                : Number.INVALID;
    }

    private int digits() {
        int start = position;
        while (isDigit(peek())) {
            position++;
        }
        return position - start;
    }

    private boolean token() {
        while (isLetter(peek()) || isDigit(peek()) || isOneOf("!#$%&'*+-.^_`|~:/", peek())) {
            position++;
        }
        return true;
    }

    private boolean byteSequence() {
        take(':');
        int start = position;
        while (isLetter(peek()) || isDigit(peek()) || isOneOf("+/", peek())) {
            position++;
        }
        int symbols = position - start;
        int padding = 0;
        while (take('=')) {
            padding++;
        }
        // Padding may be left out, but what is there has to fit; one symbol alone is less than a byte.
        boolean decodable = symbols % 4 != 1 && (padding == 0 || padding <= 2 && (symbols + padding) % 4 == 0);
        return take(':') && decodable;
    }

    private boolean displayString() {
        position++;
        if (!take('"')) {
            return false;
        }
        // A quotation mark stands escaped in the content, so the next one is the end.
        int end = text.indexOf('"', position);
        if (end < 0) {
            return false;
        }
        ByteBuffer bytes = ByteBuffer.allocate(end - position);
        while (position < end) {
            char c = text.charAt(position++);
            if (c < ' ' || c > '~') {
                return false;
            }
            if (c == '%') {
                int high = lowerCaseHexDigit();
                int low = lowerCaseHexDigit();
                if (high < 0 || low < 0) {
                    return false;
                }
                bytes.put((byte) (high << 4 | low));
            } else {
                bytes.put((byte) c);
            }
        }
        return take('"') && isUtf8(bytes);
    }

    private static boolean isUtf8(ByteBuffer bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.array(), 0, bytes.position()));
            return true;
        } catch (CharacterCodingException invalid) {
            return false;
        }
    }

    private int lowerCaseHexDigit() {
        int digit = "0123456789abcdef".indexOf(peek());
        position++;
        return digit;
    }

    private char peek() {
        return isAtEnd() ? END : text.charAt(position);
    }

    private static boolean isLowerCase(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isLetter(char c) {
        return isLowerCase(c) || c >= 'A' && c <= 'Z';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isOneOf(String characters, char c) {
        return characters.indexOf(c) >= 0;
    }
}
