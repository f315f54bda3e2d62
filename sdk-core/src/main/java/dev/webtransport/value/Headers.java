package dev.webtransport.value;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * HTTP fields in the order they were given: names in lower case, several values per name allowed. Pseudo-header fields
 * ({@code :path} and its like) are not among them. Immutable.
 */
public final class Headers {
    /** No fields at all. */
    public static final Headers EMPTY = new Headers(List.of());

    private final List<Map.Entry<String, String>> fields;

    private Headers(List<Map.Entry<String, String>> fields) {
        this.fields = fields;
    }

    /**
     * One field per entry of a map, in its order.
     *
     * @param fields names and values
     * @return the fields
     * @throws IllegalArgumentException if a name or value is not allowed in HTTP
     */
    public static Headers of(Map<String, String> fields) {
        Builder builder = builder();
        fields.forEach(builder::add);
        return builder.build();
    }

    /**
     * A builder that starts empty.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The first value of a name.
     *
     * @param name in any case
     * @return the value, or empty when there is no such field
     */
    public Optional<String> first(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return fields.stream()
                .filter(field -> field.getKey().equals(wanted))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /**
     * All values of a name, in order.
     *
     * @param name in any case
     * @return the values; empty when there is no such field
     */
    public List<String> all(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        List<String> values = new ArrayList<>();
        for (Map.Entry<String, String> field : fields) {
            if (field.getKey().equals(wanted)) {
                values.add(field.getValue());
            }
        }
        return Collections.unmodifiableList(values);
    }

    /**
     * Every field, in order.
     *
     * @return an immutable list of name and value
     */
    public List<Map.Entry<String, String>> entries() {
        return fields;
    }

    /**
     * Whether there is no field.
     *
     * @return true if empty
     */
    public boolean isEmpty() {
        return fields.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Headers that && fields.equals(that.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    @Override
    public String toString() {
        return fields.toString();
    }

    /** Collects fields. Not for several threads at once. */
    public static final class Builder {
        private final List<Map.Entry<String, String>> fields = new ArrayList<>();

        private Builder() {}

        /**
         * Adds one field behind those already there.
         *
         * @param name a token as RFC 9110 section 5.6.2 defines it; kept in lower case
         * @param value without CR, LF or NUL (RFC 9110 section 5.5), no space or tab at either end
         * @return this
         * @throws IllegalArgumentException if the name or the value is not allowed
         */
        public Builder add(String name, String value) {
            String lower = name.toLowerCase(Locale.ROOT);
            // Of the name as given: there are letters beyond ASCII whose lower case is an ASCII letter.
            boolean ascii = name.chars().allMatch(c -> c < 0x80);
            if (!ascii || lower.isEmpty() || !lower.chars().allMatch(Builder::isTokenCharacter)) {
                throw new IllegalArgumentException("\"" + name + "\" is not an HTTP field name");
            }
            if (value.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
                throw new IllegalArgumentException("the value of \"" + lower + "\" holds CR, LF or NUL");
            }
            if (!value.isEmpty() && (isSpace(value.charAt(0)) || isSpace(value.charAt(value.length() - 1)))) {
                throw new IllegalArgumentException("the value of \"" + lower + "\" begins or ends with a space");
            }
            fields.add(Map.entry(lower, value));
            return this;
        }

        /**
         * The fields so far.
         *
         * @return an immutable value
         */
        public Headers build() {
            return fields.isEmpty() ? EMPTY : new Headers(List.copyOf(fields));
        }

        private static boolean isSpace(char c) {
            return c == ' ' || c == '\t';
        }

        private static boolean isTokenCharacter(int c) {
            return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
        }
    }
}
