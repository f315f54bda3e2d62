package dev.webtransport.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {
    @Test
    void fields_keep_their_order_and_names_are_in_lower_case() {
        Headers headers = Headers.builder()
                .add("B", "1")
                .add("a", "2")
                .add("b", "3")
                .add("c", "")
                .build();
        assertEquals(
                List.of(Map.entry("b", "1"), Map.entry("a", "2"), Map.entry("b", "3"), Map.entry("c", "")),
                headers.entries());
        assertEquals(Optional.of("1"), headers.first("B"));
        assertEquals(Optional.of(""), headers.first("C"));
        assertEquals(Optional.empty(), headers.first("d"));
        assertEquals(List.of("1", "3"), headers.all("b"));
        assertEquals(List.of(), headers.all("d"));
        assertFalse(headers.isEmpty());
    }

    @Test
    void a_map_gives_a_field_per_entry() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("X", "1");
        map.put("a", "2");
        assertEquals(Headers.builder().add("x", "1").add("a", "2").build(), Headers.of(map));
        assertSame(Headers.EMPTY, Headers.of(Map.of()));
        assertTrue(Headers.EMPTY.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":path",
                "a b",
                "a:",
                "a\n",
                "a\u0000",
                "(a)",
                "a\u007f",
                "\u00fc",
                "\u212aelvin",
                "a\"",
                "a,b"
            })
    void a_name_that_is_no_token_is_refused(String name) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Headers.builder().add(name, "x"))
                .getMessage();
        assertEquals("\"" + name + "\" is not an HTTP field name", message);
    }

    @Test
    void every_character_of_a_token_is_allowed_in_a_name() {
        String token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
        assertEquals(Optional.of("x"), Headers.of(Map.of(token, "x")).first(token));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\rb", "a\nb", "\n", "a\u0000", " a", "a ", "\ta", "a\t", " "})
    void a_value_that_could_be_taken_for_something_else_is_refused(String value) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Headers.builder().add("Name", value))
                .getMessage();
        assertTrue(message.startsWith("the value of \"name\" "), message);
    }

    @Test
    void spaces_within_a_value_are_kept() {
        assertEquals(Optional.of("a b\tc"), Headers.of(Map.of("n", "a b\tc")).first("n"));
    }

    @Test
    void fields_that_were_built_do_not_change() {
        Headers.Builder builder = Headers.builder().add("a", "1");
        Headers headers = builder.build();
        builder.add("b", "2");
        assertEquals(1, headers.entries().size());
        assertThrows(
                UnsupportedOperationException.class, () -> headers.entries().clear());
        assertThrows(UnsupportedOperationException.class, () -> headers.all("a").clear());
    }
}
