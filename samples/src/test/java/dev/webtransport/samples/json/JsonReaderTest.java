package dev.webtransport.samples.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonReaderTest {
    @Test
    void what_was_written_is_read_again() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("text", "quote \" backslash \\ line \n \u00b5");
        value.put("list", Arrays.asList(1.5, true, null, List.of(), Map.of()));
        value.put("negative", -2e-3);

        assertEquals(value, JsonReader.read(Json.of(value)));
    }

    @Test
    void every_escape_is_understood() {
        assertEquals("\"\\/\b\f\n\r\tA", JsonReader.read(" \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\" "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,",
                "[1 2]",
                "{\"a\"}",
                "\"open",
                "tru",
                "1 2",
                "{a:1}",
                "\"\\x\"",
                "\"\\u00\"",
                "--1"
            })
    void what_is_no_json_is_refused_with_the_place(String text) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> JsonReader.read(text));

        assertTrue(refused.getMessage().contains("at character"), refused::toString);
    }

    @Test
    void nesting_has_an_end() {
        assertThrows(IllegalArgumentException.class, () -> JsonReader.read("[".repeat(100_000)));
    }
}
