package dev.webtransport.codec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * As much of structured fields as the negotiation of an application protocol needs: a List of Strings and an Item that
 * is a
 * String, read and written (RFC 9651, sections 3.1, 3.3.3, 4.1 and 4.2). Reading is strict: a field that breaks the
 * syntax,
 * or holds anything but Strings, counts as absent; parameters must be well formed and are ignored.
 */
public final class StructuredFields {
    private StructuredFields() {}

    /**
     * Reads a List of Strings; several fields of a name are one List when joined by commas.
     *
     * @param field the value of the field
     * @return the Strings in order, none for an empty field; empty when the field is not a List of Strings
     */
    public static Optional<List<String>> parseStringList(String field) {
        StructuredFieldCursor cursor = new StructuredFieldCursor(field);
        List<String> members = new ArrayList<>();
        cursor.skipSpaces();
        while (!cursor.isAtEnd()) {
            Optional<String> member = parseStringItem(cursor);
            if (!member.isPresent()) {
                return Optional.empty();
            }
            members.add(member.get());
            cursor.skipOptionalWhitespace();
            if (cursor.isAtEnd()) {
                break;
            }
            if (!cursor.take(',')) {
                return Optional.empty();
            }
            cursor.skipOptionalWhitespace();
            //= rfc9651#4.2.1
            //# a comma behind the last member fails parsing
            if (cursor.isAtEnd()) {
                return Optional.empty();
            }
        }
        return Optional.of(Collections.unmodifiableList(members));
    }

    /**
     * Reads an Item that is a String.
     *
     * @param field the value of the field
     * @return the String; empty when the field is not one
     */
    public static Optional<String> parseString(String field) {
        StructuredFieldCursor cursor = new StructuredFieldCursor(field);
        cursor.skipSpaces();
        Optional<String> item = parseStringItem(cursor);
        cursor.skipSpaces();
        return cursor.isAtEnd() ? item : Optional.empty();
    }

    /**
     * Writes a List of Strings.
     *
     * @param members printable ASCII each
     * @return the value of the field; empty, so to be left out, when there is no member
     * @throws IllegalArgumentException if a member holds another character
     */
    public static String serializeStringList(List<String> members) {
        StringBuilder field = new StringBuilder();
        for (String member : members) {
            if (field.length() > 0) {
                field.append(", ");
            }
            field.append(serializeString(member));
        }
        return field.toString();
    }

    /**
     * Writes an Item that is a String.
     *
     * @param value printable ASCII
     * @return the value of the field
     * @throws IllegalArgumentException if the value holds another character
     */
    public static String serializeString(String value) {
        StringBuilder field = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~') {
                throw new IllegalArgumentException("\"" + value + "\" holds the character U+" + Integer.toHexString(c)
                        + " at " + i + "; use printable ASCII");
            }
            if (c == '"' || c == '\\') {
                field.append('\\');
            }
            field.append(c);
        }
        return field.append('"').toString();
    }

    private static Optional<String> parseStringItem(StructuredFieldCursor cursor) {
        Optional<String> value = cursor.string();
        return cursor.parameters() ? value : Optional.empty();
    }
}
