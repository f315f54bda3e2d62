package dev.webtransport.codec;

import dev.webtransport.value.Headers;
import java.util.Map;
import java.util.Set;

/** Keeps fields of the application off a message that the SDK writes itself, or that would make it malformed. */
final class OutgoingHeaders {
    private OutgoingHeaders() {}

    static void check(Headers headers, Set<String> refused) {
        for (Map.Entry<String, String> field : headers.entries()) {
            String name = field.getKey();
            if (refused.contains(name) || MessageFields.CONNECTION_SPECIFIC.contains(name) || name.equals("te")) {
                throw new IllegalArgumentException("the field \"" + name + "\" cannot be set here");
            }
            if (!field.getValue().chars().allMatch(MessageFields::isFieldValueCharacter)) {
                throw new IllegalArgumentException("the value of \"" + name
                        + "\" holds a control character or one above U+00FF, which HTTP cannot carry");
            }
        }
    }
}
