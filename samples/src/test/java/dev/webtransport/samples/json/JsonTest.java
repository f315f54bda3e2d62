package dev.webtransport.samples.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JsonTest {
    @Test
    void objects_keep_their_order_and_nest() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("code", 7L);
        value.put("reason", null);
        value.put("inner", Map.of("yes", true));
        value.put("empty", Map.of());

        assertEquals("{\"code\":7,\"reason\":null,\"inner\":{\"yes\":true},\"empty\":{}}", Json.of(value));
    }

    @Test
    void lists_stand_in_brackets() {
        assertEquals("[1,\"two\",[]]", Json.of(List.of(1, "two", List.of())));
    }

    @Test
    void text_is_escaped() {
        assertEquals(
                "\"quote \\\" backslash \\\\ line \\u000a \u00e4\"", Json.of("quote \" backslash \\ line \n \u00e4"));
    }

    @Test
    void what_has_no_json_here_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> Json.of(new Object()));
    }
}
