package dev.webtransport.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Paths, and templates that match them. */
class PathTemplateTest {
    private static @Nullable Map<String, String> match(String template, String path) {
        List<String> segments = RequestPath.segments(path);
        return segments == null ? null : PathTemplate.parse(template).match(segments);
    }

    @Test
    void a_parameter_is_one_segment_and_is_decoded() {
        assertEquals(Map.of("room", "7"), match("/chat/{room}", "/chat/7"));
        assertEquals(Map.of("room", "café & co"), match("/chat/{room}", "/chat/caf%C3%A9%20%26%20co"));
        assertEquals(Map.of("room", "7", "user", "ann"), match("/{room}/of/{user}", "/7/of/ann"));
        assertNull(match("/chat/{room}", "/chat"));
        assertNull(match("/chat/{room}", "/chat/"), "a parameter is not empty");
        assertNull(match("/chat/{room}", "/chat/7/8"));
        assertNull(match("/chat/{room}", "/Chat/7"), "letter case counts");
    }

    @Test
    void an_encoded_slash_is_data_and_no_separator() {
        assertEquals(Map.of("file", "a/b"), match("/{file}", "/a%2Fb"));
        assertNull(match("/a/b", "/a%2Fb"));
    }

    @Test
    void literals_are_compared_decoded_on_both_sides() {
        assertEquals(Map.of(), match("/café", "/caf%C3%A9"));
        assertEquals(Map.of(), match("/caf%c3%a9", "/caf%C3%A9"));
        assertEquals(Map.of(), match("/~me", "/%7Eme"));
        assertNull(match("/echo", "/echo/"), "a slash at the end counts");
        assertEquals(Map.of(), match("/", "/"));
    }

    @Test
    void malformed_percent_encoding_has_no_segments() {
        for (String path : List.of("/%", "/%4", "/%zz", "/a/%C3", "/%C0%AF", "/%ED%A0%80", "/%\u0664\u0661")) {
            assertNull(RequestPath.segments(path), path);
        }
        assertEquals(List.of("a", "", "b%"), RequestPath.segments("/a//b%25"));
    }

    @Test
    void the_query_is_cut_off_at_the_first_question_mark() {
        assertEquals("/a", RequestPath.withoutQuery("/a?b?c=/d"));
        assertEquals("/a", RequestPath.withoutQuery("/a"));
        assertEquals("/", RequestPath.withoutQuery("/?"));
    }

    @Test
    void what_is_no_template_is_refused_with_the_reason() {
        assertRefused("chat", "begin with a slash");
        assertRefused("/chat?x=1", "query");
        assertRefused("/chat#x", "fragment");
        assertRefused("/room-{id}", "whole segment");
        assertRefused("/{}", "whole segment");
        assertRefused("/{a b}", "whole segment");
        assertRefused("/{open", "whole segment");
        assertRefused("/{a}/{a}", "twice");
        assertRefused("/%zz", "percent-encoding");
    }

    private static void assertRefused(String template, String why) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> PathTemplate.parse(template), template);
        assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
        assertTrue(String.valueOf(refused.getMessage()).contains(template), refused.getMessage());
    }

    @Test
    void templates_that_differ_in_names_only_are_for_the_same_paths() {
        PathTemplate room = PathTemplate.parse("/chat/{room}");
        assertTrue(room.hasShapeOf(PathTemplate.parse("/chat/{id}")));
        assertFalse(room.hasShapeOf(PathTemplate.parse("/game/{room}")));
        assertFalse(room.hasShapeOf(PathTemplate.parse("/chat/room")));
        assertFalse(room.hasShapeOf(PathTemplate.parse("/chat/{room}/x")));
        assertTrue(PathTemplate.parse("/chat/%7Bx%7D").isExact());
    }
}
