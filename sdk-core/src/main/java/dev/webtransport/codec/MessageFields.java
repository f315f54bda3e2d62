package dev.webtransport.codec;

import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.Headers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The decoded fields of a message, split into pseudo-header fields and the others, with the rules that hold for
 * requests and
 * responses alike (RFC 9114, sections 4.2, 4.3 and 10.3).
 */
final class MessageFields {
    /** What belongs to a hop of HTTP/1.1 and has no place here. */
    static final Set<String> CONNECTION_SPECIFIC =
            Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

    /** What a message that switches to capsules must not carry. */
    static final Set<String> CONTENT_FIELDS = Set.of("content-length", "content-type", "transfer-encoding");

    private final Map<String, String> pseudoFields = new LinkedHashMap<>();
    private final List<Map.Entry<String, String>> regularFields = new ArrayList<>();

    private MessageFields() {}

    /**
     * Splits and checks the fields of a message.
     *
     * @param fields names and values in order
     * @param allowedPseudoFields the pseudo-header fields that this kind of message may have
     */
    static MessageFields parse(List<Map.Entry<String, String>> fields, Set<String> allowedPseudoFields)
            throws ProtocolViolation {
        MessageFields message = new MessageFields();
        for (Map.Entry<String, String> field : fields) {
            String name = field.getKey();
            if (name.startsWith(":")) {
                message.addPseudoField(name, field.getValue(), allowedPseudoFields);
            } else {
                message.addRegularField(name, field.getValue());
            }
        }
        return message;
    }

    @Nullable
    String pseudoField(String name) {
        return pseudoFields.get(name);
    }

    /** The only value of a field that must not occur twice. */
    Optional<String> single(String name) throws ProtocolViolation {
        List<String> values = all(name);
        if (values.size() > 1) {
            throw malformed("RFC 9110, section 5.3", "\"" + name + "\" occurs " + values.size() + " times");
        }
        return values.stream().findFirst();
    }

    /** All values of a field as one, joined by commas; empty when there is none. */
    Optional<String> combined(String name) {
        List<String> values = all(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", values));
    }

    boolean contains(String name) {
        return !all(name).isEmpty();
    }

    /** The regular fields but some. */
    Headers headersWithout(Set<String> names) {
        Headers.Builder headers = Headers.builder();
        for (Map.Entry<String, String> field : regularFields) {
            if (!names.contains(field.getKey())) {
                headers.add(field.getKey(), field.getValue());
            }
        }
        return headers.build();
    }

    void refuseContentFields() throws ProtocolViolation {
        for (String name : CONTENT_FIELDS) {
            //= rfc9297#3.2
            //# a message that switches to capsules and carries a field about its content is malformed
            if (contains(name)) {
                throw malformed("RFC 9297, section 3.2", "\"" + name + "\" on a message that switches to capsules");
            }
        }
    }

    static ProtocolViolation malformed(String citation, String message) {
        return ProtocolViolation.stream(Http3ErrorCode.H3_MESSAGE_ERROR, citation, message);
    }

    /** Whether a text is not empty and consists of visible ASCII characters. */
    static boolean isVisible(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c <= '~');
    }

    private void addPseudoField(String name, String value, Set<String> allowed) throws ProtocolViolation {
        //= rfc9114#4.3
        //# pseudo-header fields stand before all others
        if (!regularFields.isEmpty()) {
            throw malformed("RFC 9114, section 4.3", "\"" + name + "\" stands behind a regular field");
        }
        //= rfc9114#4.3
        //# a pseudo-header field that is undefined, or not for this kind of message, makes it malformed
        if (!allowed.contains(name)) {
            throw malformed("RFC 9114, section 4.3", "\"" + printable(name) + "\" is not allowed in this message");
        }
        if (!isVisible(value)) {
            throw malformed(
                    "RFC 9114, section 4.3",
                    "the value \"" + printable(value) + "\" of \"" + name
                            + "\" is empty or holds a character that is not visible ASCII");
        }
        //= rfc9114#4.3
        //# a pseudo-header field occurs once at most
        if (pseudoFields.putIfAbsent(name, value) != null) {
            throw malformed("RFC 9114, section 4.3", "\"" + name + "\" occurs twice");
        }
    }

    private void addRegularField(String name, String value) throws ProtocolViolation {
        //= rfc9114#4.2
        //# a name with upper-case letters makes the message malformed
        //= rfc9114#10.3
        //# a name that HTTP does not allow makes the message malformed
        if (name.isEmpty() || !name.chars().allMatch(MessageFields::isFieldNameCharacter)) {
            throw malformed("RFC 9114, section 4.2", "\"" + printable(name) + "\" is not a field name in lower case");
        }
        //= rfc9114#10.3
        //# a value with a character that HTTP does not allow makes the message malformed
        if (!value.chars().allMatch(MessageFields::isFieldValueCharacter)) {
            throw malformed("RFC 9114, section 10.3", "the value of \"" + name + "\" holds a control character");
        }
        String trimmed = trim(value);
        //= rfc9114#4.2
        //# fields about the connection of HTTP/1.1 make the message malformed, but for "te: trailers"
        if (CONNECTION_SPECIFIC.contains(name) || name.equals("te") && !trimmed.equals("trailers")) {
            throw malformed("RFC 9114, section 4.2", "\"" + name + "\" belongs to connections of HTTP/1.1");
        }
        regularFields.add(Map.entry(name, trimmed));
    }

    private List<String> all(String name) {
        List<String> values = new ArrayList<>();
        for (Map.Entry<String, String> field : regularFields) {
            if (field.getKey().equals(name)) {
                values.add(field.getValue());
            }
        }
        return values;
    }

    private static boolean isFieldNameCharacter(int c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    static boolean isFieldValueCharacter(int c) {
        return c == '\t' || c >= ' ' && c != 0x7f && c <= 0xff;
    }

    private static String trim(String value) {
        int start = 0;
        int end = value.length();
        while (start < end && isBlank(value.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(value.charAt(end - 1))) {
            end--;
        }
        return value.substring(start, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** What of a text of the peer may stand in a message: it ends in logs. */
    private static String printable(String text) {
        String start = text.length() > 64 ? text.substring(0, 64) + "..." : text;
        return start.replaceAll("[^ -~]", "?");
    }
}
