package dev.webtransport.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Patterns as routes. */
class PathPatternTest {
    private static @Nullable Map<String, String> match(String pattern, String path) {
        return new PathPattern(Pattern.compile(pattern)).match(path);
    }

    @Test
    void the_whole_path_must_match_and_named_groups_are_decoded() {
        assertEquals(Map.of("id", "42"), match("/item/(?<id>[0-9]+)", "/item/42"));
        assertEquals(Map.of("rest", "a/b c"), match("/files/(?<rest>.*)", "/files/a/b%20c"));
        assertNull(match("/item/(?<id>[0-9]+)", "/item/42/more"));
        assertNull(match("/item/(?<id>[0-9]+)", "/item/x"));
    }

    @Test
    void a_group_that_took_no_part_is_not_there() {
        assertEquals(Map.of("a", "1"), match("/(?:(?<a>[0-9])|(?<b>[a-z]))", "/1"));
    }

    @Test
    void what_only_looks_like_a_group_is_none() {
        assertEquals(Map.of(), match("/\\(\\?<id>x", "/(?<id>x"));
        assertEquals(Map.of(), match("/\\Q(?<id>\\Ex", "/(?<id>x"));
        assertEquals(Map.of("x", "y"), match("/(?<!a)(?<x>y)(?<=y)", "/y"));
    }

    @Test
    void a_group_that_cuts_an_encoded_character_in_two_does_not_match() {
        assertNull(match("/(?<half>%C3)%A9", "/%C3%A9"));
    }
}
