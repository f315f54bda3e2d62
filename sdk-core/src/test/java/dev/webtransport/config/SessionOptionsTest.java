package dev.webtransport.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.value.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionOptionsTest {
    @Test
    void nothing_is_asked_for_by_default() {
        assertTrue(SessionOptions.defaults().headers().isEmpty());
        assertEquals(List.of(), SessionOptions.defaults().protocols());
        assertEquals(Optional.empty(), SessionOptions.defaults().origin());
        assertTrue(StreamOptions.defaults().waitUntilAvailable());
        assertFalse(StreamOptions.defaults().withoutWaiting().waitUntilAvailable());
    }

    @Test
    void what_is_asked_for_is_kept() {
        List<String> protocols = new ArrayList<>(List.of("b", "a"));
        SessionOptions options = SessionOptions.builder()
                .headers(Headers.of(Map.of("authorization", "Bearer \u00fc")))
                .protocols(protocols)
                .origin("https://example.com")
                .build();
        protocols.clear();
        assertEquals(Optional.of("Bearer \u00fc"), options.headers().first("authorization"));
        assertEquals(List.of("b", "a"), options.protocols());
        assertEquals(Optional.of("https://example.com"), options.origin());
        assertEquals(
                Optional.empty(),
                SessionOptions.builder().origin("x").origin(null).build().origin());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin",
                "Host",
                "WT-Available-Protocols",
                "WT-Protocol",
                "Sec-WebTransport-HTTP3-Draft02",
                "Content-Length",
                "Content-Type",
                "Transfer-Encoding",
                "Connection",
                "Keep-Alive",
                "Proxy-Connection",
                "Upgrade",
                "TE"
            })
    void a_field_that_is_not_the_applications_is_refused_for_one_session_and_for_all(String name) {
        Headers headers = Headers.of(Map.of(name, "x"));
        for (IllegalArgumentException refused : List.of(
                assertThrows(IllegalArgumentException.class, () -> SessionOptions.builder()
                        .headers(headers)),
                assertThrows(IllegalArgumentException.class, () -> ClientConfig.builder()
                        .headers(headers)))) {
            assertTrue(
                    refused.getMessage().contains("\"" + name.toLowerCase(java.util.Locale.ROOT) + "\""),
                    refused.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0001b", "a\u007fb", "a\u0100b", "\ud83d\ude00"})
    void a_value_that_http_cannot_carry_is_refused(String value) {
        Headers headers = Headers.of(Map.of("name", value));
        String message = assertThrows(IllegalArgumentException.class, () -> SessionOptions.builder()
                        .headers(headers))
                .getMessage();
        assertTrue(message.startsWith("the value of header \"name\" "), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "https://example.com\r\nx: y", "https://b\u00fccher.example", "a b"})
    void an_origin_that_cannot_be_sent_is_refused(String origin) {
        String message = assertThrows(IllegalArgumentException.class, () -> SessionOptions.builder()
                        .origin(origin))
                .getMessage();
        assertTrue(message.startsWith("origin \"" + origin + "\" "), message);
    }

    @Test
    void a_protocol_is_1_to_512_printable_ascii_characters_and_offered_once() {
        for (String protocol : List.of("a", " ", "~", "a".repeat(512))) {
            assertEquals(List.of(protocol), offered(List.of(protocol)));
        }
        for (String protocol : List.of("", "a".repeat(513), "\u001f", "\u007f", "\u00fc", "a\n")) {
            String message = assertThrows(IllegalArgumentException.class, () -> offered(List.of(protocol)))
                    .getMessage();
            assertEquals("protocol \"" + protocol + "\" is not 1 to 512 printable ASCII characters", message);
        }
        String twice = assertThrows(IllegalArgumentException.class, () -> offered(List.of("a", "b", "a")))
                .getMessage();
        assertEquals("protocol \"a\" is offered twice", twice);
    }

    private static List<String> offered(List<String> protocols) {
        return SessionOptions.builder().protocols(protocols).build().protocols();
    }
}
