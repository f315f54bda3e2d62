package dev.webtransport.samples.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QueryTest {
    @Test
    void path_and_values_are_taken_apart_and_decoded() {
        Query query = Query.parse("/close?code=7&reason=a%20b+%C3%A4&empty=&flag");

        assertEquals("/close", query.path());
        assertEquals(7, query.number("code", 0, 0, 10));
        assertEquals("a b \u00e4", query.text("reason", 100));
        assertEquals("", query.text("empty", 100));
        assertEquals("", query.text("flag", 100));
        assertNull(query.text("absent", 100));
        assertEquals(9, query.number("absent", 9, 0, 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/echo", "/echo?", "/echo?&"})
    void no_query_is_no_value(String target) {
        Query query = Query.parse(target);

        assertEquals("/echo", query.path());
        assertNull(query.text("id", 100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"n=x", "n=", "n=-1", "n=11", "n=1.5", "n=99999999999999999999"})
    void a_number_that_is_none_or_out_of_range_is_refused(String query) {
        Query parsed = Query.parse("/?" + query);

        assertThrows(IllegalArgumentException.class, () -> parsed.number("n", 0, 0, 10));
    }

    @Test
    void a_text_that_is_too_long_is_refused() {
        Query parsed = Query.parse("/?id=abcd");

        assertEquals("abcd", parsed.text("id", 4));
        assertThrows(IllegalArgumentException.class, () -> parsed.text("id", 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/?a=%", "/?a=%2", "/?a=%zz"})
    void a_damaged_encoding_is_refused(String target) {
        assertThrows(IllegalArgumentException.class, () -> Query.parse(target));
    }
}
