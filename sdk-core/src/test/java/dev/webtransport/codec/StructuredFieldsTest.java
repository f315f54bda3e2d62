package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StructuredFieldsTest {
    private static Optional<List<String>> list(String field) {
        return StructuredFields.parseStringList(field);
    }

    @Test
    void a_list_of_strings_is_read() {
        assertEquals(Optional.of(List.of("moqt-16", "chat.v2")), list("\"moqt-16\", \"chat.v2\""));
        assertEquals(Optional.of(List.of("a", "b", "a")), list("  \"a\"\t ,\t\"b\",\"a\"  "));
        assertEquals(Optional.of(List.of("\"\\", "")), list("\"\\\"\\\\\",\"\""));
        assertEquals(Optional.of(List.of()), list(""));
        assertEquals(Optional.of(List.of()), list("   "));
    }

    //= rfc9651#4.2.1
    //# a comma behind the last member fails parsing
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"a\",",
                "\"a\", ",
                ",",
                "\"a\",,\"b\"",
                "\"a\" \"b\"",
                "\"a",
                "\"a\\\"",
                "\"a\\b\"",
                "\"a\\",
                "\"",
                "\"\u007f\"",
                "\"\u001f\"",
                "\"é\"",
                "\t\"a\"",
                "\"a\";",
                "\"a\"; ;",
                "\"a\";B",
                "\"a\";b=",
                "\"a\" ;b",
                "\"a\"\u00a0"
            })
    void a_list_that_breaks_the_syntax_counts_as_absent(String field) {
        assertEquals(Optional.empty(), list(field));
    }

    //= draft-ietf-webtrans-http3-16#3.3
    //# a list with a member that is no String counts as absent as a whole
    @ParameterizedTest
    @ValueSource(strings = {"a", "1", "1.5", "?1", ":YQ==:", "(\"a\")", "@1", "%\"a\"", "*a"})
    void a_member_of_another_type_invalidates_the_list(String member) {
        assertEquals(Optional.empty(), list(member));
        assertEquals(Optional.empty(), list("\"x\", " + member));
        assertEquals(Optional.empty(), list(member + ", \"x\""));
        assertEquals(Optional.empty(), StructuredFields.parseString(member));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "b", "*", "a-b_c.d*1", "b=1", "b=-1", "b=999999999999999", "b=123456789012.123", "b=-1.5", "b=\"x\"",
                "b=tok/en:1", "b=*tok", "b=:YQ==:", "b=:YQ:", "b=::", "b=:YWI=:", "b=?0", "b=?1", "b=@1659578233",
                "b=@-1", "b=%\"a%c3%a9\"", "b=%\"\"", "  b", "b;c=1; d"
            })
    void parameters_are_checked_and_ignored(String parameters) {
        assertEquals(Optional.of(List.of("a", "z")), list("\"a\";" + parameters + ",\"z\""));
        assertEquals(Optional.of("a"), StructuredFields.parseString("\"a\";" + parameters));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "b=-",
                "b=1.",
                "b=.1",
                "b=1.2345",
                "b=1234567890123456",
                "b=1234567890123.1",
                "b=\"x",
                "b=?2",
                "b=?",
                "b=@1.5",
                "b=@",
                "b=:Y:",
                "b=:YQ=:",
                "b=:YQ===:",
                "b=:YWJj====:",
                "b=:YQ",
                "b=:Y Q:",
                "b=%\"%C3%A9\"",
                "b=%\"%c3\"",
                "b=%\"%c\"",
                "b=%\"a",
                "b=%a",
                "b=(1)",
                "b==1",
                "b= 1",
                "B=1",
                "1=1",
                "b=é",
                "b=%\"é\"",
                "b=%"
            })
    void parameters_that_break_the_syntax_invalidate_the_field(String parameters) {
        assertEquals(Optional.empty(), list("\"a\";" + parameters));
        assertEquals(Optional.empty(), StructuredFields.parseString("\"a\";" + parameters));
    }

    @Test
    void a_string_is_read() {
        assertEquals(Optional.of("chat.v2"), StructuredFields.parseString("\"chat.v2\""));
        assertEquals(Optional.of("a b"), StructuredFields.parseString("  \"a b\"  "));
        assertEquals(Optional.empty(), StructuredFields.parseString(""));
        assertEquals(Optional.empty(), StructuredFields.parseString("\"a\", \"b\""));
        assertEquals(Optional.empty(), StructuredFields.parseString("\"a\"\t"));
        assertEquals(Optional.empty(), StructuredFields.parseString("\"a\"x"));
    }

    @Test
    void what_is_written_is_read_back() {
        StringBuilder printable = new StringBuilder();
        for (char c = ' '; c <= '~'; c++) {
            printable.append(c);
        }
        List<String> members = List.of("", "a", "\\\"", printable.toString());

        assertEquals(Optional.of(members), list(StructuredFields.serializeStringList(members)));
        assertEquals("\"a\", \"b\"", StructuredFields.serializeStringList(List.of("a", "b")));
        assertEquals("", StructuredFields.serializeStringList(List.of()));
        assertEquals("\"\\\"\\\\\"", StructuredFields.serializeString("\"\\"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\u007f", "é", "a\u0000b"})
    void a_string_that_cannot_be_written_is_refused(String value) {
        assertThrows(IllegalArgumentException.class, () -> StructuredFields.serializeString(value));
    }
}
